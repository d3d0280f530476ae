import { hubEnvironment, makeSecrets } from './hub-settings';

it('hands on nothing of the user’s own settings', () => {
  process.env['API_KEYS'] = 'mine';
  process.env['TRUST_PROXY'] = 'true';
  const secrets = makeSecrets();
  const environment = hubEnvironment({ port: 3000, databaseUrl: 'postgres://x/y', redisUrl: 'redis://x' }, secrets);
  expect(environment).not.toHaveProperty('API_KEYS');
  expect(environment).not.toHaveProperty('TRUST_PROXY');
  expect(environment['PATH']).toBe(process.env['PATH']);
  expect(environment).toMatchObject({ PORT: '3000', API_SECRET: secrets.apiKey, RATE_LIMIT_BATCH: '1000000' });
  delete process.env['API_KEYS'];
  delete process.env['TRUST_PROXY'];
});

it('makes secrets that are long enough and never the same', () => {
  const { apiKey, agentSecret, outboundSecret } = makeSecrets();
  expect(new Set([apiKey, agentSecret, outboundSecret]).size).toBe(3);
  for (const secret of [apiKey, agentSecret, outboundSecret]) expect(secret.length).toBeGreaterThanOrEqual(32);
});
