import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { json } from 'node:stream/consumers';
import { readSecrets, secretsFileOf, writeSecrets } from '../config/secrets';
import { enrolAgent } from './enrol-agent';

let folder: string;
let server: Server;
let url: string;
let answer: (request: IncomingMessage, response: ServerResponse, body: Record<string, unknown>) => void;
beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'agent-enrol-'));
  server = createServer((request, response) => {
    json(request).then(
      (body) => answer(request, response, body as Record<string, unknown>),
      () => answer(request, response, {}),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
});

const enrol = () =>
  enrolAgent(
    {
      url,
      vendorId: 'vendor-1',
      erpType: 'Test',
      version: '1',
      credential: { kind: 'enrolment_code', code: 'enr_1' },
      agentUrl: undefined,
      idempotentOrders: false,
    },
    secretsFileOf(folder),
  );
function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': status < 400 ? 'application/json' : 'application/problem+json' }).end(JSON.stringify(body));
}
const REGISTERED = { vendorId: 'vendor-1', status: 'online', mode: 'pull', outboundToken: 'out_1', signingSecret: 'whsec_1' };

it('brings a token of its own, and keeps it with the secrets of the hub', async () => {
  let brought: unknown;
  answer = (_request, response, body) => {
    brought = body['authToken'];
    send(response, 201, REGISTERED);
  };
  const secrets = await enrol();
  expect(secrets).toEqual({ token: brought, outboundToken: 'out_1', signingSecret: 'whsec_1' });
  expect(String(brought).length).toBeGreaterThanOrEqual(32);
  expect(await readSecrets(secretsFileOf(folder), {})).toEqual(secrets);
});

it('gets the secrets by a rotation when the reply to the registration was lost', async () => {
  answer = (request, response) => {
    if (request.url === '/api/agents/register') request.socket.destroy();
    else
      send(response, 200, {
        token: 'agt_2',
        outboundToken: 'out_2',
        signingSecret: 'whsec_2',
        previousValidUntil: new Date().toISOString(),
      });
  };
  expect(await enrol()).toEqual({ token: 'agt_2', outboundToken: 'out_2', signingSecret: 'whsec_2' });
});

it('says what the hub refused, and keeps the secrets of before', async () => {
  const before = { token: 'agt_0', outboundToken: 'out_0', signingSecret: 'whsec_0' };
  await writeSecrets(secretsFileOf(folder), before);
  answer = (_request, response) =>
    send(response, 403, {
      type: 'urn:x',
      title: 't',
      status: 403,
      code: 'registration_refused',
      detail: 'used',
      correlationId: 'c',
    });
  await expect(enrol()).rejects.toMatchObject({ code: 'registration_refused' });
  expect(await readSecrets(secretsFileOf(folder), {})).toEqual(before);
  expect(readdirSync(folder)).toEqual(['erp-agent.secrets.json']);
});
