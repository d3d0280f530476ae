import type { Differences } from '../locate/compare-keys';

/** How many keys of a kind an event shows. */
const MOST_SHOWN = 10;
const LONGEST_KEY = 200;

/** A row that could not be brought in step, and why. */
export interface Unhealed {
  key: string | null;
  reason: 'invalid' | 'not_answered' | 'moved';
  detail?: string;
}

/** What a run found and did, for its events. Keys are cut and cleaned of what `jsonb` does not take. */
export class Tally {
  readonly rows = { onlyInErp: 0, onlyInHub: 0, changed: 0, written: 0, parked: 0, unchanged: 0, deleted: 0, refused: 0, moved: 0 };
  private readonly shown = { onlyInErp: [] as string[], onlyInHub: [] as string[], changed: [] as string[] };
  private unhealed: Unhealed[] = [];
  private unhealedRows = 0;

  found(part: Differences): void {
    for (const kind of ['onlyInErp', 'onlyInHub', 'changed'] as const) {
      this.rows[kind] += part[kind].length;
      const room = MOST_SHOWN - this.shown[kind].length;
      this.shown[kind].push(...part[kind].slice(0, Math.max(room, 0)).map(({ key }) => shownKey(key)));
    }
  }

  leave(row: Unhealed): void {
    this.unhealedRows++;
    if (row.reason === 'invalid') this.rows.refused++;
    if (row.reason === 'moved') this.rows.moved++;
    if (this.unhealed.length >= MOST_SHOWN) return;
    const { key, reason, detail } = row;
    this.unhealed.push({ key: key === null ? null : shownKey(key), reason, ...(detail === undefined ? {} : { detail: clean(detail) }) });
  }

  /** Another comparison begins: what the last one left is looked at anew. */
  forgetUnhealed(): void {
    this.unhealed = [];
    this.unhealedRows = 0;
  }

  /** How much of a run changed something, or may do so if it is tried again. */
  get progress(): number {
    const { written, parked, unchanged, deleted, moved } = this.rows;
    return written + parked + unchanged + deleted + moved;
  }

  get left(): number {
    return this.unhealedRows;
  }

  get examples(): Record<string, string[]> {
    return Object.fromEntries(Object.entries(this.shown).filter(([, keys]) => keys.length > 0));
  }

  get unhealedExamples(): readonly Unhealed[] {
    return this.unhealed;
  }
}

const shownKey = (key: string): string => clean(key).slice(0, LONGEST_KEY);

/** NUL and lone surrogates are no text for PostgreSQL. */
function clean(text: string): string {
  return text.replaceAll('\0', '\uFFFD').replace(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g, '\uFFFD');
}
