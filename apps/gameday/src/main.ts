import { Ending } from '@repo/terminal/ending';
import { Interrupted } from '@repo/terminal/failure';
import { paintFor } from '@repo/terminal/paint';
import { Terminal } from '@repo/terminal/terminal';
import { HELP, readArguments } from './arguments';
import { runGameday } from './run-gameday';

/** Plays the game day and gives its exit code: 0 when everything held. */
async function main(): Promise<number> {
  const ending = new Ending();
  ending.listen();
  const noColor = process.env['NO_COLOR'];
  const terminal = new Terminal(process.stdout, noColor);
  try {
    const options = readArguments(process.argv.slice(2));
    if (options.help) {
      terminal.line(HELP);
      return 0;
    }
    return (await runGameday(options, terminal, ending.signal)) ? 0 : 1;
  } catch (error) {
    const reason = ending.reason(error);
    if (reason instanceof Interrupted) {
      terminal.line(`The game day was ${reason.message}.`);
      return reason.exitCode;
    }
    process.stderr.write(`${paintFor(process.stderr.isTTY, noColor).red('✗')} ${reason.message}\n`);
    return 1;
  }
}

void main().then((code) => {
  process.exitCode = code;
});
