import fc from 'fast-check';
import { findUnsafe } from '../unsafe-values';
import { LONGEST_AGENT_ERROR, MOST_METADATA_BYTES } from './calls';
import { readOrderReply, readStatusReply } from './read-reply';

const OPERATIONS = ['create_order', 'cancel_order'] as const;
const completed = (more: object = {}) => ({ status: 'completed', erpReference: 'SO-1', ...more });
const failed = (more: object = {}) => ({ status: 'failed', error: 'no such customer', retryable: false, ...more });

describe.each(OPERATIONS)('a reply to %s', (operation) => {
  const read = (status: number, body: unknown) => readOrderReply(operation, status, body);

  it('is accepted with 202', () => expect(read(202, { accepted: true })).toEqual({ kind: 'accepted' }));

  it('is an outcome with 200', () => {
    expect(read(200, completed())).toEqual({ kind: 'completed', erpReference: 'SO-1', metadata: null });
    expect(read(200, completed({ metadata: { depot: [1, 'x'] } }))).toMatchObject({ metadata: { depot: [1, 'x'] } });
    expect(read(200, completed({ metadata: null }))).toMatchObject({ kind: 'completed', metadata: null });
    expect(read(200, failed())).toEqual({ kind: 'failed', error: 'no such customer', retryable: false });
    expect(read(200, failed({ retryable: true, error: '' }))).toEqual({ kind: 'failed', error: '', retryable: true });
  });

  it('may say more than the hub knows', () => {
    expect(read(202, { accepted: true, queue: 3 })).toEqual({ kind: 'accepted' });
    expect(read(200, completed({ took: { ms: 5 } }))).toEqual({ kind: 'completed', erpReference: 'SO-1', metadata: null });
    expect(read(200, failed({ hint: null }))).toEqual({ kind: 'failed', error: 'no such customer', retryable: false });
  });

  it('may explain a failure in 10,000 characters, and name an order in 255', () => {
    const [error, erpReference] = ['🍣'.repeat(LONGEST_AGENT_ERROR), 'é'.repeat(255)];
    expect(read(200, failed({ error }))).toMatchObject({ kind: 'failed', error });
    expect(read(200, failed({ error: `${error}x` }))).toMatchObject({ kind: 'unreadable' });
    expect(read(200, completed({ erpReference }))).toMatchObject({ kind: 'completed', erpReference });
    expect(read(200, completed({ erpReference: `${erpReference}x` }))).toMatchObject({ kind: 'unreadable' });
    expect(read(200, completed({ metadata: { x: 'x'.repeat(MOST_METADATA_BYTES - 8) } }))).toMatchObject({ kind: 'completed' });
    expect(read(200, completed({ metadata: { x: 'x'.repeat(MOST_METADATA_BYTES - 7) } }))).toMatchObject({ kind: 'unreadable' });
  });

  it.each<[number, unknown]>([
    [202, { accepted: false }],
    [202, {}],
    [202, completed()],
    [200, { accepted: true }],
    [201, completed()],
    [204, undefined],
    [299, { accepted: true }],
    [404, completed()],
    [200, undefined],
    [200, null],
    [200, 'completed'],
    [200, []],
    [200, {}],
    [200, { status: 'done', erpReference: 'x' }],
    [200, completed({ erpReference: '' })],
    [200, completed({ erpReference: 17 })],
    [200, completed({ metadata: [] })],
    [200, completed({ metadata: 'x' })],
    [200, { status: 'failed', error: 'x' }],
    [200, { status: 'failed', retryable: true }],
    [200, failed({ retryable: 'false' })],
    [200, failed({ error: null })],
    [200, completed({ erpReference: 'SO\0' })],
    [200, completed({ erpReference: '\ud800' })],
    [200, failed({ error: 'x\udc00' })],
    [200, JSON.parse('{"status":"completed","erpReference":"x","__proto__":{"polluted":true}}')],
    [200, JSON.parse('{"status":"completed","erpReference":"x","metadata":{"a":{"constructor":1}}}')],
    [202, JSON.parse('{"accepted":true,"note":"\\u0000"}')],
    [200, completed({ metadata: JSON.parse('{"n":1e999}') as object })],
  ])('is unreadable: %i %j', (status, body) => expect(read(status, body)).toEqual({ kind: 'unreadable', message: expect.any(String) }));
});

it('needs the reference of an order that was created, not of one that was cancelled', () => {
  expect(readOrderReply('create_order', 200, { status: 'completed' })).toMatchObject({ kind: 'unreadable', message: /^erpReference: / });
  expect(readOrderReply('create_order', 200, completed({ erpReference: null }))).toMatchObject({ kind: 'unreadable' });
  for (const body of [{ status: 'completed' }, completed({ erpReference: null })]) {
    expect(readOrderReply('cancel_order', 200, body)).toEqual({ kind: 'completed', erpReference: null, metadata: null });
  }
});

describe('a reply to order-status', () => {
  it.each<[unknown, unknown]>([
    [{ known: false }, { kind: 'unknown' }],
    [{ known: false, status: 'whatever' }, { kind: 'unknown' }],
    [{ known: true, status: 'accepted' }, { kind: 'accepted' }],
    [
      { known: true, status: 'completed', erpReference: 'SO-1', since: 1 },
      { kind: 'completed', erpReference: 'SO-1' },
    ],
    [
      { known: true, status: 'completed' },
      { kind: 'completed', erpReference: null },
    ],
    [
      { known: true, status: 'failed', error: 'x', retryable: true },
      { kind: 'failed', error: 'x', retryable: true },
    ],
    [
      { known: true, status: 'failed' },
      { kind: 'failed', error: '', retryable: false },
    ],
  ])('%j is %j', (body, expected) => expect(readStatusReply(body)).toEqual(expected));

  it.each([
    undefined,
    null,
    {},
    [],
    { known: 'true' },
    { known: true },
    { known: true, status: 'unknown' },
    { known: true, status: 'completed', erpReference: '' },
    { known: true, status: 'failed', error: 'x\0' },
    { known: true, status: 'failed', retryable: 1 },
    JSON.parse('{"known":false,"__proto__":{}}'),
  ])('%j is unreadable', (body) => expect(readStatusReply(body)).toEqual({ kind: 'unreadable', message: expect.any(String) }));
});

it('says in at most 200 characters what is wrong, without half a character at the end', () => {
  const body = { ['🍣'.repeat(300)]: { x: '\0' } };
  const { message } = readOrderReply('create_order', 200, body) as { message: string };
  expect(Array.from(message)).toHaveLength(200);
  expect(findUnsafe(message)).toBeUndefined();
});

it('never throws, whatever an agent sends', () => {
  fc.assert(
    fc.property(fc.constantFrom(...OPERATIONS), fc.integer({ min: 200, max: 299 }), fc.jsonValue(), (operation, status, body) => {
      expect(readOrderReply(operation, status, body).kind).toMatch(/^(accepted|completed|failed|unreadable)$/);
      expect(readStatusReply(body).kind).toMatch(/^(unknown|accepted|completed|failed|unreadable)$/);
    }),
  );
});
