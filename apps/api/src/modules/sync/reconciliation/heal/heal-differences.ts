import type { Entity } from '@repo/contracts/primitives';
import { MOST_CALLED_KEYS } from '@repo/contracts/agent-protocol/reconciliation-calls';
import type { Compared } from '../../ingest/heal-rows';
import type { Ingest } from '../../ingest/ingest';
import type { Differences } from '../locate/compare-keys';
import type { Tally } from '../run/tally';
import type { AgentTalk } from '../talk/agent-talk';

/** What healing works with. */
export interface HealParts {
  vendorId: string;
  entity: Entity;
  talk: Pick<AgentTalk, 'rows'>;
  ingest: Pick<Ingest, 'heal'>;
  tally: Tally;
}

/** Fetches the rows that only the ERP has, or has otherwise, and writes them. What only the hub has is not touched. */
export async function healDifferences(parts: HealParts, { onlyInErp, changed }: Pick<Differences, 'onlyInErp' | 'changed'>): Promise<void> {
  const compared = new Map<string, string | undefined>();
  for (const { key } of onlyInErp) compared.set(key, undefined);
  for (const { key, hub } of changed) compared.set(key, hub);
  if (compared.delete('')) parts.tally.leave({ key: '', reason: 'invalid', detail: 'a key is not empty' });
  // There a moment ago: the next look finds what to do about them.
  for (const key of await fetchAndHeal(parts, compared)) parts.tally.leave({ key, reason: 'moved' });
}

/**
 * Asks for rows and writes those that come. What the agent says nothing of is asked for again as long as it says something.
 * Gives the keys that it does not have.
 */
export async function fetchAndHeal({ vendorId, entity, talk, ingest, tally }: HealParts, compared: Compared): Promise<string[]> {
  const missing: string[] = [];
  let open = [...compared.keys()];
  while (open.length > 0) {
    const asked = open.slice(0, MOST_CALLED_KEYS);
    const answer = await talk.rows(asked);
    missing.push(...answer.missing);
    if (answer.rows.size > 0) {
      const { written, parked, unchanged, moved, refused } = await ingest.heal(vendorId, entity, [...answer.rows.values()], compared);
      tally.rows.written += written;
      tally.rows.parked += parked;
      tally.rows.unchanged += unchanged;
      for (const key of moved) tally.leave({ key, reason: 'moved' });
      for (const { key, detail } of refused) tally.leave({ key, reason: 'invalid', detail });
    }
    const silent = answer.unanswered.length === asked.length;
    if (silent) for (const key of asked) tally.leave({ key, reason: 'not_answered' });
    open = [...(silent ? [] : answer.unanswered), ...open.slice(MOST_CALLED_KEYS)];
  }
  return missing;
}
