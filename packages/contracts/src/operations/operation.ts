import type { z } from 'zod';
import type { ErrorCode } from '../error-codes';

/** Who may call an operation; which credential that means is said in the security schemes of the OpenAPI document. */
export type Access = 'public' | 'metrics' | 'registration' | 'agent' | 'admin' | 'orders' | 'read';

/** The bucket an operation is counted in. */
export type LimitClass = 'none' | 'global' | 'ingest' | 'batch' | 'agent' | 'orders' | 'admin' | 'register';

/** How large a body may be: a named size, of which two are settings. */
export type BodySize = 'default' | 'incremental' | 'batch' | 'seed' | 'pollReply';

/** One operation of the HTTP API: the one place that says what it takes, gives and may answer. */
export interface Operation {
  /** Unique, camelCase: `operationId` of the OpenAPI document. */
  readonly id: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** With `:name` parameters. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly access: Access;
  readonly limit: LimitClass;
  /** Over the limit the handler decides: some requests of this kind must get through all the same. */
  readonly judgesLimit?: boolean;
  readonly bodySize?: BodySize;
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  /** Request headers it takes, by lower-case name. */
  readonly headers?: z.ZodType;
  /** What the door checks before the handler runs. Absent: the body must be empty or `{}`. */
  readonly body?: z.ZodType;
  /** What the document shows instead of `body`, where the door leaves something for the handler to judge. */
  readonly documentedBody?: z.ZodType;
  /** Rows pass the door unread, whatever they hold: the handler judges each alone, so that a bad one fails alone. */
  readonly judgesRows?: boolean;
  /** A list in the body that is refused for its length (`too_many_rows`) before anything in it is looked at. */
  readonly mostRows?: { readonly of: string; readonly most: number };
  /** Whether the body may be left out. */
  readonly bodyOptional?: boolean;
  readonly status: number;
  /** The reply with `status`; absent for 204. */
  readonly reply?: z.ZodType;
  /** The media type of the reply, where it is not JSON. */
  readonly replyType?: string;
  /** Further good statuses with the same reply. */
  readonly alsoStatus?: readonly number[];
  readonly errors: readonly ErrorCode[];
  /** A body that works, for the document and for generated requests. */
  readonly example?: unknown;
}

/** Declares an operation and keeps its exact types. */
export function operation<const T extends Operation>(definition: T): T {
  return definition;
}

type Parsed<S> = S extends z.ZodType ? z.output<S> : undefined;

/** What a handler gets: every part of the request that the operation declares, parsed. */
export interface Input<T extends Operation> {
  params: Parsed<T['params']>;
  query: Parsed<T['query']>;
  headers: Parsed<T['headers']>;
  body: Parsed<T['body']>;
}

/** What a handler returns. */
export type Reply<T extends Operation> = T['reply'] extends z.ZodType ? z.input<T['reply']> : void;

/** Codes that any operation behind a credential may answer. */
export const COMMON_ERRORS = ['invalid_request', 'unauthorized', 'rate_limited', 'internal', 'unavailable', 'shutting_down'] as const;

/** Codes that any operation with a body may answer. */
export const BODY_ERRORS = ['payload_too_large', 'unsupported_media_type'] as const;
