import type { IncidentName } from '../timeline/incident-record';
import { agentAway } from './agent-away';
import { emptyCatalogue } from './empty-catalogue';
import type { Incident } from './incident';
import { leaderKilled } from './leader-killed';
import { orderSpike } from './order-spike';
import { postgresRestarted } from './postgres-restarted';
import { redisAway } from './redis-away';
import { unmappedCodes } from './unmapped-codes';
import { workerKilled } from './worker-killed';

export const ALL_INCIDENTS: Readonly<Record<IncidentName, Incident>> = {
  leader: leaderKilled,
  worker: workerKilled,
  redis: redisAway,
  postgres: postgresRestarted,
  agent: agentAway,
  unmapped: unmappedCodes,
  spike: orderSpike,
  empty: emptyCatalogue,
};
