import { table } from '@repo/terminal/table';
import { MARKS, type IncidentRecord } from './incident-record';

/** When each incident was seen where, from its beginning; a dash where nothing is meant to show. */
export function summaryTable(records: readonly IncidentRecord[]): string[] {
  const columns = [{ heading: 'incident' }, ...MARKS.map((heading) => ({ heading, numeric: true }))];
  return table(
    columns,
    records.map(({ title, begunAt, marks, promises }) => [
      title,
      ...MARKS.map((mark) => {
        const at = marks[mark];
        if (at !== undefined && begunAt !== null) return sinceText(at - begunAt);
        return promises.includes(mark) ? 'MISSING' : '–';
      }),
    ]),
  );
}

/** `+0.4 s` */
export function sinceText(ms: number): string {
  return `+${(ms / 1000).toFixed(1)} s`;
}
