/** Row digests, 16 hex digits, by key. A map: a key may be called `__proto__`. */
export type KeyDigests = ReadonlyMap<string, string>;

/** The rows of some prefixes that are not the same on both sides. */
export interface Differences {
  onlyInErp: { key: string; erp: string }[];
  onlyInHub: { key: string; hub: string }[];
  /** In both, with another content hash. */
  changed: { key: string; erp: string; hub: string }[];
}

/** Compares the keys of both sides below the same prefixes. */
export function compareKeys(erp: KeyDigests, hub: KeyDigests): Differences {
  const found: Differences = { onlyInErp: [], onlyInHub: [], changed: [] };
  for (const [key, there] of erp) {
    const here = hub.get(key);
    if (here === undefined) found.onlyInErp.push({ key, erp: there });
    else if (here !== there) found.changed.push({ key, erp: there, hub: here });
  }
  for (const [key, here] of hub) if (!erp.has(key)) found.onlyInHub.push({ key, hub: here });
  return found;
}
