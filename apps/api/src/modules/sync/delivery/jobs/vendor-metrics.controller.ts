import { Controller, Inject } from '@nestjs/common';
import { getVendorMetrics } from '@repo/contracts/operations/metrics-operations';
import type { Input as InputOf, Reply } from '@repo/contracts/operations/operation';
import type { Database } from '@repo/shared/database/connect';
import { readVendorMetrics } from '@repo/shared/database/delivery/read-vendor-metrics';
import { DATABASE } from '../../../../platform/database/database.module';
import { Input } from '../../../../platform/http/input.decorator';
import { Operation } from '../../../../platform/http/operation.decorator';

/** How the jobs of a vendor fare, for people and their tools. */
@Controller()
export class VendorMetricsController {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  @Operation(getVendorMetrics)
  read(@Input() { params, query }: InputOf<typeof getVendorMetrics>): Promise<Reply<typeof getVendorMetrics>> {
    return readVendorMetrics(this.database.pool, params.vendorId, query.window);
  }
}
