import { z } from 'zod';
import { ERROR_CODES } from './error-codes';
import type { Access, Operation } from './operations/operation';
import { Problem, PROBLEM_MEDIA_TYPE } from './problem';

type Json = Record<string, unknown>;

const SECURITY: Record<Access, Json[]> = {
  public: [],
  metrics: [{ metricsToken: [] }],
  registration: [{ registrationCredential: [] }],
  agent: [{ agentToken: [], vendorId: [] }],
  admin: [{ apiKey: ['admin'] }],
  orders: [{ apiKey: ['orders'] }],
  read: [{ apiKey: ['read'] }],
};

const SECURITY_SCHEMES = {
  agentToken: { type: 'http', scheme: 'bearer', description: 'The agent token, with the vendor id in X-Vendor-Id.' },
  vendorId: { type: 'apiKey', in: 'header', name: 'X-Vendor-Id' },
  apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key', description: 'The admin key, or a named key with the scope.' },
  registrationCredential: {
    type: 'http',
    scheme: 'bearer',
    description: 'The registration secret, an enrolment code, or the current agent token (an update).',
  },
  metricsToken: { type: 'http', scheme: 'bearer' },
};

/** The OpenAPI 3.1 document of the given operations; `version` is the hub's. Made from the contracts alone. */
export function buildOpenApi(operations: readonly Operation[], version: string): Json {
  const components: Json = {};
  const schemaOf = (schema: z.ZodType, io: 'input' | 'output'): Json => collect(components, schema, io);
  schemaOf(Problem, 'output');
  const paths: Record<string, Json> = {};
  for (const operation of operations) {
    const path = operation.path.replace(/:(\w+)/g, '{$1}');
    (paths[path] ??= {})[operation.method.toLowerCase()] = describe(operation, schemaOf);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'ERP sync hub',
      version,
      license: { name: 'MIT', identifier: 'MIT' },
      description:
        'Errors are RFC 9457 problem documents with a `code` from a closed list. Every reply carries X-Correlation-ID. ' +
        'Decimals are returned as strings; times are ISO 8601 in UTC.',
    },
    paths,
    components: { schemas: components, securitySchemes: SECURITY_SCHEMES },
  };
}

function describe(operation: Operation, schemaOf: (schema: z.ZodType, io: 'input' | 'output') => Json): Json {
  const content = (schema: z.ZodType) => ({ [operation.replyType ?? 'application/json']: { schema: schemaOf(schema, 'output') } });
  const good = operation.reply === undefined ? { description: 'Done' } : { description: 'Done', content: content(operation.reply) };
  const responses: Json = Object.fromEntries([operation.status, ...(operation.alsoStatus ?? [])].map((status) => [status, good]));
  for (const [status, codes] of groupByStatus(operation)) {
    responses[status] = {
      description: codes.map((code) => `\`${code}\`: ${ERROR_CODES[code].title}`).join('; '),
      content: {
        [PROBLEM_MEDIA_TYPE]: {
          schema: { allOf: [{ $ref: '#/components/schemas/Problem' }, { properties: { code: { enum: codes } } }] },
          example: problemExample(codes[0]),
        },
      },
    };
  }
  const documented = operation.documentedBody ?? operation.body;
  return {
    operationId: operation.id,
    tags: [operation.tag],
    summary: operation.summary,
    ...(operation.description === undefined ? {} : { description: operation.description }),
    security: SECURITY[operation.access],
    parameters: [
      ...parameters('path', operation.params, schemaOf),
      ...parameters('query', operation.query, schemaOf),
      ...parameters('header', operation.headers, schemaOf),
    ],
    ...(documented === undefined
      ? {}
      : {
          requestBody: {
            required: operation.bodyOptional !== true,
            content: {
              'application/json': {
                schema: schemaOf(documented, 'input'),
                ...(operation.example === undefined ? {} : { example: operation.example }),
              },
            },
          },
        }),
    responses,
  };
}

function groupByStatus(operation: Operation): Map<string, (keyof typeof ERROR_CODES)[]> {
  const groups = new Map<string, (keyof typeof ERROR_CODES)[]>();
  for (const code of operation.errors) {
    const status = String(ERROR_CODES[code].status);
    groups.set(status, [...(groups.get(status) ?? []), code]);
  }
  return groups;
}

function problemExample(code: keyof typeof ERROR_CODES | undefined): Json {
  const known = code ?? 'internal';
  const { status, title } = ERROR_CODES[known];
  return {
    type: `urn:erp-sync-hub:problem:${known}`,
    title,
    status,
    code: known,
    detail: title,
    correlationId: '0199c0de-0000-7000-8000-000000000000',
  };
}

function parameters(place: string, schema: z.ZodType | undefined, schemaOf: (schema: z.ZodType, io: 'input') => Json): Json[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = schemaOf(schema, 'input') as { properties?: Record<string, Json>; required?: string[] };
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: property,
  }));
}

/** A schema as JSON Schema; what has an `id` goes into the components and is referred to. */
function collect(components: Json, schema: z.ZodType, io: 'input' | 'output'): Json {
  const {
    $schema: _dialect,
    $defs = {},
    ...own
  } = z.toJSONSchema(schema, {
    io,
    target: 'draft-2020-12',
    unrepresentable: 'any',
  }) as Json & { $defs?: Json };
  const rewritten = JSON.parse(JSON.stringify({ own, defs: $defs }).replaceAll('"#/$defs/', '"#/components/schemas/')) as {
    own: Json;
    defs: Json;
  };
  for (const [name, definition] of Object.entries(rewritten.defs)) {
    const { id: _id, ...rest } = definition as Json;
    components[name] = rest;
  }
  const { id, ...rest } = rewritten.own;
  if (typeof id !== 'string') return rewritten.own;
  components[id] = rest;
  return { $ref: `#/components/schemas/${id}` };
}
