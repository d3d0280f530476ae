/** A physical line of a file. */
export interface Line {
  /** From 1. */
  number: number;
  text: string;
  /** What ends it; nothing at the end of a file that stops within a line. */
  eol: '' | '\n' | '\r' | '\r\n';
  /** Why it cannot be read, whatever it says. */
  fault: string | undefined;
}

/** Cuts a text into lines: LF, CRLF and CR all end one, also within one file. */
export function splitLines(text: string, firstNumber: number): Line[] {
  const lines: Line[] = [];
  let start = 0;
  let cr = text.indexOf('\r');
  let lf = text.indexOf('\n');
  while (cr >= 0 || lf >= 0) {
    const atLf = cr < 0 || (lf >= 0 && lf < cr);
    const end = atLf ? lf : cr;
    const eol = atLf ? '\n' : lf === cr + 1 ? '\r\n' : '\r';
    lines.push({ number: firstNumber + lines.length, text: text.slice(start, end), eol, fault: undefined });
    start = end + eol.length;
    if (cr >= 0 && cr < start) cr = text.indexOf('\r', start);
    if (lf >= 0 && lf < start) lf = text.indexOf('\n', start);
  }
  if (start < text.length) lines.push({ number: firstNumber + lines.length, text: text.slice(start), eol: '', fault: undefined });
  return lines;
}
