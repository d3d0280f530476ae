import { ERROR_CODES, type ErrorCode } from '@repo/contracts/error-codes';
import { ALL_OPERATIONS } from '@repo/contracts/operations/all-operations';
import { startHub, type Hub } from '../support/hub';

interface Documented {
  operationId: string;
  security: Record<string, string[]>[];
  responses: Record<string, { content?: Record<string, { schema: unknown; example?: { code: string; status: number } }> }>;
}
type Document = { paths: Record<string, Record<string, Documented>>; components: { schemas: object; securitySchemes: object } };

describe('API9:2023 improper inventory management: what is served is what is documented', () => {
  let hub: Hub;
  let document: Document;
  beforeAll(async () => {
    hub = await startHub({ env: { METRICS_TOKEN: 'metrics-token-of-the-tests', SWAGGER_ENABLED: 'true' } });
    document = (await hub.request('GET', '/api/docs-json')).body;
  });
  afterAll(() => hub.stop());

  const documented = () =>
    Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ name: `${method.toUpperCase()} ${path}`, operation })),
    );
  const contract = ALL_OPERATIONS.map(({ method, path }) => `${method} ${path}`);

  it('serves the operations of the contract, and no route besides', () => {
    const served = [...hub.logs().matchAll(/Mapped \{([^,]+), (\w+)\} route/g)].map(([, path, method]) => `${method} ${path}`);
    expect(served.length).toBeGreaterThan(20);
    expect(served.sort()).toEqual([...contract].sort());
  });

  it('documents the operations of the contract, and none besides', () =>
    expect(
      documented()
        .map(({ name }) => name)
        .sort(),
    ).toEqual(contract.map((name) => name.replace(/:(\w+)/g, '{$1}')).sort()));

  it.each(ALL_OPERATIONS.map((operation) => [operation.id, operation] as const))(
    '%s is there, and only health is open to everybody',
    async (_id, { method, path, access }) => {
      const reply = await hub.request(method, path.replace(/:\w+/g, '00000000-0000-4000-8000-000000000000'));
      expect(access === 'public').toBe(path.startsWith('/health'));
      expect(reply.status).toBe(access === 'public' ? 200 : 401);
    },
  );

  it('names every operation once, and the credential of each', () => {
    const operations = documented().map(({ operation }) => operation);
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
    const schemes = Object.keys(document.components.securitySchemes);
    for (const { operationId, security } of operations) {
      const access = ALL_OPERATIONS.find(({ id }) => id === operationId)?.access;
      expect(security.length > 0).toBe(access !== 'public');
      expect(schemes).toEqual(expect.arrayContaining(security.flatMap((each) => Object.keys(each))));
    }
  });

  it('documents errors as problems with codes of the closed list, each under its own status', () => {
    for (const { operation } of documented()) {
      const { access } = ALL_OPERATIONS.find(({ id }) => id === operation.operationId) ?? {};
      const everywhere = access === 'public' ? ['500'] : access === 'metrics' ? ['401', '500'] : ['400', '401', '429', '500', '503'];
      const errors = Object.entries(operation.responses).filter(([status]) => Number(status) >= 400);
      expect(errors.map(([status]) => status)).toEqual(expect.arrayContaining(everywhere));
      for (const [status, { content }] of errors) {
        // Health also replies a report with 503.
        if (operation.operationId === 'getHealth' && status === '503') continue;
        expect(Object.keys(content ?? {})).toEqual(['application/problem+json']);
        const { schema, example } = Object.values(content ?? {})[0] ?? {};
        const codes = (schema as { allOf: [unknown, { properties: { code: { enum: ErrorCode[] } } }] }).allOf[1].properties.code.enum;
        expect(codes.map((code) => ERROR_CODES[code]?.status)).toEqual(codes.map(() => Number(status)));
        expect(codes).toContain(example?.code);
      }
    }
  });

  it('refers to nothing that it does not hold', () => {
    const references = new Set([...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, reference]) => reference));
    const held = Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`);
    expect(references.size).toBeGreaterThan(5);
    expect(held).toEqual(expect.arrayContaining([...references]));
  });

  it('tells where the document is in two forms, of the version that runs', async () => {
    expect(document).toMatchObject({ openapi: '3.1.0', info: { title: 'ERP sync hub' } });
    const { status, headers } = await hub.request('GET', '/api/docs-yaml');
    expect({ status, type: headers.get('content-type') }).toEqual({ status: 200, type: 'text/yaml' });
    expect((await hub.request('GET', '/api/docs')).headers.get('content-type')).toContain('text/html');
  });
});

describe('API9:2023 improper inventory management: workers and schedulers', () => {
  it.each(['worker', 'scheduler'])('a %s serves health and metrics only', async (role) => {
    const hub = await startHub({ env: { ROLE: role, SWAGGER_ENABLED: 'true' } });
    try {
      expect((await hub.request('GET', '/health/live')).status).toBe(200);
      expect((await hub.request('GET', '/metrics')).status).toBe(200);
      for (const { method, path } of ALL_OPERATIONS.filter(({ access }) => access !== 'public' && access !== 'metrics')) {
        expect((await hub.request(method, path.replace(/:\w+/g, 'x'), undefined, { 'x-api-key': hub.apiSecret })).status).toBe(404);
      }
      expect((await hub.request('GET', '/api/docs-json')).status).toBe(404);
    } finally {
      await hub.stop();
    }
  });
});
