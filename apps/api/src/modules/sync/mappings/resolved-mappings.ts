import type { MappingType } from '@repo/contracts/operations/mapping-operations';
import type { ResolvedMapping } from '@repo/shared/database/mappings/mapping-codes';

export type { MappingCode, ResolvedMapping } from '@repo/shared/database/mappings/mapping-codes';

/** Mappings of one vendor that all hold at one version of its mappings; codes without an active mapping are absent. */
export interface ResolvedMappings {
  /** The version that every entry is valid for; null while the vendor has no mappings at all. */
  readonly version: string | null;
  get(type: MappingType, code: string): ResolvedMapping | undefined;
}
