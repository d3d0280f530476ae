type Brush = (text: string) => string;

/** Colours, each of them none when they are switched off. */
export interface Paint {
  bold: Brush;
  dim: Brush;
  green: Brush;
  red: Brush;
  yellow: Brush;
  cyan: Brush;
}

/** Colours for a terminal, and none for a file or where NO_COLOR asks for none. */
export function paintFor(terminal: boolean, noColor: string | undefined): Paint {
  const on = terminal && (noColor === undefined || noColor === '');
  const brush =
    (open: number, close: number): Brush =>
    (text) =>
      on ? `\u001b[${open}m${text}\u001b[${close}m` : text;
  return { bold: brush(1, 22), dim: brush(2, 22), green: brush(32, 39), red: brush(31, 39), yellow: brush(33, 39), cyan: brush(36, 39) };
}
