import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { pnpm, root } from './project.mjs';
import { endRequest } from './run.mjs';

const text = { type: 'string' };

/**
 * Runs the test that kills the agent at full size, a seed after the other: `--seeds N`, `--from N`, `--orders N`, `--kills N`,
 * `--rows N`, and `--resume FILE`, whose finished seeds are not run again. Gives the exit code.
 */
export async function killAgents(args) {
  const options = { kind: text, seeds: text, from: text, orders: text, kills: text, rows: text, resume: text };
  const { values } = parseArgs({ args: args.filter((one) => one !== '--'), options });
  const whole = (name, fallback) => {
    const value = Number(values[name] ?? fallback);
    if (!Number.isSafeInteger(value) || value < 1) throw new Error(`--${name} takes a whole number of at least 1`);
    return value;
  };
  const sizes = { kills: whole('kills', 50), orders: whole('orders', 200), rows: whole('rows', 20_000) };
  const file = values.resume ?? join(root, '.data/chaos', `agent-${new Date().toISOString().replaceAll(':', '-')}.jsonl`);
  const before = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').map(JSON.parse) : [];
  mkdirSync(dirname(file), { recursive: true });
  console.log(`results are kept in ${file}; --resume ${file} goes on from there\n`);
  const from = whole('from', 1);
  const failed = [];
  for (let number = from; number < from + whole('seeds', 1) && !endRequest(); number++) {
    const result = { seed: `agent-${number}`, ...sizes };
    const known = before.find((one) => Object.entries(result).every(([name, value]) => one[name] === value) && one.held);
    if (known) {
      console.log(`seed ${result.seed}: finished before`);
      continue;
    }
    const began = Date.now();
    const env = { AGENT_SEED: result.seed, AGENT_KILLS: `${sizes.kills}`, AGENT_ORDERS: `${sizes.orders}`, AGENT_ROWS: `${sizes.rows}` };
    const { code } = await pnpm(['--filter', '@apps/agent', 'exec', 'jest', 'test/process/killed-agent'], { env, live: true });
    if (endRequest()) break;
    const done = { ...result, held: code === 0, seconds: Math.round((Date.now() - began) / 1000) };
    appendFileSync(file, `${JSON.stringify(done)}\n`);
    console.log(`seed ${done.seed}: ${done.held ? 'held' : 'FAILED'}, ${sizes.kills} kills, ${sizes.orders} orders, ${done.seconds} s`);
    if (!done.held) failed.push(done.seed);
  }
  console.log(failed.length === 0 ? '\nevery seed that was run held' : `\nthese seeds failed: ${failed.join(', ')}`);
  return failed.length === 0 && !endRequest() ? 0 : 1;
}
