import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { z } from 'zod';
import * as calls from './calls';
import * as reconciliation from './reconciliation-calls';

const DOCUMENT = path.resolve(__dirname, '../../../../docs/agent-protocol.md');
const examples = [...readFileSync(DOCUMENT, 'utf8').matchAll(/<!-- (\w+) -->\n```json\n([\s\S]*?)```/g)].map(
  ([, name = '', json = '']) => ({
    name,
    json,
  }),
);
const schemas = { ...calls, ...reconciliation } as unknown as Record<string, z.ZodType | undefined>;

it.each(examples)('the example of $name in the document of the protocol is one, property by property', ({ name, json }) => {
  const example = JSON.parse(json) as unknown;
  // Equal: a property that the schema does not know would be missing.
  expect(schemas[name]?.parse(example)).toEqual(example);
});

it('every call and reply has an example', () => {
  const shown = [...new Set(examples.map(({ name }) => name))].sort();
  expect(shown).toEqual([
    'AcceptedReply',
    'CancelOrderCall',
    'CreateOrderCall',
    'CreateOrderOutcome',
    'DigestCall',
    'DigestReply',
    'KeysCall',
    'KeysReply',
    'OrderStatusCall',
    'OrderStatusReply',
    'RowsCall',
    'RowsReply',
  ]);
  expect(examples).toHaveLength(16);
});
