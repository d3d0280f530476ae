import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { Database } from '@repo/shared/database/connect';
import { Gauge } from 'prom-client';
import { DATABASE } from '../database/database.module';
import { HubMetrics } from './hub-metrics';

/** This process's connections to PostgreSQL, and who waits for one. */
@Injectable()
export class PoolGauge implements OnModuleInit {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    private readonly metrics: HubMetrics,
  ) {}

  onModuleInit(): void {
    const { pool } = this.database;
    const gauge = new Gauge({
      name: 'db_pool_connections',
      help: 'Connections of this process to PostgreSQL: busy and idle ones, and requests that wait for one',
      labelNames: ['state'] as const,
      registers: [],
      collect() {
        this.set({ state: 'busy' }, pool.totalCount - pool.idleCount);
        this.set({ state: 'idle' }, pool.idleCount);
        this.set({ state: 'waiting' }, pool.waitingCount);
      },
    });
    this.metrics.registry.registerMetric(gauge);
  }
}
