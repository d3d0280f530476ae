import { Controller } from '@nestjs/common';
import {
  createEnrolment,
  deregisterAgent,
  getAgent,
  listAgents,
  updateAgent,
  type AgentDetail,
} from '@repo/contracts/operations/admin-agent-operations';
import type { Input as InputOf, Reply } from '@repo/contracts/operations/operation';
import { CurrentKey, type KeyIdentity } from '../../../platform/http/caller';
import { Input } from '../../../platform/http/input.decorator';
import { Operation } from '../../../platform/http/operation.decorator';
import { AdministerAgents } from './administer-agents';

/** What admins do about agents. */
@Controller()
export class AdminAgentsController {
  constructor(private readonly agents: AdministerAgents) {}

  @Operation(listAgents)
  list(@Input() { query }: InputOf<typeof listAgents>): Promise<Reply<typeof listAgents>> {
    return this.agents.list(query);
  }

  @Operation(getAgent)
  find(@Input() { params }: InputOf<typeof getAgent>): Promise<AgentDetail> {
    return this.agents.find(params.vendorId);
  }

  @Operation(updateAgent)
  update(@CurrentKey() key: KeyIdentity, @Input() { params, body }: InputOf<typeof updateAgent>): Promise<AgentDetail> {
    return this.agents.update(key.name, params.vendorId, body);
  }

  @Operation(deregisterAgent)
  deregister(@CurrentKey() key: KeyIdentity, @Input() { params }: InputOf<typeof deregisterAgent>): Promise<void> {
    return this.agents.deregister(key.name, params.vendorId);
  }

  @Operation(createEnrolment)
  enrol(@CurrentKey() key: KeyIdentity, @Input() { params }: InputOf<typeof createEnrolment>): Promise<Reply<typeof createEnrolment>> {
    return this.agents.enrol(key.name, params.vendorId);
  }
}
