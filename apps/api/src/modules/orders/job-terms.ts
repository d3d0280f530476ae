import { randomUUID } from 'node:crypto';
import type { JobTerms } from '@repo/shared/database/orders/insert-order';
import type { HubSettings } from '../../config/settings';
import { currentContext } from '../../platform/http/request-context';

/** The terms of a job that the running request makes: its log lines and the calls to the agent carry the request's id. */
export function jobTerms(settings: Pick<HubSettings, 'SYNC_RETRY_ATTEMPTS' | 'SYNC_EXPIRES_S'>): JobTerms {
  return {
    attemptsAllowed: settings.SYNC_RETRY_ATTEMPTS,
    expiresInS: settings.SYNC_EXPIRES_S,
    correlationId: currentContext()?.correlationId ?? randomUUID(),
  };
}
