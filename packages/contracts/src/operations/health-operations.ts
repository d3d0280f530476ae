import { z } from 'zod';
import { operation } from './operation';

const shared = { tag: 'Health and metrics', method: 'GET', access: 'public', limit: 'none' } as const;

const Indicators = z.record(z.string(), z.object({ status: z.enum(['up', 'down']) }).loose());

export const HealthReport = z
  .object({
    status: z.enum(['ok', 'error', 'shutting_down']),
    info: Indicators.optional(),
    error: Indicators.optional(),
    details: Indicators,
  })
  .meta({ id: 'HealthReport' });

const Alive = z.strictObject({ status: z.literal('ok') });

export const getHealth = operation({
  ...shared,
  id: 'getHealth',
  path: '/health',
  summary: 'Every part, with its cause where one is down; 503 when PostgreSQL or Redis is down',
  status: 200,
  alsoStatus: [503],
  reply: HealthReport,
  errors: ['internal'],
});

export const getLiveness = operation({
  ...shared,
  id: 'getLiveness',
  path: '/health/live',
  summary: 'The process answers',
  status: 200,
  reply: Alive,
  errors: ['internal'],
});

export const getReadiness = operation({
  ...shared,
  id: 'getReadiness',
  path: '/health/ready',
  summary: 'Traffic may come: migrations done and PostgreSQL reachable',
  status: 200,
  reply: Alive,
  errors: ['internal', 'unavailable', 'shutting_down'],
});

export const getMetrics = operation({
  ...shared,
  id: 'getMetrics',
  path: '/metrics',
  summary: 'Prometheus text',
  access: 'metrics',
  status: 200,
  replyType: 'text/plain',
  reply: z.string(),
  errors: ['internal', 'unauthorized', 'rate_limited', 'shutting_down'],
});
