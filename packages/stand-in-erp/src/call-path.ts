import type { CallKind } from './faults';

const PATH = /^\/sync\/(create-order|cancel-order|order-status)$/;

/** Which call is made under a path of the protocol; undefined when the ERP has none such. */
export function callKindOf(path: string): CallKind | undefined {
  return PATH.exec(path)?.[1] as CallKind | undefined;
}
