/** One column: its heading, and whether its cells are numbers, which stand to the right. */
export interface Column {
  heading: string;
  numeric?: boolean;
}

/** The lines of a table whose columns are as wide as their widest cell. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const widths = columns.map(({ heading }, place) => Math.max(heading.length, ...rows.map((row) => row[place]?.length ?? 0)));
  const align = (cells: readonly string[]) =>
    columns
      .map(({ numeric }, place) => {
        const cell = cells[place] ?? '';
        return numeric ? cell.padStart(widths[place] ?? 0) : cell.padEnd(widths[place] ?? 0);
      })
      .join('  ')
      .trimEnd();
  return [align(columns.map(({ heading }) => heading)), ...rows.map(align)];
}
