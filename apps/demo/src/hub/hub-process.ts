import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { stopProcess } from '@repo/dev-stack/process';
import { dataFolder, projectRoot } from '@repo/dev-stack/project-root';
import type { Ending } from '@repo/terminal/ending';
import { DemoFailure } from '../failures';
import { hubPort } from './hub-port';
import { hubEnvironment, makeSecrets, type HubAddresses, type HubSecrets } from './hub-settings';
import { lastWords } from './last-words';

const READY_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 50;
/** The hub gives itself 9.5 seconds. */
const STOP_GRACE_MS = 12_000;

/** A hub that runs: the built one, started as in production by environment variables alone. */
export interface Hub {
  url: string;
  secrets: HubSecrets;
  /** Its log, as a path from where the user is. */
  logFile: string;
  stop(this: void): Promise<void>;
}

/** Starts the hub and waits until it is ready. Should it end by itself, at any time, the demo ends with its last words. */
export async function startHub(servers: Omit<HubAddresses, 'port'>, ending: Ending): Promise<Hub> {
  const port = await hubPort();
  const secrets = makeSecrets();
  const log = path.join(dataFolder(), `demo-hub-${port}.log`);
  const child = launch(hubEnvironment({ ...servers, port }, secrets), log);
  const hub = { url: `http://127.0.0.1:${port}`, secrets, logFile: path.relative(process.cwd(), log) };

  let stopping = false;
  const killAtExit = () => void child.kill('SIGKILL');
  process.once('exit', killAtExit);
  child.once('error', (error) => ending.request(new DemoFailure(`The hub could not be started: ${error.message}`)));
  child.once('exit', (code, signal) => {
    process.removeListener('exit', killAtExit);
    if (stopping) return;
    const how = code === null ? `was ended by ${signal}` : `ended by itself: ${lastWords(readFileSync(log, 'utf8'))}`;
    ending.request(new DemoFailure(`The hub ${how} (its log: ${hub.logFile})`));
  });
  const stop = async () => {
    stopping = true;
    await stopProcess(child, { graceMs: STOP_GRACE_MS });
  };
  try {
    await untilReady(hub, ending);
  } catch (error) {
    await stop();
    throw error;
  }
  return { ...hub, stop };
}

/** In a session of its own: Ctrl-C in the terminal is for the demo, which stops the hub when it needs it no more. */
function launch(env: Record<string, string>, log: string): ChildProcess {
  const program = path.join(projectRoot(), 'apps/api/dist/main.js');
  if (!existsSync(program)) throw new DemoFailure('The hub is not built: run `npm run demo`, which builds it first');
  mkdirSync(path.dirname(log), { recursive: true });
  const output = openSync(log, 'w');
  try {
    return spawn(process.execPath, ['--require', path.join(__dirname, 'end-with-parent.js'), program], {
      cwd: projectRoot(),
      env,
      detached: true,
      stdio: ['ignore', output, output, 'ipc'],
    });
  } finally {
    closeSync(output);
  }
}

async function untilReady(hub: Pick<Hub, 'url' | 'logFile'>, ending: Ending): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS;
  while (!(await isReady(hub.url, ending.signal))) {
    if (Date.now() > deadline) throw new DemoFailure(`The hub was not ready within ${READY_WITHIN_MS / 1000} s: see ${hub.logFile}`);
    await ending.pause(LOOK_EVERY_MS);
  }
}

async function isReady(url: string, signal: AbortSignal): Promise<boolean> {
  try {
    const reply = await fetch(`${url}/health/ready`, { signal });
    await reply.arrayBuffer();
    return reply.ok;
  } catch {
    // Nobody listens there yet. The pause that follows notices when the demo has to end.
    return false;
  }
}
