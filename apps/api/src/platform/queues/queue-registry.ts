import { Injectable } from '@nestjs/common';
import type { Queue } from 'bullmq';

/** How many entries a queue holds, by state. */
export type QueueDepth = Record<'waiting' | 'active' | 'delayed' | 'failed', number>;

/** Every queue of this process, so that health and metrics see them without knowing the features that they belong to. */
@Injectable()
export class QueueRegistry {
  private readonly queues = new Map<string, Queue>();

  add(queue: Queue): void {
    this.queues.set(queue.name, queue);
  }

  all(): readonly Queue[] {
    return [...this.queues.values()];
  }

  /** Asks Redis; waits for it while it is away. */
  async depths(): Promise<Record<string, QueueDepth>> {
    const depths = await Promise.all(
      [...this.queues].map(async ([name, queue]) => {
        const { waiting = 0, active = 0, delayed = 0, failed = 0 } = await queue.getJobCounts('waiting', 'active', 'delayed', 'failed');
        return [name, { waiting, active, delayed, failed }] as const;
      }),
    );
    return Object.fromEntries(depths);
  }
}
