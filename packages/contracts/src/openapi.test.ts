import { ERROR_CODE_LIST } from './error-codes';
import { buildOpenApi } from './openapi';
import { ALL_OPERATIONS } from './operations/all-operations';

const document = buildOpenApi(ALL_OPERATIONS, '0.0.0') as {
  paths: Record<string, Record<string, { operationId: string; responses: Record<string, { content?: unknown }> }>>;
  components: { schemas: Record<string, unknown> };
};

describe('the OpenAPI document', () => {
  it('holds every operation once', () => {
    const ids = Object.values(document.paths).flatMap((path) => Object.values(path).map(({ operationId }) => operationId));
    expect(ids.sort()).toEqual(ALL_OPERATIONS.map(({ id }) => id).sort());
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('refers only to schemas that it holds', () => {
    const references = [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name);
    expect(references.filter((name) => !(String(name) in document.components.schemas))).toEqual([]);
  });

  it('knows only codes of the closed list, and gives an example that its own schema accepts', () => {
    for (const operation of ALL_OPERATIONS) {
      for (const code of operation.errors) expect(ERROR_CODE_LIST).toContain(code);
      if (operation.example === undefined) continue;
      expect((operation.documentedBody ?? operation.body)?.safeParse(operation.example).error?.issues).toBeUndefined();
    }
  });
});
