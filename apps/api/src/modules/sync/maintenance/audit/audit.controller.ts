import { Controller, Inject } from '@nestjs/common';
import { listAudit } from '@repo/contracts/operations/admin-agent-operations';
import type { Input as InputOf, Reply } from '@repo/contracts/operations/operation';
import type { Database } from '@repo/shared/database/connect';
import { listAudit as listRows } from '@repo/shared/database/repositories/audit-log.repository';
import { DATABASE } from '../../../../platform/database/database.module';
import { Input } from '../../../../platform/http/input.decorator';
import { Operation } from '../../../../platform/http/operation.decorator';

/** Who did what to what, when. */
@Controller()
export class AuditController {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  @Operation(listAudit)
  async list(@Input() { query }: InputOf<typeof listAudit>): Promise<Reply<typeof listAudit>> {
    const { page, limit, ...filter } = query;
    const { data, meta } = await listRows(this.database.db, filter, { page, limit });
    return { data: data.map((row) => ({ ...row, at: row.at.toISOString() })), meta };
  }
}
