import { existsSync, mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { endWithThisProcess, forgetGuarded } from './guard';
import { launchOnPort } from './ports';
import { isAlive, sendSignal } from './process';
import { dataFolder } from './project-root';
import { type RedisBinary, findRedis } from './redis-binary';
import { endRedis, findRunningRedis, launchRedis, redisUrl } from './redis-process';

export interface RedisOptions {
  /** Where the server's files are; made when absent. */
  dir: string;
  /** 0 or absent: a free one. */
  port?: number;
  /** Hears what is being done, one line at a time. The server's own log is in `<dir>/redis.log`. */
  log?: (line: string) => void;
  /** More arguments, such as `--appendonly`, `yes`. Not applied to a server that already runs. */
  args?: string[];
  /** End the server with this process, however that ends. Default: it stays, for the next start to take over. */
  endWithOwner?: boolean;
}

/** A Redis on 127.0.0.1 with 512 databases that keeps everything in memory and evicts nothing. */
export interface RedisServer {
  readonly url: string;
  readonly port: number;
  /** Another after `restart`. */
  readonly pid: number;
  readonly dir: string;
  stop(): Promise<void>;
  /** Sends a signal and does not wait. */
  kill(signal: NodeJS.Signals): void;
  /** Stops it, unless it is dead already, and starts it on the same port: empty, unless told to keep an append-only file. */
  restart(): Promise<void>;
  /** Lets it hang: connections stay open, nothing is answered until `resume`. */
  pause(): void;
  resume(): void;
}

/** Starts the Redis of a folder. One that already runs on it, because its owner was killed, is taken over as it is. */
export async function startRedis(options: RedisOptions): Promise<RedisServer> {
  const { log = () => undefined, args = [] } = options;
  mkdirSync(options.dir, { recursive: true });
  // Redis tells its folder without links, and by that it is recognised later.
  const dir = realpathSync(options.dir);
  const binary = await findRedis({ unpackTo: join(dataFolder(), 'redis-bin'), log });
  const running = await findRunningRedis(dir);
  if (running) {
    log(`Redis already runs on port ${running.port}`);
    return new LocalRedis(dir, running.port, binary, args, running.pid, options.endWithOwner);
  }
  const { port, pid } = await launchOnPort(options.port ?? 0, (chosen) => launchRedis(dir, chosen, binary, args));
  log(`Redis runs on port ${port}`);
  return new LocalRedis(dir, port, binary, args, pid, options.endWithOwner);
}

/** Stops the server of a folder, whoever started it; nothing happens when none runs. */
export async function stopRedisIn(dir: string): Promise<void> {
  if (!existsSync(dir)) return;
  const running = await findRunningRedis(realpathSync(dir));
  if (running) await endRedis(running.pid);
}

class LocalRedis implements RedisServer {
  constructor(
    readonly dir: string,
    readonly port: number,
    private readonly binary: RedisBinary,
    private readonly args: string[],
    private currentPid: number,
    private readonly endWithOwner = false,
  ) {
    if (endWithOwner) endWithThisProcess(currentPid);
  }

  get url(): string {
    return redisUrl(this.port);
  }

  get pid(): number {
    return this.currentPid;
  }

  async stop(): Promise<void> {
    if (isAlive(this.currentPid)) await endRedis(this.currentPid);
    // Another process that took part may have restarted it under another pid.
    else await stopRedisIn(this.dir);
  }

  kill(signal: NodeJS.Signals): void {
    sendSignal(this.currentPid, signal);
  }

  async restart(): Promise<void> {
    await this.stop();
    forgetGuarded(this.currentPid);
    this.currentPid = await launchRedis(this.dir, this.port, this.binary, this.args);
    if (this.endWithOwner) endWithThisProcess(this.currentPid);
  }

  pause(): void {
    this.kill('SIGSTOP');
  }

  resume(): void {
    this.kill('SIGCONT');
  }
}
