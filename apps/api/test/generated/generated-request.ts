import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { mutated } from './mutate-body';
import { NASTY_NUMBERS, NASTY_TEXTS, valuesOf, VENDORS, type Components, type Schema } from './schema-values';

/** What the test needs of the document. */
export interface OpenApi {
  paths: Record<string, Record<string, DocumentedOperation>>;
  components: { schemas: Components };
}
export interface DocumentedOperation {
  operationId: string;
  security: Record<string, unknown>[];
  parameters: { name: string; in: 'path' | 'query' | 'header'; required: boolean; schema: Schema }[];
  requestBody?: { content: Record<string, { schema: Schema; example?: unknown }> };
  responses: Record<string, unknown>;
}

/** Which credential goes with a request; `right` is the one that the operation asks for. */
export type Credential = 'right' | 'admin' | 'read' | 'agent' | 'none' | 'wrong';

export interface GeneratedRequest {
  operation: DocumentedOperation;
  method: string;
  path: string;
  credential: Credential;
  headers: Record<string, string>;
  body: string | Buffer | undefined;
}

/** Requests to every operation of the document, from the good to the absurd. */
export function requestsOf(document: OpenApi): fc.Arbitrary<GeneratedRequest> {
  const { schemas } = document.components;
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => requestsTo(method.toUpperCase(), path, operation, schemas)),
  );
  return fc.oneof(...operations);
}

function requestsTo(method: string, path: string, operation: DocumentedOperation, components: Components): fc.Arbitrary<GeneratedRequest> {
  const credential = fc.oneof(
    { weight: 24, arbitrary: fc.constant<Credential>('right') },
    { weight: 3, arbitrary: fc.constantFrom<Credential>('admin', 'read', 'agent', 'none') },
    { weight: 1, arbitrary: fc.constant<Credential>('wrong') },
  );
  return fc
    .record({
      credential,
      path: pathsOf(path, operation, components),
      query: queriesOf(operation, components),
      headers: headersOf(operation, components),
      body: bodiesOf(method, operation, components),
    })
    .map(({ credential: who, path: filled, query, headers, body }) => ({
      operation,
      method,
      path: query === '' ? filled : `${filled}?${query}`,
      credential: who,
      headers: { ...headers, ...body.headers },
      body: body.content,
    }));
}

/** Percent-encoded, also what has no encoding. */
function encoded(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return Array.from(text, (character) =>
    /[\ud800-\udfff]/.test(character) && character.length === 1 ? '%ED%A0%80' : encodeURIComponent(character),
  ).join('');
}

const wildText = fc.oneof(fc.constantFrom(...NASTY_TEXTS), fc.constantFrom(...NASTY_NUMBERS).map(String)).map((text) => text.slice(0, 400));

function pathsOf(path: string, { parameters }: DocumentedOperation, components: Components): fc.Arbitrary<string> {
  const inPath = parameters.filter((parameter) => parameter.in === 'path');
  // Not the one that calls: it would soon be refused everywhere.
  const isAgent = path.startsWith('/api/admin/agents/');
  const values = inPath.map(({ name, schema }) =>
    fc.oneof(
      { weight: 5, arbitrary: isAgent ? fc.constantFrom(...VENDORS.slice(1)) : valuesOf(schema, components, false, name) },
      { weight: 1, arbitrary: wildText },
    ),
  );
  return fc.tuple(...values).map((filled) =>
    filled.reduce<string>((whole, value, i) => {
      // What is empty, or a dot, would be another path.
      const text = encoded(value);
      return whole.replace(`{${inPath[i]?.name}}`, () => (/^\.{0,2}$/.test(text) ? 'x' : text));
    }, path),
  );
}

function queriesOf({ parameters }: DocumentedOperation, components: Components): fc.Arbitrary<string> {
  const values = parameters
    .filter((parameter) => parameter.in === 'query')
    .map(({ name, required, schema }) => {
      const pair = fc
        .oneof({ weight: 6, arbitrary: valuesOf(schema, components, false, name) }, { weight: 1, arbitrary: wildText })
        .map((value) => `${name}=${encoded(value)}`);
      return fc.oneof({ weight: required ? 12 : 1, arbitrary: pair }, { weight: 1, arbitrary: fc.constant('') });
    });
  const more = fc.oneof(
    { weight: 15, arbitrary: fc.constant('') },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        'x=1',
        '__proto__=1',
        'vendorId=generated',
        'limit=1&limit=2',
        'page',
        '=',
        '&&',
        'a[b]=1',
        'page=%zz',
        'x=%ED%A0%80',
      ),
    },
  );
  return fc.tuple(...values, more).map((pairs) => pairs.filter((pair) => pair !== '').join('&'));
}

function headersOf({ parameters }: DocumentedOperation, components: Components): fc.Arbitrary<Record<string, string>> {
  const inHeader = parameters.filter((parameter) => parameter.in === 'header');
  const printable = (value: unknown) =>
    (typeof value === 'string' ? value : JSON.stringify(value))
      .replace(/[^\x20-\x7e]/g, '?')
      .slice(0, 400)
      .trim();
  const values = inHeader.map(({ schema }) =>
    fc.oneof(
      { weight: 6, arbitrary: fc.constant('') },
      { weight: 1, arbitrary: fc.oneof(valuesOf(schema, components, true), wildText).map(printable) },
    ),
  );
  const correlation = fc.oneof({ weight: 5, arbitrary: fc.constant('') }, { weight: 1, arbitrary: wildText.map(printable) });
  return fc.tuple(correlation, ...values).map(([id, ...rest]) => {
    const named = [['x-correlation-id', id], ...rest.map((value, i) => [inHeader[i]?.name ?? '', value])];
    return Object.fromEntries(named.filter(([, value]) => value !== '')) as Record<string, string>;
  });
}

interface Body {
  content: string | Buffer | undefined;
  headers: Record<string, string>;
}
const NOTHING: Body = { content: undefined, headers: {} };
const JSON_TYPE = { 'content-type': 'application/json' };

function bodiesOf(method: string, { requestBody }: DocumentedOperation, components: Components): fc.Arbitrary<Body> {
  const { schema, example } = requestBody?.content['application/json'] ?? {};
  // `fetch` sends no body with GET.
  if (method === 'GET') return fc.constant(NOTHING);
  const values: fc.WeightedArbitrary<unknown>[] = [];
  if (schema !== undefined)
    values.push(
      { weight: 3, arbitrary: valuesOf(schema, components, false) },
      { weight: 4, arbitrary: valuesOf(schema, components, true) },
    );
  if (example !== undefined) values.push({ weight: 2, arbitrary: fc.constant(example) }, { weight: 6, arbitrary: mutated(example) });
  if (values.length === 0) values.push({ weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) });
  const text = fc.tuple(fc.oneof(...values), damage).map(([value, damaged]) => damaged(JSON.stringify(value) ?? ''));
  const body = fc.tuple(text, dress).map(([content, dressed]) => dressed(content));
  return fc.oneof({ weight: schema === undefined ? 8 : 1, arbitrary: fc.constant(NOTHING) }, { weight: 12, arbitrary: body });
}

/** What happens to the text of a body: mostly nothing. */
const damage: fc.Arbitrary<(text: string) => string> = fc.oneof(
  { weight: 20, arbitrary: fc.constant((text: string) => text) },
  { weight: 1, arbitrary: fc.nat(200).map((at) => (text: string) => text.slice(0, at)) },
  { weight: 1, arbitrary: fc.nat(200).map((at) => (text: string) => `${text.slice(0, at)}"${text.slice(at)}`) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('"vendorId":"generated",', '"__proto__":1,', '"items":[],', '"a":1,"a":2,')
      .map((pair) => (text: string) => text.replace('{', () => `{${pair}`)),
  },
  { weight: 1, arbitrary: fc.constantFrom('\ufeff', ' \n', 'x').map((before) => (text: string) => before + text) },
  {
    weight: 1,
    arbitrary: fc.constant((text: string) => text.replace(/"(\w)/, (_, letter: string) => `"\\u00${letter.charCodeAt(0).toString(16)}`)),
  },
);

/** How a body is sent: mostly as JSON, sometimes as gzip, sometimes as what it is not. */
const dress: fc.Arbitrary<(text: string) => Body> = fc.oneof(
  { weight: 16, arbitrary: fc.constant((content: string): Body => ({ content, headers: JSON_TYPE })) },
  {
    weight: 2,
    arbitrary: fc.constant((text: string): Body => ({ content: gzipSync(text), headers: { ...JSON_TYPE, 'content-encoding': 'gzip' } })),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom<Record<string, string>>(
        { 'content-type': 'text/plain' },
        { ...JSON_TYPE, 'content-encoding': 'gzip' },
        { ...JSON_TYPE, 'content-encoding': 'br' },
      )
      .map((headers) => (content: string): Body => ({ content, headers })),
  },
);
