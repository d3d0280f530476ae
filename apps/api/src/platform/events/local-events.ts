import { EventEmitter } from 'node:events';
import { Injectable, Logger } from '@nestjs/common';
import type { Entity } from '@repo/contracts/primitives';

/** What one part of this process tells another, against the direction of imports. A hint only: sweeps find what was missed. */
export interface LocalEvents {
  /** Mappings were written or changed; `codes` as `unit:BX`, `vat:T1`. */
  'mappings-changed': { vendorId: string; codes: readonly string[] };
  /** Items or warehouses of a vendor came to be, or to be again. */
  'rows-arrived': { vendorId: string };
  /** Jobs were written that may be due: the relay is to be woken. */
  'jobs-due': { vendorId: string };
  /** A snapshot is held: it would delete more than is allowed at once, and an admin has to decide. */
  'held-too-many-deletes': { vendorId: string; entity: string; snapshotId: string; wouldDelete: number; liveRows: number };
  /** A heartbeat shows that a vendor's entity is not the same on both sides; roots as `<count>.<digest>`. */
  'drift-seen': { vendorId: string; entity: Entity; erpRoot: string; hubRoot: string };
  /** A breaker is not any more what it was, by what this process did. */
  'breaker-changed': {
    vendorId: string;
    apiType: string;
    from: string;
    to: string;
    openUntil: Date | null;
    failures: number;
    calls: number;
  };
}

/** Typed events within one process. A handler runs after the one who told has gone on; its failure is logged, not thrown. */
@Injectable()
export class LocalEventBus {
  private readonly emitter = new EventEmitter();
  private readonly logger = new Logger('LocalEvents');

  emit<K extends keyof LocalEvents>(name: K, event: LocalEvents[K]): void {
    this.emitter.emit(name, event);
  }

  on<K extends keyof LocalEvents>(name: K, handle: (event: LocalEvents[K]) => Promise<void>): void {
    this.emitter.on(name, (event: LocalEvents[K]) => {
      setImmediate(() => {
        handle(event).catch((error: unknown) => this.logger.error({ err: error, event: name }, 'a handler failed'));
      });
    });
  }
}
