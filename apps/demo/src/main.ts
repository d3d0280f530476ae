import { Ending } from '@repo/terminal/ending';
import { Interrupted } from '@repo/terminal/failure';
import { ArgumentsError, HELP, readArguments } from './arguments';
import { runDemo } from './run-demo';
import { paintFor } from '@repo/terminal/paint';
import { Terminal } from '@repo/terminal/terminal';

/** Runs the demo and gives its exit code: 0 when all was as promised. */
async function main(): Promise<number> {
  const ending = new Ending();
  ending.listen();
  const noColor = process.env['NO_COLOR'];
  const terminal = new Terminal(process.stdout, noColor);
  try {
    const options = readArguments(process.argv.slice(2));
    if (options.help) terminal.line(HELP);
    else await runDemo(options, terminal, ending);
    return 0;
  } catch (error) {
    const reason = error instanceof ArgumentsError ? error : ending.reason(error);
    if (reason instanceof Interrupted) {
      terminal.line(`The demo was ${reason.message}.`);
      return reason.exitCode;
    }
    if (terminal.used) terminal.line();
    process.stderr.write(`${paintFor(process.stderr.isTTY, noColor).red('✗')} ${reason.message}\n`);
    return 1;
  }
}

void main().then((code) => {
  process.exitCode = code;
});
