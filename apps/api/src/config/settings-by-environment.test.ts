import { readSettings } from './settings';

const production = {
  NODE_ENV: 'production',
  DATABASE_URL: 'postgres://localhost/hub',
  REDIS_URL: 'redis://localhost',
  API_SECRET: 'x'.repeat(32),
  AGENT_SECRET: 'x'.repeat(16),
  OUTBOUND_SECRET: 'x'.repeat(32),
};

it('opens nothing by default in production', () => {
  const { MIGRATE_ON_BOOT, SWAGGER_ENABLED, AGENT_URL_ALLOW, HOST } = readSettings(production);
  expect({ MIGRATE_ON_BOOT, SWAGGER_ENABLED, AGENT_URL_ALLOW, HOST }).toEqual({
    MIGRATE_ON_BOOT: false,
    SWAGGER_ENABLED: false,
    AGENT_URL_ALLOW: [],
    HOST: '0.0.0.0',
  });
});

it('lets development begin without a word', () => {
  const { MIGRATE_ON_BOOT, SWAGGER_ENABLED, AGENT_URL_ALLOW, HOST, LOG_PRETTY } = readSettings({}, true);
  expect({ MIGRATE_ON_BOOT, SWAGGER_ENABLED, HOST, LOG_PRETTY }).toEqual({
    MIGRATE_ON_BOOT: true,
    SWAGGER_ENABLED: true,
    HOST: '127.0.0.1',
    LOG_PRETTY: true,
  });
  expect(AGENT_URL_ALLOW).toContain('127.0.0.0/8');
});

it('takes what is said over what follows from the environment', () => {
  const { MIGRATE_ON_BOOT, AGENT_URL_ALLOW } = readSettings({
    ...production,
    MIGRATE_ON_BOOT: 'true',
    AGENT_URL_ALLOW: 'erp.lan, 10.0.0.0/8',
  });
  expect({ MIGRATE_ON_BOOT, AGENT_URL_ALLOW }).toEqual({ MIGRATE_ON_BOOT: true, AGENT_URL_ALLOW: ['erp.lan', '10.0.0.0/8'] });
});

it('takes any time after which an agent is offline: one that is offline first is never degraded', () => {
  const { AGENT_DEGRADED_AFTER_S, AGENT_OFFLINE_AFTER_S } = readSettings({ ...production, AGENT_OFFLINE_AFTER_S: '2' });
  expect({ AGENT_DEGRADED_AFTER_S, AGENT_OFFLINE_AFTER_S }).toEqual({ AGENT_DEGRADED_AFTER_S: 2, AGENT_OFFLINE_AFTER_S: 2 });
});

it.each([
  ['SCHEDULE_JOBS', 'at noon', /^SCHEDULE_JOBS: takes a cron expression/],
  ['SCHEDULE_EVENTS', '0 0 30 2 *', /^SCHEDULE_EVENTS: takes a cron expression/],
  ['ALERT_WEBHOOK_SECRET', 'whsec_short', /^ALERT_WEBHOOK_SECRET: takes whsec_/],
  ['ALERT_WEBHOOK_URL', 'https://alerts.example', /^ALERT_WEBHOOK_SECRET: is required with ALERT_WEBHOOK_URL/],
])('names the setting when %s is %p', (name, value, fault) => {
  expect(() => readSettings({ ...production, [name]: value })).toThrow(fault);
});
