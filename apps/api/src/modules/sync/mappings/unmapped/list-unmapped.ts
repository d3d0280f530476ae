import { setImmediate as nextTurn } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import type { MappingType, UnmappedCode as UnmappedReply } from '@repo/contracts/operations/mapping-operations';
import type { Database } from '@repo/shared/database/connect';
import { loadKnownCodes, type KnownCode } from '@repo/shared/database/mappings/known-codes';
import { codeName } from '@repo/shared/database/mappings/mapping-codes';
import { findBarcodeMatches, listUnmappedCodes, type BarcodeMatch, type UnmappedCode } from '@repo/shared/database/mappings/unmapped-codes';
import type { Page, PageRequest } from '@repo/shared/database/page';
import { DATABASE } from '../../../../platform/database/database.module';
import { fold, suggestCodes, type FoldedComparable } from './suggest-codes';

/** The inbox: codes that parked rows wait for, each with what it may mean. Three statements a page, however long it is. */
@Injectable()
export class ListUnmapped {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  /** Codes of one vendor or of all, most recently seen first. */
  async list(vendorId: string | undefined, page: PageRequest): Promise<Page<UnmappedReply>> {
    const { db } = this.database;
    const { data: codes, meta } = await listUnmappedCodes(db, { vendorId }, page);
    if (codes.length === 0) return { data: [], meta };
    const vendorIds = [...new Set(codes.map((code) => code.vendorId))];
    const known = groupKnown(await loadKnownCodes(db, vendorIds, ['unit', 'vat']));
    const matches = groupMatches(await findBarcodeMatches(db, codes));
    const data: UnmappedReply[] = [];
    for (const code of codes) {
      data.push(toReply(code, known, matches));
      // Comparing takes up to some milliseconds a code: other requests get their turn in between.
      await nextTurn();
    }
    return { data, meta };
  }
}

/** Own mappings by vendor and type, the common vocabulary by type alone. */
type KnownGroups = ReadonlyMap<string, FoldedComparable[]>;

function groupKnown(known: readonly KnownCode[]): KnownGroups {
  const groups = new Map<string, FoldedComparable[]>();
  for (const { vendorId, ...entry } of known) {
    push(groups, groupKey(vendorId, entry.type), fold({ ...entry, own: vendorId !== null }));
  }
  return groups;
}

function groupMatches(matches: readonly BarcodeMatch[]): ReadonlyMap<string, BarcodeMatch[]> {
  const groups = new Map<string, BarcodeMatch[]>();
  for (const match of matches) push(groups, `${match.vendorId} ${codeName(match)}`, match);
  return groups;
}

function push<T>(groups: Map<string, T[]>, key: string, entry: T): void {
  const group = groups.get(key);
  if (group === undefined) groups.set(key, [entry]);
  else group.push(entry);
}

function groupKey(vendorId: string | null, type: MappingType): string {
  return `${vendorId ?? ''} ${type}`;
}

function toReply(code: UnmappedCode, known: KnownGroups, matches: ReadonlyMap<string, BarcodeMatch[]>): UnmappedReply {
  const own = known.get(groupKey(code.vendorId, code.type)) ?? [];
  const common = known.get(groupKey(null, code.type)) ?? [];
  return {
    vendorId: code.vendorId,
    mappingType: code.type,
    erpCode: code.code,
    parkedRows: code.parkedRows,
    firstSeenAt: code.firstSeenAt.toISOString(),
    lastSeenAt: code.lastSeenAt.toISOString(),
    suggestions: suggestCodes(code.code, [...own, ...common], matches.get(`${code.vendorId} ${codeName(code)}`) ?? []),
  };
}
