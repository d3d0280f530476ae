import type { NamedKey } from '../../config/named-keys';
import { BoardSessions, SESSION_SECONDS } from './board-sessions';

const SECRET = 'the-secret-of-the-hub-0123456789abcdef';
const OPS = { name: 'ops', scope: 'admin', secret: 'the-key-of-ops-0123456789' } as const;
const SHOP = { name: 'shop', scope: 'orders', secret: 'the-key-of-a-shop-0123456789' } as const;
const sessions = (...named: NamedKey[]) => new BoardSessions(SECRET, named);
const NOW = new Date('2026-03-01T12:00:00Z');
const later = (seconds: number) => new Date(NOW.getTime() + seconds * 1000);

it('knows whose key a session was opened with, in every instance', () => {
  expect(sessions(OPS).read(sessions(OPS).open(SECRET, NOW), NOW)).toEqual({ kind: 'key', name: 'admin', scope: 'admin' });
  expect(sessions(OPS).read(sessions(OPS).open(OPS.secret, NOW), NOW)).toMatchObject({ name: 'ops' });
});

it('ends a session after its time', () => {
  const value = sessions().open(SECRET, NOW);
  expect(sessions().read(value, later(SESSION_SECONDS - 1))).toBeDefined();
  expect(sessions().read(value, later(SESSION_SECONDS))).toBeUndefined();
});

it('ends the sessions of a key that is taken away, changed, or no admin’s any more', () => {
  const value = sessions(OPS).open(OPS.secret, NOW);
  expect(sessions().read(value, NOW)).toBeUndefined();
  expect(sessions({ ...OPS, secret: 'another-key-of-ops-0123456789' }).read(value, NOW)).toBeUndefined();
  expect(sessions({ ...OPS, scope: 'read' }).read(value, NOW)).toBeUndefined();
  expect(sessions(SHOP).read(sessions(SHOP).open(SHOP.secret, NOW), NOW)).toBeUndefined();
});

it('ends every session when the hub’s own secret changes', () =>
  expect(new BoardSessions(`${SECRET}-new`, [OPS]).read(sessions(OPS).open(OPS.secret, NOW), NOW)).toBeUndefined());

it('takes no value that was not signed as it is', () => {
  const value = sessions().open(SECRET, NOW);
  const [end = '', nonce = '', signature = ''] = value.split('.');
  const other = sessions().open(SECRET, NOW).split('.')[2];
  const forged = [
    '',
    value.slice(0, -1),
    `${value}A`,
    `${Number(end) + 1}.${nonce}.${signature}`,
    `${end}.${nonce}.${other}`,
    `${end}.${'A'.repeat(22)}.${signature}`,
    `${end}.${nonce}.${'A'.repeat(43)}`,
  ];
  expect(forged.map((each) => sessions().read(each, NOW))).toEqual(forged.map(() => undefined));
});

it('holds nothing of the key, and is another one each time', () => {
  const [one, two] = [sessions().open(SECRET, NOW), sessions().open(SECRET, NOW)];
  expect(one).not.toBe(two);
  expect(Buffer.from(one.split('.')[2] ?? '', 'base64url').includes(SECRET)).toBe(false);
  expect(one).not.toContain(SECRET);
});
