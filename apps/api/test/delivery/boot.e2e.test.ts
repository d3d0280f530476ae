import { connect, type Socket } from 'node:net';
import { flakyRedis } from '../support/flaky-redis';
import { eventually, startHub, type Hub } from '../support/hub';

let hub: Hub;
beforeAll(async () => {
  hub = await startHub();
});
afterAll(() => hub.stop());

describe('a hub that has started', () => {
  it('has exactly one processor for every queue', async () => {
    const { Redis } = await import('ioredis');
    const redis = new Redis(hub.redisUrl);
    try {
      const { body } = await hub.request('GET', '/health');
      const queues = Object.keys((body as { details: { bullmq: { queues: object } } }).details.bullmq.queues);
      expect(queues).toEqual(['order-sync', 'reconciliation']);
      await eventually(async () => {
        const database = new URL(hub.redisUrl).pathname.slice(1);
        const clients = (await redis.client('LIST')) as string;
        // A worker names its blocking connection after its queue.
        const workers = clients.split('\n').filter((line) => line.includes(` db=${database} `) && /cmd=bzpopmin/.test(line));
        return workers.length === queues.length;
      });
    } finally {
      redis.disconnect();
    }
  });

  it('shows depth, jobs and dead letters to whoever watches', async () => {
    const { body } = await hub.request('GET', '/health');
    expect(body).toMatchObject({ details: { bullmq: { queues: { 'order-sync': { waiting: 0, active: 0 } } } } });
    const { body: metrics } = await hub.request('GET', '/metrics');
    expect(metrics).toMatch(/^sync_jobs\{status="pending",operation="create_order"\} 0$/m);
    expect(metrics).toMatch(/^sync_dead_letters 0$/m);
    expect(metrics).toMatch(/^sync_oldest_job_age_seconds\{status="queued"\} 0$/m);
    expect(metrics).toMatch(/^sync_agents\{status="online"\} 0$/m);
    expect(metrics).toMatch(/^bullmq_jobs\{queue="order-sync",state="waiting"\} 0$/m);
    expect(metrics).toMatch(/^db_pool_connections\{state="waiting"\} 0$/m);
  });

  it('ends at once when nothing is under way', async () => {
    const other = await startHub({ beside: hub });
    expect(await other.stop()).toBe(0);
  });

  it('is not held open by connections on which nothing was ever asked', async () => {
    const other = await startHub({ beside: hub });
    const sockets = await Promise.all(Array.from({ length: 3 }, () => silentConnection(Number(new URL(other.baseUrl).port))));
    // Part of a request is no request either.
    sockets[0]?.write('GET /health/live HTTP/1.1\r\n');
    expect(await other.stop()).toBe(0);
    sockets.forEach((socket) => socket.destroy());
  });

  it('lives on when Redis goes away again and again while it connects', async () => {
    const redis = await flakyRedis();
    const other = await startHub({ beside: hub, env: { REDIS_URL: redis.url } });
    try {
      await eventually(async () => redis.subscriptions() > 20);
      expect((await other.request('GET', '/health/ready')).status).toBe(200);
    } finally {
      await other.kill();
      await redis.stop();
    }
  });
});

function silentConnection(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket));
    socket.once('error', reject);
    socket.on('error', () => undefined);
  });
}
