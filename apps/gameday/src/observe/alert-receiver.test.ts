import { signCall } from '@repo/contracts/agent-protocol/sign-call';
import { AlertReceiver, type AlertCall } from './alert-receiver';

const SECRET = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
const OTHER = `whsec_${Buffer.alloc(32, 2).toString('base64')}`;

let receiver: AlertReceiver;
const heard: AlertCall[] = [];
beforeAll(async () => (receiver = await AlertReceiver.start(SECRET, (call) => heard.push(call))));
afterAll(() => receiver.stop());

async function tell(type: string, id: string, secret = SECRET): Promise<number> {
  const data = { id, kind: 'agent_offline', severity: 'warning', vendorId: 'v1', detail: 'gone' };
  const body = JSON.stringify({ type, timestamp: new Date().toISOString(), data });
  const call = { id: `${id}-${type.replace('alert.', '')}`, timestamp: Math.floor(Date.now() / 1000), body };
  const headers = { 'webhook-id': call.id, 'webhook-timestamp': String(call.timestamp), 'webhook-signature': signCall(call, [secret]) };
  return (await fetch(receiver.url, { method: 'POST', body, headers })).status;
}

it('takes what is signed with its secret, once, and knows what is over', async () => {
  expect([await tell('alert.raised', 'a'), await tell('alert.raised', 'a'), await tell('alert.raised', 'b')]).toEqual([204, 204, 204]);
  expect(await tell('alert.raised', 'c', OTHER)).toBe(401);
  expect(heard.map(({ id, news }) => `${id} ${news}`)).toEqual(['a raised', 'b raised']);
  expect(receiver.refused).toEqual(['mismatch']);
  await tell('alert.cleared', 'a');
  expect(receiver.open.map(({ id }) => id)).toEqual(['b']);
  receiver.rest();
  expect(await tell('alert.raised', 'd')).toBe(204);
  expect(heard).toHaveLength(3);
});
