import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { ApiError } from '../errors/api-error';

declare module 'fastify' {
  interface FastifyRequest {
    /** The refusal that the rate limit asks for, where the operation leaves it to its handler. */
    overLimit: ApiError | null;
  }
}

/** The refusal that a rate limit asks for, of an operation that judges its limit itself; undefined below the limit. */
export const OverLimit = createParamDecorator(
  (_data: unknown, context: ExecutionContext): ApiError | undefined =>
    context.switchToHttp().getRequest<FastifyRequest>().overLimit ?? undefined,
);
