import type { Entity } from '@repo/contracts/primitives';
import type { AgentDatabase } from './agent-database';

/** Single values that outlive the process. */
export type MetaKey = 'last_stamp' | `last_full_${Entity}` | 'clock_ahead_ms';

export class Meta {
  constructor(private readonly database: AgentDatabase) {}

  read(key: MetaKey): string | undefined {
    return (this.database.prepare('select value from meta where key = ?').get(key) as { value: string } | undefined)?.value;
  }

  write(key: MetaKey, value: string): void {
    this.database
      .prepare('insert into meta (key, value) values (?, ?) on conflict (key) do update set value = excluded.value')
      .run(key, value);
  }
}
