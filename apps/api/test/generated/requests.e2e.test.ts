import { ALL_OPERATIONS } from '@repo/contracts/operations/all-operations';
import { Problem } from '@repo/contracts/problem';
import * as fc from 'fast-check';
import { INTERNALS } from '../security/security-fixture';
import { registerAgent, startHub, type Hub } from '../support/hub';
import { item, mappedVendor, stock, warehouse } from '../support/rows';
import { contradictions, seedDeliveries } from './seed-deliveries';
import { requestsOf, type Credential, type GeneratedRequest, type OpenApi } from './generated-request';

const SEED = Number(process.env['GENERATED_SEED'] ?? 20_260_131);
const COUNT = Number(process.env['GENERATED_REQUESTS'] ?? 3_000);
const AT_ONCE = 8;
const POLL_LIMIT_MS = 500;
const READ_KEY = 'a-reading-key-of-generated-requests';
const METRICS_TOKEN = 'metrics-token-of-generated-requests';

let hub: Hub;
let document: OpenApi;
/** Agents by the operation that uses up their token; the others call as the first. */
const tokens = new Map<string, { vendorId: string; token: string }>();
beforeAll(async () => {
  hub = await startHub({ env: { API_KEYS: `reader:read:${READ_KEY}`, METRICS_TOKEN, LOG_LEVEL: 'error', SWAGGER_ENABLED: 'true' } });
  document = (await hub.request('GET', '/api/docs-json')).body;
  const agent = await mappedVendor(hub, 'generated');
  tokens.set('', agent);
  for (const id of ['rotateToken', 'registerAgent']) tokens.set(id, await registerAgent(hub, `generated-${id}`));
  await registerAgent(hub, 'generated-1');
  const push = (entity: string, rows: unknown[]) => hub.agent(agent, 'POST', `/api/sync/${entity}`, { [entity]: rows });
  await push('items', [item('A-1'), item('A-2', { name: 'é' }), item('x', { erpUnitCode: 'unmapped' })]);
  await push('warehouses', [warehouse('W1')]);
  await push('stock', [stock('A-1', 'W1'), stock('missing', 'W1')]);
  await seedDeliveries(hub.pool, 'generated');
  // The example of an order is of this vendor.
  const shown = await mappedVendor(hub, 'vendor-1');
  await hub.agent(shown, 'POST', '/api/sync/items', { items: [item('A-1'), item('A-2')] });
});
afterAll(() => hub.stop());

function credentialOf(which: Credential, { operationId, security }: GeneratedRequest['operation']): Record<string, string> {
  const key = (secret: string) => ({ 'x-api-key': secret });
  const agent = tokens.get(operationId) ?? tokens.get('');
  const bearer = (token: string, vendorId = agent?.vendorId ?? '') => ({ authorization: `Bearer ${token}`, 'x-vendor-id': vendorId });
  switch (which) {
    case 'none':
      return {};
    case 'wrong':
      return { ...bearer('agt_wrong'), ...key('wrong') };
    case 'admin':
      return key(hub.apiSecret);
    case 'read':
      return key(READ_KEY);
    case 'agent':
      return bearer(agent?.token ?? '');
    case 'right':
      if (security.some((each) => 'metricsToken' in each)) return { authorization: `Bearer ${METRICS_TOKEN}` };
      if (security.some((each) => 'registrationCredential' in each)) return { authorization: `Bearer ${hub.agentSecret}` };
      return security.some((each) => 'agentToken' in each) ? bearer(agent?.token ?? '') : key(hub.apiSecret);
  }
}

/** What is wrong with the reply to a request; nothing, if all is well. */
async function faultOf(request: GeneratedRequest): Promise<string | undefined> {
  const { operation, method, path, headers, body } = request;
  const reply = await fetch(hub.baseUrl + path, {
    method,
    headers: { ...credentialOf(request.credential, operation), ...headers },
    ...(body === undefined ? {} : { body }),
    // A poll may wait for what never comes here: whoever polls goes away then.
    ...(operation.operationId === 'pollCalls' ? { signal: AbortSignal.timeout(POLL_LIMIT_MS) } : {}),
  }).catch((error: unknown) => {
    if ((error as { name?: unknown }).name === 'TimeoutError') return undefined;
    throw error;
  });
  if (reply === undefined) return undefined;
  const { status } = reply;
  const text = await reply.text();
  counts.set(status, (counts.get(status) ?? 0) + 1);
  if (status < 400) succeeded.add(operation.operationId);
  if (status >= 500) return `a failure: ${status} ${text}`;
  if (!(String(status) in operation.responses)) return `the status is not documented: ${status} ${text}`;
  const type = reply.headers.get('content-type');
  if (status === 204) return text === '' && type === null ? undefined : `204 with a body: ${text}`;
  if (operation.operationId === 'rotateToken' && status === 200) keepToken(text);
  const contract = ALL_OPERATIONS.find(({ id }) => id === operation.operationId);
  if (status < 400) {
    if (contract?.replyType !== undefined) return undefined;
    if (type !== 'application/json; charset=utf-8') return `no JSON: ${type} ${text}`;
    const issues = contract?.reply?.safeParse(JSON.parse(text)).error?.issues;
    return issues === undefined ? undefined : `the reply is not as documented: ${JSON.stringify(issues)} ${text}`;
  }
  if (type !== 'application/problem+json; charset=utf-8') return `no problem: ${type} ${text}`;
  const problem = Problem.safeParse(JSON.parse(text));
  if (!problem.success) return `not a problem: ${problem.error.message} ${text}`;
  if (problem.data.status !== status) return `two statuses: ${status} ${text}`;
  if (problem.data.correlationId !== reply.headers.get('x-correlation-id')) return `two correlation ids: ${text}`;
  const code = problem.data.code;
  if (contract?.errors.includes(code) !== true) return `the code is not documented: ${text}`;
  return INTERNALS.test(text) ? `shows something of the inside: ${text}` : undefined;
}

const counts = new Map<number, number>();
const succeeded = new Set<string>();
/** What must have hit an order, a job or a dead letter that is there. */
const DELIVERIES = [
  'getOrder',
  'cancelOrder',
  'placeOrder',
  'agentCallback',
  'getSyncJob',
  'getSyncStatus',
  'cancelSyncJob',
  'getDeadLetter',
  'retryDeadLetter',
  'resolveDeadLetter',
  'retryDeadLetters',
];

/** The one that rotates goes on with what it got. */
function keepToken(text: string): void {
  const { token } = JSON.parse(text) as { token: string };
  tokens.set('rotateToken', { vendorId: 'generated-rotateToken', token });
}

it(`replies as documented to ${COUNT} requests made from the document and its examples, and stays healthy`, async () => {
  const sampled = fc.sample(requestsOf(document), { numRuns: COUNT, seed: SEED });
  // In bulk last: it leaves no dead letter to the others.
  const isBulk = ({ operation }: GeneratedRequest) => operation.operationId === 'retryDeadLetters';
  const requests = [...sampled.filter((each) => !isBulk(each)), ...sampled.filter(isBulk)];
  const faults: string[] = [];
  let next = 0;
  const work = async () => {
    for (let at = next++; at < requests.length && faults.length < 10; at = next++) {
      const request = requests[at] as GeneratedRequest;
      const fault = await faultOf(request).catch((error: unknown) => `no reply: ${String(error instanceof Error ? error.cause : error)}`);
      if (fault !== undefined) faults.push(`request ${at} of seed ${SEED}: ${show(request)}\n  ${fault.slice(0, 2_000)}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  expect(faults).toEqual([]);

  // A generator of which everything is refused at the door would prove nothing.
  const good = [200, 201, 202, 204].reduce((sum, status) => sum + (counts.get(status) ?? 0), 0);
  expect(good / COUNT).toBeGreaterThan(0.25);
  expect((counts.get(400) ?? 0) / COUNT).toBeGreaterThan(0.15);
  expect(DELIVERIES.filter((id) => !succeeded.has(id))).toEqual([]);
  expect(await contradictions(hub.pool)).toBe(0);
  expect([...counts.keys()]).toEqual(expect.arrayContaining([200, 201, 202, 204, 400, 401, 403, 404, 409, 415]));

  expect((await hub.request('GET', '/health')).body).toMatchObject({ status: 'ok', info: { database: { waiting: 0 } } });
  expect((await hub.agent(tokens.get('') as { vendorId: string; token: string }, 'POST', '/api/agents/heartbeat')).status).toBe(200);
  // An alert is for people, not a failure: some order was cancelled and done.
  const errors = hub
    .logs()
    .split('\n')
    .filter((line) => line.includes('"level":50') && !line.includes('"alert":'));
  expect(errors).toEqual([]);
}, 120_000);

function show({ operation, method, path, credential, headers, body }: GeneratedRequest): string {
  const content = typeof body === 'string' ? body : body === undefined ? '' : `(${body.length} bytes of gzip)`;
  return `${operation.operationId} ${method} ${path} as ${credential} ${JSON.stringify(headers)} ${content.slice(0, 2_000)}`;
}
