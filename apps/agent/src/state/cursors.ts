import type { Entity } from '@repo/contracts/primitives';
import type { Cursor } from '../connectors/connector';
import type { AgentDatabase } from './agent-database';

/** Up to where each entity of the source was read and safely sent. */
export class Cursors {
  constructor(private readonly database: AgentDatabase) {}

  /** Null when it was never read. */
  read(entity: Entity): Cursor {
    const row = this.database.prepare('select cursor from cursors where entity = ?').get(entity) as { cursor: Cursor } | undefined;
    return row?.cursor ?? null;
  }

  write(entity: Entity, cursor: Cursor, at: Date): void {
    this.database
      .prepare(
        `insert into cursors (entity, cursor, read_at) values (?, ?, ?)
         on conflict (entity) do update set cursor = excluded.cursor, read_at = excluded.read_at`,
      )
      .run(entity, cursor, at.getTime());
  }

  /** When an entity was last read to its end; undefined when it never was. */
  readAt(entity: Entity): Date | undefined {
    const row = this.database.prepare('select read_at from cursors where entity = ?').get(entity) as { read_at: number } | undefined;
    return row && new Date(row.read_at);
  }
}
