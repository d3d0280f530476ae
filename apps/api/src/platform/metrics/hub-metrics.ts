import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Every metric of the hub, by name. Labels are bounded: routes, codes, entities; never a key, a path or a vendor. */
@Injectable()
export class HubMetrics {
  readonly registry = new Registry();

  readonly httpDuration = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Duration of HTTP requests',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [this.registry],
  });

  readonly ingestRows = new Counter({
    name: 'sync_ingest_rows_total',
    help: 'Rows judged by the ingest, by entity and verdict',
    labelNames: ['entity', 'verdict'] as const,
    registers: [this.registry],
  });

  readonly ingestBatchRows = new Histogram({
    name: 'sync_ingest_batch_rows',
    help: 'Rows of a batch, by entity',
    labelNames: ['entity'] as const,
    buckets: [1, 10, 50, 100, 250, 500, 1_000, 2_500, 5_000],
    registers: [this.registry],
  });

  readonly ingestStage = new Histogram({
    name: 'sync_ingest_stage_seconds',
    help: 'What a batch takes: judge (check its rows), wait (for its turn), settle (read, plan and write)',
    labelNames: ['entity', 'stage'] as const,
    buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [this.registry],
  });

  readonly parkedRows = new Gauge({
    name: 'sync_parked_rows',
    help: 'Rows that wait for a mapping, an item or a warehouse',
    labelNames: ['entity'] as const,
    registers: [this.registry],
  });

  readonly snapshotCommits = new Counter({
    name: 'sync_snapshot_commits_total',
    help: 'Answers to commits of snapshots, by entity and outcome: committed, or the code of the refusal',
    labelNames: ['entity', 'outcome'] as const,
    registers: [this.registry],
  });

  readonly jobAttempts = new Counter({
    name: 'sync_job_attempts_total',
    help: 'Tries of jobs to ERPs, by operation and outcome',
    labelNames: ['operation', 'outcome'] as const,
    registers: [this.registry],
  });

  readonly breakerEvents = new Counter({
    name: 'sync_breaker_events_total',
    help: 'What circuits of this process did: open, halfOpen, close, reject',
    labelNames: ['api_type', 'event'] as const,
    registers: [this.registry],
  });

  readonly rateLimited = new Counter({
    name: 'http_rate_limited_total',
    help: 'Requests refused by a rate limit, by bucket',
    labelNames: ['bucket'] as const,
    registers: [this.registry],
  });

  readonly throttleMisses = new Counter({
    name: 'http_throttle_misses_total',
    help: 'Requests let through uncounted because Redis was away',
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }
}
