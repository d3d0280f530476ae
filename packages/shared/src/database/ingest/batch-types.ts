import type { Entity } from '@repo/contracts/primitives';
import type { RowOf } from '@repo/contracts/rows/entities';
import type { ParkReason } from '@repo/contracts/verdicts';

/** What a code of an item means, for the columns that come from mappings. */
export interface MappedCodes {
  unitCode: string;
  unitLabel: string;
  vatCode: string;
  vatRate: string;
  familyCode: string | null;
  familyLabel: string | null;
  subfamilyCode: string | null;
  subfamilyLabel: string | null;
}

/** A row on its way into the database. */
export interface IncomingRow<E extends Entity = Entity> {
  /** SKU, ERP warehouse id, or both joined by U+001F. */
  key: string;
  row: RowOf[E];
  /** `lastSyncedAt` in microseconds since 1970. */
  micros: number;
}

/** A row to be written, with what its codes mean. */
export interface RowToWrite<E extends Entity = Entity> extends IncomingRow<E> {
  mapped: MappedCodes | null;
}

/** A row to be kept until what it waits for arrives. */
export interface RowToPark<E extends Entity = Entity> extends IncomingRow<E> {
  reason: ParkReason;
  waitsFor: string[];
}

/** What is stored under a key, as far as planning needs it. */
export interface StoredKey {
  contentHash: string;
  micros: number;
  deleted: boolean;
  /** A snapshot that is under way asks whether the row was heard of since: it must count as touched also when it is unchanged. */
  touch?: boolean;
}

/** What is parked under a key. */
export interface ParkedKey {
  contentHash: string;
  micros: number;
}

/** What the database held of a batch's keys when it was read, in one statement. */
export interface BatchState {
  stored: Map<string, StoredKey>;
  parked: Map<string, ParkedKey>;
  /** For stock: which of the batch's items and warehouses exist and are not deleted. */
  liveItems: Set<string>;
  liveWarehouses: Set<string>;
  /** For items: the vendor's mapping version; null while it has no mappings. */
  mappingVersion: string | null;
}
