import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import type { RegistrationCredential } from '@erp-sync-hub/agent-sdk/client/credentials';
import { HubClient } from '@erp-sync-hub/agent-sdk/client/hub-client';
import { HubError } from '@erp-sync-hub/agent-sdk/client/hub-error';
import { writeSecrets, type AgentSecrets } from '../config/secrets';

export interface Enrolment {
  url: string;
  vendorId: string;
  erpType: string;
  version: string;
  credential: Exclude<RegistrationCredential, { kind: 'current_token' }>;
  /** How the hub reaches it; undefined: the agent polls. */
  agentUrl: string | undefined;
  idempotentOrders: boolean;
}

/**
 * Registers the agent and keeps its secrets. It brings its own token: when the reply is lost, the secrets of the hub are
 * had by a rotation with it, and the code that was used up is no loss.
 * @throws HubError; errors of the file system before anything was sent, when the secrets could not be kept
 */
export async function enrolAgent(enrolment: Enrolment, secretsFile: string): Promise<AgentSecrets> {
  const { url, vendorId, erpType, version, credential, agentUrl, idempotentOrders } = enrolment;
  const token = `agt_${randomBytes(32).toString('base64url')}`;
  const client = new HubClient({ baseUrl: url, credentials: () => ({ vendorId, token }), retry: { attempts: 3 } });
  // There is room for secrets, and this is the place; those of an earlier registration stay until there are new ones.
  const trial = `${secretsFile}.trial`;
  await writeSecrets(trial, { token, outboundToken: 'pending', signingSecret: 'pending' });
  await rm(trial);
  const registration = { vendorId, erpType, version, authToken: token, idempotentOrders, ...(agentUrl === undefined ? {} : { agentUrl }) };
  const secrets = await client.register(registration, credential).then(
    ({ outboundToken, signingSecret }) => ({ token, ...known({ outboundToken, signingSecret }) }),
    async (error: unknown) => {
      if (!(error instanceof HubError) || !error.mayBeDone) throw error;
      return rotateToKnow(client, error);
    },
  );
  await writeSecrets(secretsFile, secrets);
  return secrets;
}

/** The registration may have been done: then the token that was brought counts, and gets new secrets. */
async function rotateToKnow(client: HubClient, registration: HubError): Promise<AgentSecrets> {
  try {
    const { token, outboundToken, signingSecret } = await client.rotate();
    return { token, outboundToken, signingSecret };
  } catch {
    // It was not: what went wrong is what is told.
    throw registration;
  }
}

function known(secrets: { outboundToken: string | undefined; signingSecret: string | undefined }) {
  const { outboundToken, signingSecret } = secrets;
  if (outboundToken === undefined || signingSecret === undefined) throw new Error('the hub registered the agent and gave no secrets');
  return { outboundToken, signingSecret };
}
