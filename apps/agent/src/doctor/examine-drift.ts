import { existsSync } from 'node:fs';
import type { HeartbeatReply } from '@erp-sync-hub/agent-sdk/client/hub-client';
import type { RootDigest } from '@erp-sync-hub/agent-sdk/digest/digest-tree';
import { ENTITY_LIST, type Entity } from '@repo/contracts/primitives';
import { stateFileOf } from '../agent/open-agent';
import type { ReadConfig } from '../config/read-config';
import { openAgentDatabase } from '../state/agent-database';
import { EntityDigests } from '../state/entity-digests';
import { good, warning, type Finding } from './finding';

/** The root of what was last read of an entity; undefined where not everything was. Entities without rows are left out. */
export type Roots = ReadonlyMap<Entity, RootDigest | undefined>;

/** From the state; nothing where there is none yet. Works beside a running agent. */
export function readRoots(read: ReadConfig): Roots {
  const file = stateFileOf(read);
  if (!existsSync(file)) return new Map();
  const database = openAgentDatabase(file);
  try {
    const digests = new EntityDigests(database);
    const wanted = read.config.push.entities ?? ENTITY_LIST;
    return new Map(
      wanted.flatMap((entity): [Entity, RootDigest | undefined][] => {
        if (digests.isComplete(entity)) return [[entity, digests.root(entity)]];
        return digests.root(entity).count > 0 ? [[entity, undefined]] : [];
      }),
    );
  } finally {
    database.close();
  }
}

/** As a heartbeat says them. */
export function rootsIn(roots: Roots): Partial<Record<Entity, RootDigest>> {
  return Object.fromEntries([...roots].flatMap(([entity, root]) => (root === undefined ? [] : [[entity, root]])));
}

/** Whether the hub has what was last read at the source, entity by entity, and what to do where it has not. */
export function* driftFindings(roots: Roots, drift: HeartbeatReply['drift']): Generator<Finding> {
  for (const [entity, root] of roots) {
    if (root === undefined) {
      const todo = 'Run `erp-agent push --full`, or let `erp-agent run` do it. Rows whose key cannot be read keep it from being compared.';
      yield warning('comparison', `not all ${entity} have been read yet`, todo);
    } else if (drift[entity] === 'drift') {
      const todo =
        'Nothing, when the agent runs and is sending: look again in a few minutes. `erp-agent status` names rows that the hub refuses or ' +
        'that cannot be read: correct them at the source. Does it stay, run `erp-agent push --full`, then ask the hub’s operator.';
      yield warning('comparison', `the hub has not the same ${entity} as the ${root.count} that were last read here`, todo);
    } else if (drift[entity] === 'in_sync') {
      yield good('comparison', `the hub has the same ${root.count} ${entity} as the source`);
    }
  }
}
