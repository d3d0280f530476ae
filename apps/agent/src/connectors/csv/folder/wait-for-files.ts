import { setTimeout as sleep } from 'node:timers/promises';
import { listFiles, type FileChoice } from './list-files';
import type { FileState } from './file-state';
import type { SettledFiles } from './settled-files';

/** Files that may be read, in their order. `all`: no other is still being written. */
export interface ReadyFiles {
  files: FileState[];
  all: boolean;
}

/** Room for timers that fire early. */
const MARGIN_MS = 5;

/** Waits until the files of a choice have settled, but not longer than it takes when nobody writes to them any more. */
export async function waitForFiles(folder: string, choice: FileChoice, settled: SettledFiles, signal: AbortSignal): Promise<ReadyFiles> {
  for (let round = 0; ; round++) {
    signal.throwIfAborted();
    const files = await listFiles(folder, choice);
    const { settled: ready, waitMs } = settled.observe(files);
    if (waitMs === 0 || round === 2) return { files: ready, all: waitMs === 0 };
    await sleep(waitMs + MARGIN_MS, undefined, { signal });
  }
}
