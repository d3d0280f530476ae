import { LONGEST_PREFIX, rowsIn, type Region } from './region';

/** The first regions that fill a page of keys, each split until it fits on one, with about how many rows it has; the rest follows. */
export function takePage(regions: readonly Region[], pageRows: number): { page: string[]; rows: number; rest: Region[] } {
  const waiting = [...regions].reverse();
  const page: string[] = [];
  let rows = 0;
  for (let region = waiting.pop(); region !== undefined; region = waiting.pop()) {
    if (rowsIn(region) > pageRows && region.prefix.length < LONGEST_PREFIX) {
      waiting.push(...split(region).reverse());
      continue;
    }
    if (page.length > 0 && rows + rowsIn(region) > pageRows) {
      waiting.push(region);
      break;
    }
    page.push(region.prefix);
    rows += rowsIn(region);
  }
  return { page, rows, rest: waiting.reverse() };
}

/** Its sixteen parts; hashes spread evenly, so each is taken to hold a sixteenth. */
function split({ prefix, erp, hub }: Region): Region[] {
  return Array.from('0123456789abcdef', (digit) => ({ prefix: prefix + digit, erp: Math.ceil(erp / 16), hub: Math.ceil(hub / 16) }));
}
