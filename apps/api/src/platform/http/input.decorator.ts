import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ERROR_CODES } from '@repo/contracts/error-codes';
import type { Input as InputOf, Operation } from '@repo/contracts/operations/operation';
import { fieldProblems, formatPath, type FieldProblem } from '@repo/contracts/problem';
import { findUnsafe } from '@repo/contracts/unsafe-values';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { ApiError } from '../errors/api-error';
import type { OperationRouteConfig } from './operation.decorator';

const NO_BODY = z.strictObject({}).nullish();

/** The request, validated against its operation's contract: the one door that every input comes through. */
export const Input = createParamDecorator((_data: unknown, context: ExecutionContext): InputOf<Operation> => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  const { operation } = request.routeOptions.config as OperationRouteConfig;
  if (operation === undefined) throw new Error('@Input() needs @Operation() on the same handler');
  return parseRequest(operation, request);
});

/** @throws ApiError `too_many_rows`, or `invalid_request` with the paths of everything that is wrong */
export function parseRequest(
  operation: Operation,
  request: Pick<FastifyRequest, 'params' | 'query' | 'headers' | 'body' | 'url'>,
): InputOf<Operation> {
  refuseTooMany(operation, request.body);
  const problems: FieldProblem[] = isDecodable(request.url) ? [] : [{ path: '', message: 'The URL is not percent-encoded UTF-8.' }];
  const parse = (schema: z.ZodType | undefined, value: unknown): unknown => {
    if (schema === undefined) return undefined;
    const result = schema.safeParse(value);
    if (result.success) return result.data;
    problems.push(...fieldProblems(result.error));
    return undefined;
  };
  // Bodies are looked through where they are read; a URL can hold a NUL character, too, which PostgreSQL refuses.
  const parseUrl = (schema: z.ZodType | undefined, value: unknown): unknown => {
    const unsafe = findUnsafe(value);
    if (unsafe === undefined) return parse(schema, value);
    problems.push({ path: formatPath(unsafe.path), message: unsafe.message });
    return undefined;
  };
  const input = {
    params: parseUrl(operation.params, request.params),
    query: parseUrl(operation.query, request.query),
    headers: parse(operation.headers, request.headers),
    body: parse(operation.body ?? NO_BODY, request.body === undefined && operation.bodyOptional === true ? {} : request.body),
  };
  if (problems.length > 0) {
    const [first] = problems;
    throw new ApiError('invalid_request', first === undefined ? undefined : describe(first), { errors: problems });
  }
  return input;
}

function describe({ path, message }: FieldProblem): string {
  return path === '' ? message : `${path}: ${message}`;
}

/** A schema names every fault of every entry: of a list that is refused anyway, nobody needs to know them. */
function refuseTooMany({ mostRows }: Operation, body: unknown): void {
  if (mostRows === undefined || typeof body !== 'object' || body === null) return;
  const rows = (body as Record<string, unknown>)[mostRows.of];
  if (!Array.isArray(rows) || rows.length <= mostRows.most) return;
  throw new ApiError('too_many_rows', `${ERROR_CODES.too_many_rows.title}: ${rows.length}, at most ${mostRows.most}.`);
}

/** The parser of queries takes what it cannot decode as it is written; nobody meant that. */
function isDecodable(url: string): boolean {
  try {
    decodeURIComponent(url);
    return true;
  } catch {
    return false;
  }
}
