import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startHub } from '../support/hub';

/** Refusals come before anything of the build is looked for; hubs that start are {@link startHub}'s. */
const MAIN = process.env['TEST_HUB_MAIN'] ?? path.resolve(__dirname, '../../dist/main.js');
const GOOD = {
  NODE_ENV: 'test',
  PORT: '0',
  DATABASE_URL: 'postgres://nobody:password-in-no-output@127.0.0.1:1/nothing',
  REDIS_URL: 'redis://127.0.0.1:1',
  API_SECRET: 'a'.repeat(32),
  AGENT_SECRET: 'b'.repeat(16),
  OUTBOUND_SECRET: 'c'.repeat(32),
};

/** Starts the hub in the hope that it refuses to; resolves with how it ended and what it said. */
function boot(env: Record<string, string>): Promise<{ code: number | null; lines: string[]; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [MAIN], { env: { PATH: process.env['PATH'] ?? '', ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.once('close', (code) => resolve({ code, output, lines: output.split('\n').filter((line) => line !== '') }));
  });
}

describe('wrong settings stop the process with a line that names each', () => {
  it('all of them at once, without their values', async () => {
    const wrong = {
      ROLE: 'boss',
      PORT: '65536',
      DATABASE_URL: 'mysql://user:value-that-is-wrong@host/db',
      REDIS_URL: 'value-that-is-wrong',
      API_SECRET: 'value-that-is-wrong',
      API_KEYS: 'shop:owner:value-that-is-wrong',
      AGENT_SECRET: 'short',
      OUTBOUND_SECRET: 'value-that-is-wrong',
      DB_POOL_SIZE: '0',
      BULLMQ_CONCURRENCY: '21',
      RATE_LIMIT_BATCH: '-1',
      RATE_LIMIT_ADMIN: '1.5',
      BODY_LIMIT_BATCH: 'plenty',
      MAX_TOMBSTONE_PERCENT: '101',
      TRUST_PROXY: '10.0.0.0/33',
      CORS_ORIGINS: 'https://value-that-is-wrong/',
      NODE_ENV: 'prod',
      SWAGGER_ENABLED: 'yes',
      LOG_LEVEL: 'loud',
      SLACK_WEBHOOK_URL: 'ftp://value-that-is-wrong',
      AGENT_URL_ALLOW: 'erp.internal,10.0.0.0/value-that-is-wrong',
    };
    const { code, lines, output } = await boot({ ...GOOD, ...wrong });
    expect(code).toBe(1);
    for (const name of Object.keys(wrong)) expect(lines.filter((line) => line.startsWith(`${name}: takes `))).toHaveLength(1);
    expect(lines).toHaveLength(Object.keys(wrong).length);
    expect(output).not.toContain('value-that-is-wrong');
  });

  it('those that are wrong beside one another', async () => {
    const { code, lines } = await boot({ ...GOOD, BREAKER_WINDOW_MS: '1000', ALERT_WEBHOOK_URL: 'https://alerts.example' });
    expect(code).toBe(1);
    expect(lines).toEqual([
      expect.stringMatching(/^BREAKER_WINDOW_MS: takes /),
      expect.stringMatching(/^ALERT_WEBHOOK_SECRET: is required /),
    ]);
  });

  it('networks of agents that are none, before the database is touched', async () => {
    const { code, lines } = await boot({ ...GOOD, MIGRATE_ON_BOOT: 'true', AGENT_URL_ALLOW: '10.0.0.0/99' });
    expect(code).toBe(1);
    expect(lines).toEqual([expect.stringMatching(/^AGENT_URL_ALLOW: takes /)]);
  });

  it('a file of a secret that cannot be read', async () => {
    const { code, lines } = await boot({ ...GOOD, API_SECRET: '', API_SECRET_FILE: '/nowhere/api-secret' });
    expect(code).toBe(1);
    expect(lines).toContainEqual(expect.stringContaining('API_SECRET_FILE: the file cannot be read (ENOENT)'));
  });
});

describe('in production', () => {
  it('secrets and both URLs are required, and nothing embedded starts instead', async () => {
    const { code, lines } = await boot({ NODE_ENV: 'production' });
    expect(code).toBe(1);
    const required = ['DATABASE_URL', 'REDIS_URL', 'API_SECRET', 'AGENT_SECRET', 'OUTBOUND_SECRET'];
    expect(lines.sort()).toEqual(required.map((name) => `${name}: is required in production`).sort());
  });

  it('Swagger is off, metrics need a token, and agents need public addresses, unless settings say otherwise', async () => {
    const hub = await startHub({ env: { NODE_ENV: 'production', HOST: '127.0.0.1', SWAGGER_ENABLED: '' } });
    try {
      expect((await hub.request('GET', '/api/docs')).status).toBe(404);
      expect((await hub.request('GET', '/api/docs-json')).status).toBe(404);
      expect((await hub.request('GET', '/metrics')).status).toBe(401);
      expect((await hub.request('GET', '/metrics', undefined, { authorization: 'Bearer undefined' })).status).toBe(401);
      const body = { vendorId: 'v', erpType: 'T', agentUrl: 'http://127.0.0.1:4000' };
      expect((await hub.request('POST', '/api/agents/register', body, { authorization: `Bearer ${hub.agentSecret}` })).status).toBe(422);
      expect(hub.logs()).not.toMatch(/_SECRET=/);
    } finally {
      await hub.stop();
    }
  });
});

it('prints what it had to make outside production once, as settings are written', async () => {
  const hub = await startHub({ env: { API_SECRET: '', AGENT_SECRET: '' } });
  try {
    const printed = (name: string) => [...hub.logs().matchAll(new RegExp(`^${name}=(\\w{32,}) `, 'gm'))].map(([, value]) => value ?? '');
    const [apiSecret = '', ...more] = printed('API_SECRET');
    expect(more).toEqual([]);
    expect((await hub.request('GET', '/api/admin/agents', undefined, { 'x-api-key': apiSecret })).status).toBe(200);
    const [agentSecret = ''] = printed('AGENT_SECRET');
    const authorization = `Bearer ${agentSecret}`;
    expect((await hub.request('POST', '/api/agents/register', { vendorId: 'v', erpType: 'T' }, { authorization })).status).toBe(201);
  } finally {
    await hub.stop();
  }
});

it('takes secrets and keys from files, without the line break at their end', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'hub-secrets-'));
  const file = (name: string, content: string) => {
    writeFileSync(path.join(folder, name), content);
    return path.join(folder, name);
  };
  const hub = await startHub({
    env: {
      API_SECRET: '',
      API_SECRET_FILE: file('api', 'secret-of-admins-from-a-file-0123456789\n'),
      API_KEYS_FILE: file('keys', 'filed:read:secret-of-readers-from-a-file\r\n'),
      METRICS_TOKEN_FILE: file('metrics', 'token-from-a-file'),
    },
  });
  try {
    const status = async (where: string, headers: Record<string, string>) => (await hub.request('GET', where, undefined, headers)).status;
    expect(await status('/api/admin/agents', { 'x-api-key': 'secret-of-admins-from-a-file-0123456789' })).toBe(200);
    expect(await status('/api/items?vendorId=v', { 'x-api-key': 'secret-of-readers-from-a-file' })).toBe(200);
    expect(await status('/metrics', { authorization: 'Bearer token-from-a-file' })).toBe(200);
    expect(await status('/api/admin/agents', { 'x-api-key': hub.apiSecret })).toBe(401);
  } finally {
    await hub.stop();
    rmSync(folder, { recursive: true });
  }
});

it('that cannot reach its database ends with what is wrong, and not with its password', async () => {
  const { code, output } = await boot(GOOD);
  expect(code).toBe(1);
  expect(output).toContain('ECONNREFUSED');
  expect(output).not.toContain('password-in-no-output');
});
