import { Controller, Inject } from '@nestjs/common';
import * as operations from '@repo/contracts/operations/reconciliation-operations';
import type { Input as InputOf, Reply } from '@repo/contracts/operations/operation';
import type { Database } from '@repo/shared/database/connect';
import { listEvents, readReconciliationMetrics } from '@repo/shared/database/reconciliation/reconciliation-events';
import { DATABASE } from '../../../platform/database/database.module';
import { CurrentKey, type KeyIdentity } from '../../../platform/http/caller';
import { Input } from '../../../platform/http/input.decorator';
import { Operation } from '../../../platform/http/operation.decorator';
import { eventReply, metricsReply } from './event-reply';
import { RequestReconciliation } from './start/request-reconciliation';

const { triggerReconciliation, listReconciliationEvents, getReconciliationMetrics } = operations;

/** What admins see and start of comparisons. */
@Controller()
export class ReconciliationController {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    private readonly requests: RequestReconciliation,
  ) {}

  @Operation(triggerReconciliation)
  trigger(
    @CurrentKey() key: KeyIdentity,
    @Input() { body }: InputOf<typeof triggerReconciliation>,
  ): Promise<Reply<typeof triggerReconciliation>> {
    return this.requests.trigger(key.name, body);
  }

  @Operation(listReconciliationEvents)
  async events(@Input() { query }: InputOf<typeof listReconciliationEvents>): Promise<Reply<typeof listReconciliationEvents>> {
    const { page, limit, ...filter } = query;
    const { data, meta } = await listEvents(this.database.db, filter, { page, limit });
    return { data: data.map(eventReply), meta };
  }

  @Operation(getReconciliationMetrics)
  async metrics(@Input() { params }: InputOf<typeof getReconciliationMetrics>): Promise<Reply<typeof getReconciliationMetrics>> {
    return metricsReply(await readReconciliationMetrics(this.database.pool, params.vendorId));
  }
}
