import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { verifyCall } from '@repo/contracts/agent-protocol/sign-call';
import { eventually, registerAgent, startHub, type Hub, type TestAgent } from '../support/hub';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const PATIENCE_MS = 60_000;

interface Received {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

const received: Received[] = [];
/** How many calls of Slack's are refused before one is taken. */
let refusals = 1;
let receiver: Server;
let hub: Hub;
let agent: TestAgent;

beforeAll(async () => {
  receiver = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const refused = request.url === '/slack' && refusals-- > 0;
      if (!refused) received.push({ path: request.url ?? '', headers: request.headers, body });
      response.writeHead(refused ? 500 : 200).end();
    });
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => receiver.once('listening', resolve));
  const base = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
  hub = await startHub({
    env: {
      SLACK_WEBHOOK_URL: `${base}/slack`,
      ALERT_WEBHOOK_URL: `${base}/webhook`,
      ALERT_WEBHOOK_SECRET: SECRET,
      SCHEDULE_AGENT_HEALTH: '*/2 * * * * *',
    },
  });
  agent = await registerAgent(hub, 'silent-vendor');
});
afterAll(async () => {
  await hub.stop();
  receiver.close();
});

const at = (path: string) => received.filter((each) => each.path === path);
const types = () => at('/webhook').map(({ body }) => (JSON.parse(body) as { type: string }).type);

it(
  'tells every sink once that an agent is not heard of, and once that it is back',
  async () => {
    await hub.pool.query(`update agent_registry set last_heartbeat = now() - interval '1 hour'`);
    await eventually(async () => types().length > 0 && at('/slack').length > 0, PATIENCE_MS);
    await hub.agent(agent, 'POST', '/api/agents/heartbeat', {});
    await eventually(async () => types().length > 1 && at('/slack').length > 1, PATIENCE_MS);
    expect(types()).toEqual(['alert.raised', 'alert.cleared']);
    expect(at('/slack').map(({ body }) => JSON.parse(body))).toEqual([
      { text: expect.stringMatching(/^:warning: `agent_offline`: .*silent-vendor/) },
      { text: expect.stringMatching(/^:white_check_mark: `agent_offline` is over/) },
    ]);
    const [raised] = at('/webhook');
    expect(verifyCall(raised?.headers ?? {}, raised?.body ?? '', SECRET, { now: new Date() })).toEqual({ ok: true });
    expect(JSON.parse(raised?.body ?? '')).toMatchObject({
      data: { kind: 'agent_offline', severity: 'warning', vendorId: 'silent-vendor' },
    });
    expect(hub.logs()).toContain('"alert":"agent_offline"');
    expect(hub.logs()).not.toContain('/slack');
  },
  2 * PATIENCE_MS,
);
