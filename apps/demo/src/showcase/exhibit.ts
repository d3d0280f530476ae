import type { Terminal } from '@repo/terminal/terminal';

const LABEL_WIDTH = 7;

/** Shows one thing that the hub does: what was sent, what came back, what followed. */
export class Exhibit {
  constructor(
    private readonly terminal: Terminal,
    verdict: string,
    meaning: string,
  ) {
    terminal.line();
    terminal.line(`  ${terminal.paint.cyan(verdict)}  ${terminal.paint.dim('·')}  ${meaning}`);
  }

  sent(row: object, fields: readonly string[]): void {
    this.fact('sent', excerpt(row, fields));
  }

  reply(verdict: object): void {
    this.fact('reply', JSON.stringify(verdict));
  }

  fact(label: string, text: string): void {
    this.terminal.line(`    ${this.terminal.paint.dim(label.padEnd(LABEL_WIDTH))} ${text}`);
  }
}

/** The fields of a row that matter here, as JSON; an ellipsis stands for the others. */
export function excerpt(row: object, fields: readonly string[]): string {
  const values = row as Record<string, unknown>;
  const shown = fields.filter((field) => field in values).map((field) => `${JSON.stringify(field)}:${JSON.stringify(values[field])}`);
  if (shown.length < Object.keys(values).length) shown.push('…');
  return `{${shown.join(',')}}`;
}
