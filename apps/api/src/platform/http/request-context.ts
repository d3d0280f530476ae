import { AsyncLocalStorage } from 'node:async_hooks';

/** What follows a request (or a piece of background work) through every await. */
export interface RequestContext {
  correlationId: string;
  vendorId?: string;
  /** Added to the one wide log line of the request. */
  fields: Record<string, unknown>;
}

const storage = new AsyncLocalStorage<RequestContext>();

/** Runs `work` with this context. */
export function runInContext<T>(context: RequestContext, work: () => T): T {
  return storage.run(context, work);
}

/** The context of the running request or work; undefined outside of any. */
export function currentContext(): RequestContext | undefined {
  return storage.getStore();
}

/** Adds fields to the wide log line of the running request. */
export function addLogFields(fields: Record<string, unknown>): void {
  Object.assign(storage.getStore()?.fields ?? {}, fields);
}
