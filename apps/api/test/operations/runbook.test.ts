import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ALL_OPERATIONS } from '@repo/contracts/operations/all-operations';
import { ALERT_KINDS } from '../../src/modules/sync/alerts/alert-kinds';

const ROOT = path.resolve(__dirname, '../../../..');
const RUNBOOK = readFileSync(path.join(ROOT, 'docs/operations.md'), 'utf8');
const RULES = readFileSync(path.join(ROOT, 'deploy/observability/alerts.yml'), 'utf8');
const ENVIRONMENT = readFileSync(path.join(ROOT, '.env.example'), 'utf8');

/** The cells of the row of a table that begins with this name. */
const rowOf = (name: string) =>
  RUNBOOK.split('\n')
    .find((line) => line.startsWith(`| \`${name}\` |`))
    ?.split('|')
    .slice(2, -1) ?? [];

it.each(Object.keys(ALERT_KINDS))('says what the alert %s means and what to do', (kind) => {
  const [means = '', act = ''] = rowOf(kind);
  expect([means.trim(), act.trim()]).not.toContain('');
});

it.each([...RULES.matchAll(/- alert: (\w+)/g)].map(([, name]) => name ?? ''))(
  'says what the rule %s means, where to look, and what to do',
  (name) => {
    const [means = '', look = '', act = ''] = rowOf(name);
    expect([means.trim(), look.trim(), act.trim()]).not.toContain('');
  },
);

it('names no route that is not there', () => {
  const known = ALL_OPERATIONS.map(({ method, path: route }) => new RegExp(`^${method} ${route.replaceAll(/:\w+/g, '[^/]+')}$`));
  const named = [...RUNBOOK.matchAll(/`(GET|POST|PUT|DELETE) (\/[^`?\s]*)/g)].map(([, method, route]) => `${method} ${route}`);
  expect(named.length).toBeGreaterThan(15);
  expect(named.filter((route) => !known.some((pattern) => pattern.test(route)))).toEqual([]);
});

it('names no setting that is not there', () => {
  const named = new Set([...RUNBOOK.matchAll(/`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)`/g)].map(([, name]) => name ?? ''));
  const elsewhere = new Set(['NAME_FILE', 'DEV_STACK_DIR', 'SECRETS_DIR', 'HUB_PORT', 'HUB_VERSION']);
  expect([...named].filter((name) => !elsewhere.has(name) && !ENVIRONMENT.includes(name)).sort()).toEqual([]);
});
