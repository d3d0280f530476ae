import { startBenchStack, type BenchStack } from './bench-stack';
import { benchIngest } from './ingest.bench';
import { print, printMachine } from './report';

const BENCHES: Record<string, (stack: BenchStack) => Promise<boolean>> = { ingest: benchIngest };

/** `pnpm bench [name …]`: measures, prints, and exits with 1 when a promise does not hold. */
async function main(names: string[]): Promise<void> {
  const unknown = names.filter((name) => BENCHES[name] === undefined);
  if (unknown.length > 0) {
    print(`There is no bench ${unknown.join(', ')}: take ${Object.keys(BENCHES).join(', ')}, or none for all.`);
    process.exitCode = 1;
    return;
  }
  printMachine();
  const stack = await startBenchStack();
  try {
    for (const name of names.length > 0 ? names : Object.keys(BENCHES)) {
      print();
      if (!(await (BENCHES[name] as (typeof BENCHES)[string])(stack))) process.exitCode = 1;
    }
  } finally {
    await stack.stop();
  }
}

void main(process.argv.slice(2));
