import { Inject, Injectable } from '@nestjs/common';
import type { heartbeat } from '@repo/contracts/operations/agent-operations';
import type { Input, Reply } from '@repo/contracts/operations/operation';
import { ENTITY_LIST } from '@repo/contracts/primitives';
import { microsOf } from '@repo/contracts/timestamp';
import type { Database } from '@repo/shared/database/connect';
import { readRoots, type Root } from '@repo/shared/database/ingest/digest-root';
import { recordHeartbeat } from '@repo/shared/database/repositories/agent-registry.repository';
import { DATABASE } from '../../../platform/database/database.module';
import { unauthorized } from '../../../platform/errors/api-error';
import type { AgentIdentity } from '../../../platform/http/caller';
import { LocalEventBus } from '../../../platform/events/local-events';
import { VerifiedTokens } from './verified-tokens';

type Said = Input<typeof heartbeat>['body'];
type HeartbeatReply = Reply<typeof heartbeat>;

/** Notes that an agent is alive, and tells it whether it and the hub hold the same. The hot path of the agents' calls. */
@Injectable()
export class RecordHeartbeat {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    private readonly verified: VerifiedTokens,
    private readonly events: LocalEventBus,
  ) {}

  async record({ vendorId }: AgentIdentity, said: Said): Promise<HeartbeatReply> {
    const now = Date.now();
    const clockSkewMs = skewOf(said.agentTime, now);
    const registered = await recordHeartbeat(this.database.pool, vendorId, { version: said.version, clockSkewMs });
    if (!registered) {
      this.verified.drop(vendorId);
      throw unauthorized();
    }
    return {
      status: 'online',
      serverTime: new Date(now).toISOString(),
      ...(clockSkewMs === undefined ? {} : { clockSkewMs }),
      drift: await this.compare(vendorId, said.digests),
    };
  }

  private async compare(vendorId: string, digests: Said['digests']): Promise<HeartbeatReply['drift']> {
    const drift: HeartbeatReply['drift'] = {};
    if (!ENTITY_LIST.some((entity) => digests?.[entity] !== undefined)) return drift;
    const roots = await readRoots(this.database.pool, vendorId);
    for (const entity of ENTITY_LIST) {
      const [theirs, ours] = [digests?.[entity], roots[entity]];
      if (theirs === undefined) continue;
      const same = theirs.count === ours.count && theirs.digest === ours.digest;
      drift[entity] = same ? 'in_sync' : 'drift';
      if (!same) this.events.emit('drift-seen', { vendorId, entity, erpRoot: rootText(theirs), hubRoot: rootText(ours) });
    }
    return drift;
  }
}

/** As events of reconciliation name a root. */
const rootText = ({ count, digest }: Root): string => `${count}.${digest}`;

/** How far the agent's clock is ahead of the hub's, in whole milliseconds. */
function skewOf(agentTime: string | null | undefined, now: number): number | undefined {
  const micros = agentTime === undefined || agentTime === null ? undefined : microsOf(agentTime);
  return micros === undefined ? undefined : Math.round(micros / 1000 - now);
}
