import { BoardSessions } from './board-sessions';
import { readSession, sessionCookie } from './session-cookie';

const SECRET = 'the-secret-of-the-hub-0123456789abcdef';
const sessions = new BoardSessions(SECRET, []);
const value = sessions.open(SECRET, new Date());
const read = (cookie?: string) => readSession({ headers: cookie === undefined ? {} : { cookie } }, sessions)?.name;

it('finds the session among other cookies, and beside one that is worth nothing', () => {
  expect(read(`hub_queue_board=${value}`)).toBe('admin');
  expect(read(`theme=dark; hub_queue_board=${value}; x=1`)).toBe('admin');
  expect(read(`hub_queue_board=planted; hub_queue_board=${value}`)).toBe('admin');
});

it.each([undefined, '', `other_hub_queue_board=${value}`, `x=hub_queue_board=${value}`, 'hub_queue_board='])('finds none in %j', (cookie) =>
  expect(read(cookie)).toBeUndefined(),
);

it('is for this site and its pages alone, and for nothing that is not encrypted where the site is', () => {
  const plain = sessionCookie({ protocol: 'http', headers: {} }, value);
  expect(plain).toBe(`hub_queue_board=${value}; Path=/admin/queues; Max-Age=28800; HttpOnly; SameSite=Strict`);
  expect(sessionCookie({ protocol: 'https', headers: {} }, value)).toBe(`${plain}; Secure`);
  expect(sessionCookie({ protocol: 'http', headers: { 'x-forwarded-proto': 'https' } }, value)).toBe(`${plain}; Secure`);
});

it('ends at once when it is taken back', () =>
  expect(sessionCookie({ protocol: 'http', headers: {} }, undefined)).toMatch(/^hub_queue_board=; .*Max-Age=0;/));
