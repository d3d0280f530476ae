import { readFileSync } from 'node:fs';
import path from 'node:path';
import { registerAgent, startHub, type Hub } from '../support/hub';

const FOLDER = path.resolve(__dirname, '../../../../deploy/observability');

let hub: Hub;
let exported: Set<string>;
beforeAll(async () => {
  hub = await startHub();
  const { body } = await hub.request('GET', '/metrics');
  exported = new Set([...(body as string).matchAll(/^# TYPE (\w+) (\w+)$/gm)].flatMap(([, name = '', type]) => seriesOf(name, type)));
});
afterAll(() => hub.stop());

/** The names under which a metric is asked for. */
function seriesOf(name: string, type: string | undefined): string[] {
  return type === 'histogram' ? ['bucket', 'count', 'sum'].map((part) => `${name}_${part}`) : [name];
}

/** What an expression asks for: names before a selector, a range or an operator, but not functions, labels or what Prometheus makes itself. */
function metricsOf(expression: string): string[] {
  const withoutLabels = expression.replace(/\{[^}]*\}/g, '{}').replace(/\b(by|without|on|ignoring) \([^)]*\)/g, '');
  const names = [...withoutLabels.matchAll(/\b([a-z]\w*_\w+)\b(?!\s*\()/g)].map(([, name = '']) => name);
  return [...new Set(names)];
}

it.each([
  ['alerts.yml', /^\s+expr: (.+)$/gm],
  ['dashboard.json', /"expr": "((?:[^"\\]|\\.)+)"/g],
])('%s asks for metrics that the hub exports, and for nothing else', (file, pattern) => {
  const text = readFileSync(path.join(FOLDER, file), 'utf8');
  const asked = [...text.matchAll(pattern)].flatMap(([, expression = '']) => metricsOf(expression));
  expect(asked.length).toBeGreaterThan(8);
  expect(asked.filter((name) => !exported.has(name))).toEqual([]);
});

it('the runbook asks for what the hub answers', async () => {
  await registerAgent(hub, 'acme');
  const runbook = readFileSync(path.resolve(__dirname, '../../../../docs/operations.md'), 'utf8');
  const asked = [...runbook.matchAll(/`GET (\/[^`]*)`/g)].map(([, route = '']) =>
    route.replace(':vendorId', 'acme').replace('=…', '=acme'),
  );
  const replies = await Promise.all([...new Set(asked)].filter((route) => !route.includes(':id')).map((route) => hub.admin('GET', route)));
  expect(replies.length).toBeGreaterThan(12);
  expect(replies.filter(({ status }) => status !== 200).map(({ body }) => body)).toEqual([]);
});
