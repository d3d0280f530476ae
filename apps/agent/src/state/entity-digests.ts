import type { RootDigest } from '@erp-sync-hub/agent-sdk/digest/digest-tree';
import { formatDigest } from '@repo/contracts/digest';
import type { Entity } from '@repo/contracts/primitives';
import type { AgentDatabase } from './agent-database';

type Flag = 'complete' | 'deletes_owed';

/** The root of each entity, which changes together with its rows, and what is known of it. */
export class EntityDigests {
  constructor(private readonly database: AgentDatabase) {}

  /** So many rows more, and so much more in their sum; in the transaction that changes the rows. */
  add(entity: Entity, n: number, d: bigint): void {
    const before = this.read(entity);
    const sum = BigInt.asIntN(64, (before?.d ?? 0n) + d);
    this.database
      .prepare(
        `insert into entity_digests (entity, n, d) values (?, ?, ?)
         on conflict (entity) do update set n = excluded.n, d = excluded.d`,
      )
      .run(entity, Number(before?.n ?? 0n) + n, sum);
  }

  root(entity: Entity): RootDigest {
    const { n = 0n, d = 0n } = this.read(entity) ?? {};
    return { count: Number(n), digest: formatDigest(d) };
  }

  /** Whether the rows are all that the source has: before that a root would say of rows that they are gone. */
  isComplete(entity: Entity): boolean {
    return this.read(entity)?.complete === 1n;
  }

  setComplete(entity: Entity): void {
    this.set(entity, 'complete', true);
  }

  /** Whether rows have gone from the source that the hub may still have: the next push of everything is to delete them. */
  owesDeletes(entity: Entity): boolean {
    return this.read(entity)?.deletes_owed === 1n;
  }

  setOwesDeletes(entity: Entity, owes: boolean): void {
    this.set(entity, 'deletes_owed', owes);
  }

  private set(entity: Entity, flag: Flag, value: boolean): void {
    this.database
      .prepare(
        `insert into entity_digests (entity, n, d, ${flag}) values (?, 0, 0, ?)
         on conflict (entity) do update set ${flag} = excluded.${flag}`,
      )
      .run(entity, value ? 1 : 0);
  }

  private read(entity: Entity) {
    return this.database
      .prepare('select n, d, complete, deletes_owed from entity_digests where entity = ?')
      .safeIntegers(true)
      .get(entity) as { n: bigint; d: bigint; complete: bigint; deletes_owed: bigint } | undefined;
  }
}
