import { rm } from 'node:fs/promises';
import type { HubClient } from '@erp-sync-hub/agent-sdk/client/hub-client';
import { writeSecrets, type AgentSecrets } from '../config/secrets';

/**
 * Replaces the token and both outbound secrets at the hub, and keeps the new ones before the old stop working. Killed on the way, or when
 * the reply was lost, the secrets of before work for ten minutes more, and can be rotated again.
 * @throws HubError; errors of the file system, before anything was asked for when the new ones could not be kept
 */
export async function rotateSecrets(
  client: Pick<HubClient, 'rotate'>,
  { outboundToken, signingSecret, ...before }: AgentSecrets,
  secretsFile: string,
): Promise<AgentSecrets> {
  const trial = `${secretsFile}.trial`;
  await writeSecrets(trial, { outboundToken, signingSecret, ...before });
  await rm(trial);
  const { previousValidUntil, ...current } = await client.rotate();
  const secrets = { ...current, previous: { outboundToken, signingSecret, validUntil: previousValidUntil } };
  await writeSecrets(secretsFile, secrets);
  return secrets;
}
