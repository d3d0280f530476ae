import { RetryLater } from '@erp-sync-hub/agent-sdk/answer/answer-errors';
import type { FoundRows, IndexedRow, NodeSums, ReconciliationStore } from '@erp-sync-hub/agent-sdk/digest/answer-reconciliation';
import type { Entity } from '@repo/contracts/primitives';
import { SourceError, type Connector, type SourceRecord } from '../connectors/connector';
import type { SourceRows } from '../state/source-rows';
import { rowsOf } from '../sync/plan-part';
import type { RowClock } from '../sync/row-clock';
import { sealRow } from '../sync/seal-row';
import type { StateTree } from './state-tree';

export interface StateStoreParts {
  connector: Connector;
  source: SourceRows;
  clock: RowClock;
  tree: StateTree;
  /** Those that this agent sends. */
  entities: readonly Entity[];
}

/** How long the hub is to wait: for an entity that this agent does not send, for the first whole read, for a source that is away. */
const NEVER_SENT_S = 3_600;
const NOT_READ_YET_S = 60;
const SOURCE_AWAY_S = 30;
const SOURCE_BROKEN_S = 300;

/** What the hub compares itself with: digests and keys from the state, rows from the source. */
export class StateStore implements ReconciliationStore {
  constructor(private readonly parts: StateStoreParts) {}

  tree(entity: Entity): NodeSums {
    this.mustBeWhole(entity);
    return { nodes: (prefix, depth) => this.parts.tree.nodes(entity, prefix, depth) };
  }

  scan(entity: Entity, prefix: string): AsyncIterable<IndexedRow> {
    this.mustBeWhole(entity);
    return this.parts.tree.scan(entity, prefix);
  }

  /** What is read here is known from now on, so that the sums say what was answered. */
  async rows(entity: Entity, keys: readonly string[], signal: AbortSignal): Promise<FoundRows> {
    this.mustBeWhole(entity);
    const { source, clock } = this.parts;
    const records = await this.read(entity, keys, signal);
    const { changed: rows, bad } = rowsOf(entity, records);
    const found = new Set([...rows, ...bad].map(({ key }) => key));
    const absent = keys.filter((key) => !found.has(key));
    // A place whose key cannot be read may be that of any row that was not found.
    const isSure = !bad.some(({ key }) => key === undefined);
    source.read(entity, rows, new Date());
    if (isSure) source.remove(entity, absent);
    const unreadable = [...bad.flatMap(({ key }) => key ?? []), ...(isSure ? [] : absent)];
    return { rows: rows.map((row) => sealRow(row, clock)), unreadable };
  }

  private async read(entity: Entity, keys: readonly string[], signal: AbortSignal): Promise<SourceRecord[]> {
    try {
      return await this.parts.connector.readRows(entity, keys, signal);
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      throw new RetryLater(error.transient ? SOURCE_AWAY_S : SOURCE_BROKEN_S, error.message, { cause: error });
    }
  }

  /** The hub deletes what it is not told of: rather no answer than one about a part. */
  private mustBeWhole(entity: Entity): void {
    const { entities, source } = this.parts;
    if (!entities.includes(entity)) throw new RetryLater(NEVER_SENT_S, `this agent does not send ${entity}`);
    if (!source.digests.isComplete(entity)) throw new RetryLater(NOT_READ_YET_S, `not all ${entity} have been read yet`);
  }
}
