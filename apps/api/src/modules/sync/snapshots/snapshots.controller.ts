import { Controller } from '@nestjs/common';
import type { Input as InputOf, Reply } from '@repo/contracts/operations/operation';
import { abandonSnapshot, beginSnapshot, commitSnapshot } from '@repo/contracts/operations/snapshot-operations';
import { CurrentAgent, type AgentIdentity } from '../../../platform/http/caller';
import { Input } from '../../../platform/http/input.decorator';
import { Operation } from '../../../platform/http/operation.decorator';
import { assertSameVendor } from '../../../platform/http/same-vendor';
import { AbandonSnapshot } from './abandon-snapshot';
import { BeginSnapshot } from './begin-snapshot';
import { CommitSnapshot } from './commit-snapshot';

/** Snapshots as an agent uses them; the rows come by the ingest routes. */
@Controller()
export class SnapshotsController {
  constructor(
    private readonly beginning: BeginSnapshot,
    private readonly committing: CommitSnapshot,
    private readonly abandoning: AbandonSnapshot,
  ) {}

  @Operation(beginSnapshot)
  begin(@CurrentAgent() agent: AgentIdentity, @Input() { body }: InputOf<typeof beginSnapshot>): Promise<Reply<typeof beginSnapshot>> {
    assertSameVendor(agent, body.vendorId);
    return this.beginning.begin(agent.vendorId, body.entity);
  }

  @Operation(commitSnapshot)
  commit(
    @CurrentAgent() agent: AgentIdentity,
    @Input() { params, body }: InputOf<typeof commitSnapshot>,
  ): Promise<Reply<typeof commitSnapshot>> {
    assertSameVendor(agent, body.vendorId);
    return this.committing.commit(agent.vendorId, params.id, body);
  }

  @Operation(abandonSnapshot)
  abandon(@CurrentAgent() agent: AgentIdentity, @Input() { params }: InputOf<typeof abandonSnapshot>): Promise<void> {
    return this.abandoning.abandon(agent.vendorId, params.id);
  }
}
