import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const MAIN = path.resolve(__dirname, '../../agent/dist/main.js');
const SAMPLE_MS = 100;

/** How one command of the agent went. */
export interface AgentRun {
  /** Null when it was killed. */
  code: number | null;
  output: string;
  seconds: number;
  /** Resident memory every 100 ms, in bytes, all of it and without what is mapped from files; from the start to the end. */
  samples: { all: number; anonymous: number }[];
}

/** The built command `erp-agent` in a folder of its own. */
export class BenchAgent {
  constructor(private readonly folder: string) {
    mkdirSync(folder, { recursive: true });
  }

  /** Registers it over `url`, and writes its configuration; `source` is the YAML of the source. */
  async enrol(url: string, vendorId: string, code: string, source: string): Promise<void> {
    this.configure(`hub: { url: "${url}" }\nvendorId: ${vendorId}\nerpType: Bench\n${source}\n`);
    const { code: exit, output } = await this.command(['init', '--hub', url, '--vendor', vendorId, '--erp', 'Bench', '--folder', '.'], {
      ERP_AGENT_CODE: code,
    });
    if (exit !== 0) throw new Error(`erp-agent init gave ${exit}:\n${output}`);
  }

  configure(text: string): void {
    writeFileSync(path.join(this.folder, 'erp-agent.yaml'), text);
  }

  /** Runs a command to its end, or until `killWhen` says so: then it gets SIGKILL. `onOutput` hears all that it has said. */
  async command(
    args: readonly string[],
    env: Record<string, string> = {},
    { killWhen, onOutput }: { killWhen?: () => boolean; onOutput?: (output: string) => void } = {},
  ): Promise<AgentRun> {
    const start = performance.now();
    // For profiles: BENCH_AGENT_FLAGS='--cpu-prof --cpu-prof-dir=…' (flags of Node for the agent).
    const flags = process.env['BENCH_AGENT_FLAGS']?.split(' ') ?? [];
    const child = spawn(process.execPath, [...flags, MAIN, ...args], {
      cwd: this.folder,
      env: { PATH: process.env['PATH'] ?? '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    // A bench that breaks off leaves no agent behind.
    const endToo = () => child.kill('SIGKILL');
    process.once('exit', endToo);
    const samples: AgentRun['samples'] = [];
    const timer = setInterval(() => {
      const memory = residentBytes(child);
      if (memory !== undefined) samples.push(memory);
      if (killWhen?.() === true) child.kill('SIGKILL');
    }, SAMPLE_MS);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString();
        onOutput?.(output);
      });
    }
    try {
      const [code] = (await once(child, 'close')) as [number | null];
      return { code, output, seconds: (performance.now() - start) / 1000, samples };
    } finally {
      clearInterval(timer);
      process.off('exit', endToo);
    }
  }
}

/** Undefined when the process has just ended. */
function residentBytes({ pid }: ChildProcess): { all: number; anonymous: number } | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const bytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1] ?? Number.NaN) * 1024;
    const memory = { all: bytes('VmRSS'), anonymous: bytes('RssAnon') };
    return Number.isNaN(memory.all) ? undefined : memory;
  } catch {
    return undefined;
  }
}
