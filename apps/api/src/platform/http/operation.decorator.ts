import { applyDecorators, Delete, Get, HttpCode, Post, Put } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { Operation as Contract } from '@repo/contracts/operations/operation';

/** What the hooks find in a route's config. */
export interface OperationRouteConfig {
  operation?: Contract;
}

const METHODS = { GET: Get, POST: Post, PUT: Put, DELETE: Delete };

/**
 * Makes a handler the implementation of an operation of the contract: method, path, status, credential, rate limit, body
 * size and validation all come from there. Handlers take `@Input()`, and `@CurrentAgent()` or `@CurrentKey()`.
 */
export function Operation(contract: Contract): MethodDecorator {
  return applyDecorators(
    METHODS[contract.method](contract.path),
    HttpCode(contract.status),
    RouteConfig({ operation: contract } satisfies OperationRouteConfig),
  );
}
