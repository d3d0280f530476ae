import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { OrderReference } from '../../connector';
import { safeId } from './file-name';
import { writeWhole } from './write-file';

/** What was written for a job: `file` is its name in the outbox, or null when nothing had to be written. */
const SentJob = z.object({ jobId: z.string(), orderId: z.string(), operation: z.enum(['create', 'cancel']), file: z.string().nullable() });
export type SentJob = z.infer<typeof SentJob>;

/**
 * Notes which jobs were written, beside the files that the ERP takes away. A note is made while the file still has its temporary
 * name: a note and no temporary file means that the order was handed over, whatever became of the file since.
 */
export class SentJournal {
  constructor(readonly folder: string) {}

  async note(job: SentJob): Promise<void> {
    await writeWhole(this.folder, noteName(job), Buffer.from(JSON.stringify(job)));
  }

  async find(reference: OrderReference): Promise<SentJob | undefined> {
    return this.read(noteName(reference));
  }

  /** What was written to create an order, by whichever job. */
  async creationsOf(orderId: string): Promise<SentJob[]> {
    const names = (await this.names()).filter((name) => name.startsWith(`${safeId(orderId)}.`) && name.endsWith('.json'));
    const jobs = await Promise.all(names.map((name) => this.read(name)));
    return jobs.filter((job): job is SentJob => job?.operation === 'create' && job.orderId === orderId);
  }

  private async names(): Promise<string[]> {
    try {
      return await readdir(this.folder);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
  }

  private async read(name: string): Promise<SentJob | undefined> {
    try {
      return SentJob.parse(JSON.parse(await readFile(path.join(this.folder, name), 'utf8')));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }
}

const noteName = ({ jobId, orderId }: Pick<SentJob, 'jobId' | 'orderId'>) => `${safeId(orderId)}.${safeId(jobId)}.json`;
