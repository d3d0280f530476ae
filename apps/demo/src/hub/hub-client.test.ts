import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { listAgents } from '@repo/contracts/operations/admin-agent-operations';
import { getItem } from '@repo/contracts/operations/read-operations';
import { DemoFailure } from '../failures';
import { addressOf, HubClient } from './hub-client';

let server: Server;
let answer: { status: number; body: unknown };
const end = new AbortController();

beforeAll(async () => {
  server = createServer((_, reply) => {
    reply.writeHead(answer.status, { 'x-correlation-id': 'abc', connection: 'close' }).end(JSON.stringify(answer.body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => server.close());

const client = () => new HubClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, end.signal, 'hub.log');
const problem = (status: number, code: string) => ({ type: 'about:blank', title: 'T', status, code, detail: 'why', correlationId: 'abc' });

it('gives a reply that is as its contract says', async () => {
  const body = { data: [], meta: { page: 1, limit: 50, total: 0, totalPages: 0 } };
  answer = { status: 200, body };
  await expect(client().call(listAgents)).resolves.toEqual(body);
});

it('fails on a reply that breaks its contract', async () => {
  answer = { status: 200, body: { data: [], meta: { page: '1', limit: 50, total: 0, totalPages: 0 } } };
  await expect(client().call(listAgents)).rejects.toThrow(/reply of listAgents is not what its contract says.*meta/);
});

it('tells what is not there from what is refused', async () => {
  const params = { vendorId: 'v', sku: 'A' };
  answer = { status: 404, body: problem(404, 'not_found') };
  await expect(client().callIfThere(getItem, { params })).resolves.toBeNull();
  await expect(client().call(getItem, { params })).rejects.toThrow('/api/items/v/A was not found');
  answer = { status: 403, body: problem(403, 'forbidden') };
  await expect(client().callIfThere(getItem, { params })).rejects.toThrow(/answered 403: forbidden, why.*look for abc in hub.log/);
});

it('says in one line that nobody replies', async () => {
  const nobody = new HubClient('http://127.0.0.1:1', end.signal, 'hub.log');
  const failure = await nobody.call(listAgents).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(DemoFailure);
  expect((failure as Error).message).toMatch(/^GET \/api\/admin\/agents got no reply \(.*\): see hub\.log$/);
});

it('makes addresses that can be pasted between apostrophes', () => {
  expect(addressOf(getItem, { params: { vendorId: 'v', sku: "L'eau 1/2 " } })).toBe('/api/items/v/L%27eau%201%2F2%20');
  expect(addressOf(listAgents, { query: { limit: '5' } })).toBe('/api/admin/agents?limit=5');
});
