import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer as createPlainServer } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createTlsServer } from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { probeHub } from '../enrol/probe-hub';
import { adviseOnNetwork } from './explain-network-fault';

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
});

async function portOf(server: Server): Promise<number> {
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

it('says what to do when nothing listens, when the line is cut, and when it is no TLS', async () => {
  const gone = createPlainServer();
  const port = await portOf(gone);
  await new Promise((resolve) => servers.pop()?.close(resolve));
  expect(await probeHub(`http://127.0.0.1:${port}`)).toMatchObject({
    todo: expect.stringContaining('Nothing takes connections there') as string,
  });
  const cutting = await portOf(createServer((socket: Socket) => socket.destroy()));
  expect(await probeHub(`http://127.0.0.1:${cutting}`)).toMatchObject({
    todo: expect.stringContaining('The connection was cut') as string,
  });
  const plain = await portOf(createPlainServer((_, response) => response.end('{}')));
  expect(await probeHub(`https://127.0.0.1:${plain}`)).toMatchObject({ todo: expect.stringContaining('speaks no TLS') as string });
});

it('says what to do about a certificate that nobody vouches for', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'agent-tls-'));
  try {
    const [key, cert] = ['key.pem', 'cert.pem'].map((name) => path.join(folder, name)) as [string, string];
    const made = `req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1 -keyout ${key} -out ${cert}`;
    try {
      execFileSync('openssl', made.split(' '), { stdio: 'ignore' });
    } catch {
      console.log('NOT TESTED: there is no openssl here to make a certificate with');
      return;
    }
    const port = await portOf(createTlsServer({ key: readFileSync(key), cert: readFileSync(cert) }, (_, response) => response.end('{}')));
    expect(await probeHub(`https://127.0.0.1:${port}`)).toMatchObject({ todo: expect.stringContaining('NODE_EXTRA_CA_CERTS') as string });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it.each([
  ['ENOTFOUND', 'DNS'],
  ['UND_ERR_CONNECT_TIMEOUT', 'firewall'],
  ['CERT_HAS_EXPIRED', 'check the date of this machine'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'for another name'],
  ['what nobody has seen yet', 'firewall'],
])('knows advice for %s', (reason, words) => expect(adviseOnNetwork(reason)).toContain(words));
