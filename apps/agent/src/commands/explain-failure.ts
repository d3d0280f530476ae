import { HubError } from '@erp-sync-hub/agent-sdk/client/hub-error';
import { InvalidArgumentError } from 'commander';
import { ConfigError } from '../config/read-config';
import { SecretsError } from '../config/secrets';
import { SourceError } from '../connectors/connector';
import { AnswerError } from '../enrol/ask-for';
import { explainHubError } from '../doctor/explain-hub-error';
import { AlreadyRunningError } from '../run/agent-lock';
import { HubRefusal } from '../simulate/public-hub';

/** What went wrong and what to do, in lines for a terminal. A defect of the agent shows its trace. */
export function explainFailure(error: unknown): string[] {
  if (error instanceof HubError) {
    const { detail, todo } = explainHubError(error, 'The hub');
    return [detail, todo, `(correlation id ${error.correlationId})`];
  }
  if (error instanceof AnswerError || error instanceof HubRefusal || error instanceof InvalidArgumentError) return [error.message];
  if (error instanceof ConfigError || error instanceof SecretsError || error instanceof AlreadyRunningError) return [error.message];
  if (error instanceof SourceError) return [`The source: ${error.message}`, error.transient ? 'Try again in a while.' : ''].filter(Boolean);
  return [error instanceof Error ? (error.stack ?? error.message) : String(error)];
}
