import { readFileSync } from 'node:fs';
import path from 'node:path';
import { startHub, type Hub } from '../support/hub';

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
