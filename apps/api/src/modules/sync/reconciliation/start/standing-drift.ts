/** What one heartbeat showed of an entity that differs: both roots as `<count>.<digest>`. */
export interface SeenDrift {
  erpRoot: string;
  hubRoot: string;
}

/** Whether the same rows differ, as far as roots tell: what else changed, changed on both sides. */
export function isSameDrift(one: SeenDrift, other: SeenDrift): boolean {
  return differenceOf(one) === differenceOf(other);
}

function differenceOf({ erpRoot, hubRoot }: SeenDrift): string {
  const [erp, hub] = [partsOf(erpRoot), partsOf(hubRoot)];
  return `${erp.count - hub.count}.${BigInt.asUintN(64, erp.digest - hub.digest)}`;
}

function partsOf(root: string): { count: number; digest: bigint } {
  const [count = '', digest = ''] = root.split('.');
  return { count: Number(count), digest: BigInt(`0x${digest}`) };
}

/** As it is remembered until the next heartbeat. */
export const textOfDrift = ({ erpRoot, hubRoot }: SeenDrift): string => `${erpRoot} ${hubRoot}`;

/** Undefined for what is no such text: another version of the hub may have written it. */
export function readDrift(text: string): SeenDrift | undefined {
  const [, erpRoot, hubRoot] = /^(\d+\.[0-9a-f]{16}) (\d+\.[0-9a-f]{16})$/.exec(text) ?? [];
  return erpRoot === undefined || hubRoot === undefined ? undefined : { erpRoot, hubRoot };
}
