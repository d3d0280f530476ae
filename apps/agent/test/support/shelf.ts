import { SourceError, type ChangedRows, type Connector, type SourceKeys, type SourceRecord } from '../../src/connectors/connector';

const PART = 7;

/** A source of items of which rows, and their keys, can be made unreadable. */
export class Shelf {
  /** Names by SKU. */
  readonly items = new Map<string, string>();
  /** Rows of which only the key can be read. */
  readonly torn = new Set<string>();
  /** Rows of which not even the key can be read. */
  readonly illegible = new Set<string>();
  allThere = true;
  /** Called before each part that is read. */
  before: () => void = () => undefined;

  readonly connector = {
    entities: ['items'],
    readChanged: () => this.readChanged(),
    readKeys: () => this.readKeys(),
    readRows: (_entity: string, keys: readonly string[]) => this.readRows(keys),
  } as unknown as Connector;

  private async *readChanged(): AsyncGenerator<ChangedRows> {
    const keys = [...this.items.keys()];
    for (let at = 0; at < keys.length; at += PART) {
      this.before();
      const records = keys.slice(at, at + PART).flatMap((sku) => this.record(sku) ?? []);
      yield await Promise.resolve({ records, cursor: String(at) });
    }
  }

  private async *readKeys(): AsyncGenerator<SourceKeys> {
    this.mustBeThere();
    for (const sku of this.items.keys()) {
      this.before();
      const isLegible = !this.illegible.has(sku);
      yield await Promise.resolve({ keys: isLegible ? [sku] : [], unreadable: isLegible ? 0 : 1 });
    }
  }

  private async readRows(keys: readonly string[]): Promise<SourceRecord[]> {
    this.mustBeThere();
    const found = keys.flatMap((sku) => (this.illegible.has(sku) ? [] : (this.record(sku) ?? [])));
    const holes = [...this.illegible].filter((sku) => this.items.has(sku)).flatMap((sku) => this.record(sku) ?? []);
    return Promise.resolve([...found, ...holes.slice(0, 1)]);
  }

  private record(sku: string): SourceRecord | undefined {
    const name = this.items.get(sku);
    if (name === undefined) return undefined;
    if (this.illegible.has(sku)) return { kind: 'bad', where: 'a line', problem: 'a quote is not closed' };
    if (this.torn.has(sku)) return { kind: 'bad', where: `line of ${sku}`, key: sku, problem: 'no number' };
    return { kind: 'row', row: { sku, name }, changedAt: undefined };
  }

  private mustBeThere(): void {
    if (!this.allThere) throw new SourceError('a file is being written', true);
  }
}
