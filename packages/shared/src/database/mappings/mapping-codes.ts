import type { MappingType } from '@repo/contracts/operations/mapping-operations';

/** What identifies a mapping within its vendor: the ERP's code, exactly as the ERP writes it, and what kind of code it is. */
export interface MappingCode {
  type: MappingType;
  code: string;
}

/** What an ERP code means on the marketplace. `code` is the ERP's; `vatRate` in percent, a canonical decimal. */
export interface ResolvedMapping extends MappingCode {
  restoCode: string;
  restoLabel: string;
  vatRate: string | null;
}

/** `unit:BX`: how parked rows say what they wait for, and events what has changed. */
export function codeName({ type, code }: MappingCode): string {
  return `${type}:${code}`;
}

/** The inverse of {@link codeName}; a code may hold colons itself. */
export function parseCodeName(name: string): MappingCode {
  const colon = name.indexOf(':');
  return { type: name.slice(0, colon) as MappingType, code: name.slice(colon + 1) };
}
