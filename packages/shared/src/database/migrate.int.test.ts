import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createDatabase, type TemporaryDatabase } from '@repo/dev-stack/databases';
import { Pool } from 'pg';
import { isMigrated, migrateDatabase } from './migrate';

let database: TemporaryDatabase;
let pool: Pool;
let line: Server;
let lineUrl: string;
const sockets = new Set<Socket>();

/** A line to PostgreSQL that can be cut. */
beforeAll(async () => {
  database = await createDatabase(process.env['TEST_DATABASE_URL'] ?? '');
  pool = new Pool({ connectionString: database.url, max: 2 });
  const { hostname, port } = new URL(database.url);
  line = createServer((near) => {
    const far = connect(Number(port), hostname);
    for (const socket of [near, far]) sockets.add(socket.on('error', () => undefined));
    near.pipe(far).pipe(near);
  });
  line.listen(0, '127.0.0.1');
  await once(line, 'listening');
  const url = new URL(database.url);
  [url.hostname, url.port] = ['127.0.0.1', String((line.address() as AddressInfo).port)];
  lineUrl = url.toString();
});
afterAll(async () => {
  line.close();
  await pool.end();
  await database.drop();
});

it('fails, and ends no process, when the line is cut while it waits for its turn', async () => {
  const uncaught: unknown[] = [];
  const note = (error: unknown) => void uncaught.push(error);
  const first = await pool.connect();
  await first.query('select pg_advisory_lock(7241001)');
  process.on('uncaughtException', note);
  try {
    const waiting = migrateDatabase(lineUrl);
    waiting.catch(() => undefined);
    for (let waits = false; !waits;) {
      const { rows } = await pool.query<{ waits: boolean }>(
        `select exists (select from pg_stat_activity where datname = current_database() and application_name = 'hub-migrate'
           and wait_event_type = 'Lock') as waits`,
      );
      waits = rows[0]?.waits === true;
    }
    for (const socket of sockets) socket.destroy();
    await expect(waiting).rejects.toThrow();
    await new Promise((resolve) => setImmediate(resolve));
    expect(uncaught).toEqual([]);
  } finally {
    process.off('uncaughtException', note);
    first.release(true);
  }
  await migrateDatabase(database.url);
  expect(await isMigrated(pool)).toBe(true);
});
