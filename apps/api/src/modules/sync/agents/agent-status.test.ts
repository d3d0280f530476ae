import { agentStatus } from './agent-status';

const now = new Date('2026-01-31T12:00:00Z');
const thresholds = { degradedAfterS: 60, offlineAfterS: 300 };

it.each([
  ['never heard of', null, 'offline'],
  ['heard of this moment', 0, 'online'],
  ['silent just under a minute', 59_999, 'online'],
  ['silent for a minute', 60_000, 'degraded'],
  ['silent just under five minutes', 299_999, 'degraded'],
  ['silent for five minutes', 300_000, 'offline'],
  ['heard of a moment in the future', -50, 'online'],
])('an agent %s', (_what, silentMs, status) => {
  const lastHeartbeat = silentMs === null ? null : new Date(now.getTime() - silentMs);
  expect(agentStatus(lastHeartbeat, now, thresholds)).toBe(status);
});
