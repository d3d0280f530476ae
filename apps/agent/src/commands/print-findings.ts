import type { Terminal } from '@repo/terminal/terminal';
import type { Finding } from '../doctor/finding';

/** Prints one finding with what to do about it. */
export function printFinding(terminal: Terminal, { what, state, detail, todo }: Finding): void {
  const { green, yellow, red, dim } = terminal.paint;
  const mark = { good: green('✓'), warning: yellow('!'), bad: red('✗') }[state];
  terminal.line(`  ${mark} ${what.padEnd(14)} ${detail}`);
  if (todo !== undefined) terminal.line(`    ${''.padEnd(14)} ${dim('→')} ${todo}`);
}
