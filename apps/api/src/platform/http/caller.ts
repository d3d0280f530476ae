import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { RequestContext } from './request-context';

/** An agent whose token has been verified for this request. */
export interface AgentIdentity {
  kind: 'agent';
  vendorId: string;
  /** Lower-case hex SHA-256 of the token that was presented. */
  tokenDigest: string;
}

/** A holder of an API key; `name` is the actor in the audit log. */
export interface KeyIdentity {
  kind: 'key';
  name: string;
  scope: 'admin' | 'orders' | 'read';
}

/** Someone who registers an agent: the credential is judged together with the body, by the use case. */
export interface RegistrantIdentity {
  kind: 'registrant';
  bearer: string;
  ip: string;
}

export type Caller = AgentIdentity | KeyIdentity | RegistrantIdentity;

declare module 'fastify' {
  interface FastifyRequest {
    /** Who calls, as the authenticate hook found. */
    caller: Caller | null;
    hub: RequestContext;
  }
}

function callerOf<K extends Caller['kind']>(context: ExecutionContext, kind: K): Extract<Caller, { kind: K }> {
  const { caller } = context.switchToHttp().getRequest<FastifyRequest>();
  if (caller?.kind !== kind) throw new Error(`this route takes a caller of kind ${kind}: its operation declares another access`);
  return caller as Extract<Caller, { kind: K }>;
}

/** The agent that calls; for operations with access `agent`. */
export const CurrentAgent = createParamDecorator((_data: unknown, context: ExecutionContext) => callerOf(context, 'agent'));

/** The key that calls; for operations with access `admin`, `orders` or `read`. */
export const CurrentKey = createParamDecorator((_data: unknown, context: ExecutionContext) => callerOf(context, 'key'));

/** Who registers; for operations with access `registration`. */
export const CurrentRegistrant = createParamDecorator((_data: unknown, context: ExecutionContext) => callerOf(context, 'registrant'));
