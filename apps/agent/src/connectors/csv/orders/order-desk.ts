import { access, constants, stat } from 'node:fs/promises';
import path from 'node:path';
import type { CalledOrder } from '@repo/contracts/agent-protocol/calls';
import type { OrderOutcome, OrderReference } from '../../connector';
import { fileError, fileProblem } from '../folder/file-error';
import { orderFileName } from './file-name';
import type { CsvOrders } from './order-config';
import { readAcknowledgement, type OrderFile } from './read-acknowledgement';
import { extensionOf, renderCancellation, renderOrder, type RenderedOrder } from './render-order';
import { SentJournal, type SentJob } from './sent-journal';
import { makeFolder, moveFile, publish, temporaryName, writeTemporary } from './write-file';

const CANCELLED_FOLDER = 'cancelled';
const TAKEN =
  'the ERP has taken the file of the order already, and the configuration has no way to cancel then: cancel it in the ERP, or set orders.cancel to "file"';

/** Writes orders into a folder for the ERP, and finds out what became of them. Every step can be cut off and done again. */
export class OrderDesk {
  private readonly journal: SentJournal;

  constructor(
    private readonly config: CsvOrders,
    private readonly settleMs: number,
  ) {
    this.journal = new SentJournal(config.journal ?? path.join(config.folder, '.sent'));
  }

  create(order: CalledOrder, reference: OrderReference): Promise<OrderOutcome> {
    return this.withFolder(() => this.write('create', reference, () => renderOrder(this.config.file, order, reference)));
  }

  find(reference: OrderReference): Promise<OrderOutcome | undefined> {
    return this.withFolder(async () => {
      const job = await this.journal.find(reference);
      return job === undefined ? undefined : this.outcomeOf(job, reference);
    });
  }

  cancel(reference: OrderReference & { erpReference: string | null }): Promise<OrderOutcome> {
    return this.withFolder(async () => {
      const before = await this.journal.find(reference);
      const known = before === undefined ? undefined : await this.outcomeOf(before, reference);
      if (known !== undefined) return known;
      let taken = false;
      for (const job of await this.journal.creationsOf(reference.orderId)) if (!(await this.takeBack(job, reference))) taken = true;
      if (taken && this.config.cancel === 'none') return { status: 'failed', error: TAKEN, retryable: false };
      if (taken) return this.write('cancel', reference, () => renderCancellation(this.config.file, reference));
      await this.journal.note({ ...jobOf(reference), operation: 'cancel', file: null });
      return { status: 'completed', erpReference: reference.erpReference };
    });
  }

  /** What is wrong with the folders. */
  async check(): Promise<string[]> {
    const { folder, acknowledgement: told } = this.config;
    const folders = [folder];
    if (told.kind === 'file') folders.push(told.folder);
    if (told.kind === 'directory') folders.push(told.done, ...(told.failed === undefined ? [] : [told.failed]));
    const problems: string[] = [];
    for (const each of folders) {
      const needs = each === folder ? constants.R_OK | constants.W_OK | constants.X_OK : constants.R_OK | constants.X_OK;
      try {
        if (!(await stat(each)).isDirectory()) throw Object.assign(new Error('no folder'), { code: 'ENOTDIR' });
        await access(each, needs);
      } catch (error) {
        problems.push(`orders: ${fileProblem(`the folder ${each}`, error)}`);
      }
    }
    return problems;
  }

  /**
   * First the temporary file, then the note, then the name: cut off before the name is given, the temporary file is still there
   * and says that nothing was handed over.
   */
  private async write(operation: SentJob['operation'], reference: OrderReference, render: () => RenderedOrder): Promise<OrderOutcome> {
    const before = await this.journal.find(reference);
    const known = before === undefined ? undefined : await this.outcomeOf(before, reference);
    if (known !== undefined) return known;
    const rendered = render();
    if ('problem' in rendered) return { status: 'failed', error: rendered.problem, retryable: false };
    const file = `${orderFileName(reference)}${operation === 'cancel' ? '.cancel' : ''}${extensionOf(this.config.file)}`;
    await writeTemporary(this.config.folder, file, rendered.content);
    await this.journal.note({ ...jobOf(reference), operation, file });
    await publish(this.config.folder, file);
    return this.config.acknowledgement.kind === 'none' ? { status: 'completed', erpReference: null } : { status: 'accepted' };
  }

  /** Undefined: noted, but never handed over. */
  private async outcomeOf({ file }: SentJob, reference: OrderReference): Promise<OrderOutcome | undefined> {
    if (file === null) return { status: 'completed', erpReference: null };
    if (await exists(path.join(this.config.folder, temporaryName(file)))) return undefined;
    if (await exists(this.cancelledPath(file))) {
      return { status: 'failed', error: 'the order was cancelled before the ERP took it', retryable: false };
    }
    if (this.config.acknowledgement.kind === 'none') return { status: 'completed', erpReference: null };
    const told = await readAcknowledgement(this.config.acknowledgement, orderFile(file, this.config), reference, this.settleMs);
    return told ?? { status: 'accepted' };
  }

  /** Whether the ERP will not make an order of it: the file was still there, or the ERP has refused it. */
  private async takeBack(job: SentJob, reference: OrderReference): Promise<boolean> {
    const { file } = job;
    if (file === null || (await exists(this.cancelledPath(file)))) return true;
    for (const name of [temporaryName(file), file]) {
      if (await moveFile(path.join(this.config.folder, name), this.cancelledPath(file))) return true;
    }
    const outcome = await this.outcomeOf(job, { ...reference, jobId: job.jobId });
    return outcome?.status === 'failed';
  }

  private cancelledPath = (file: string) => path.join(this.journal.folder, CANCELLED_FOLDER, file);

  private async withFolder<T>(act: () => Promise<T>): Promise<T> {
    try {
      await makeFolder(this.journal.folder);
      return await act();
    } catch (error) {
      throw fileError(`the folder ${this.config.folder}`, error);
    }
  }
}

const jobOf = ({ jobId, orderId }: OrderReference) => ({ jobId, orderId });
const orderFile = (file: string, { file: format }: CsvOrders): OrderFile => ({ file, name: file.slice(0, -extensionOf(format).length) });

async function exists(file: string): Promise<boolean> {
  try {
    await stat(file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
