import { Controller, Inject } from '@nestjs/common';
import { cancelSyncJob, getSyncJob, getSyncStatus, listSyncJobs, type SyncJobDetail } from '@repo/contracts/operations/delivery-operations';
import type { Input as InputOf, Reply } from '@repo/contracts/operations/operation';
import type { Database } from '@repo/shared/database/connect';
import { findJobDetail, listJobs } from '@repo/shared/database/delivery/read-jobs';
import { DATABASE } from '../../../../platform/database/database.module';
import { ApiError } from '../../../../platform/errors/api-error';
import { CurrentKey, type KeyIdentity } from '../../../../platform/http/caller';
import { Input } from '../../../../platform/http/input.decorator';
import { Operation } from '../../../../platform/http/operation.decorator';
import { CancelSyncJob } from './cancel-sync-job';

/** What ops see and do of jobs to ERPs. */
@Controller()
export class SyncJobsController {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    private readonly cancelling: CancelSyncJob,
  ) {}

  @Operation(listSyncJobs)
  list(@Input() { query }: InputOf<typeof listSyncJobs>): Promise<Reply<typeof listSyncJobs>> {
    return listJobs(this.database.db, query, query);
  }

  @Operation(getSyncJob)
  find(@Input() { params }: InputOf<typeof getSyncJob>): Promise<Reply<typeof getSyncJob>> {
    return this.detail(params.id);
  }

  @Operation(getSyncStatus)
  status(@Input() { params }: InputOf<typeof getSyncStatus>): Promise<Reply<typeof getSyncStatus>> {
    return this.detail(params.jobId);
  }

  @Operation(cancelSyncJob)
  cancel(@CurrentKey() key: KeyIdentity, @Input() { params }: InputOf<typeof cancelSyncJob>): Promise<Reply<typeof cancelSyncJob>> {
    return this.cancelling.cancel(key.name, params.id);
  }

  private async detail(id: string): Promise<SyncJobDetail> {
    const job = await findJobDetail(this.database.db, id);
    if (job === undefined) throw new ApiError('not_found', 'There is no such job.');
    return job;
  }
}
