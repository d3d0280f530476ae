import { Inject, Injectable } from '@nestjs/common';
import type { registerAgent, Registration } from '@repo/contracts/operations/agent-operations';
import type { Reply } from '@repo/contracts/operations/operation';
import type { Database } from '@repo/shared/database/connect';
import {
  insertAgent,
  insertOrReplaceAgent,
  wasEverRegistered,
  type AgentRegistration,
  type RegisteredAgent,
} from '@repo/shared/database/repositories/agent-credentials.repository';
import { useEnrolmentCode } from '@repo/shared/database/repositories/enrolment-codes.repository';
import { SETTINGS, type HubSettings } from '../../../config/settings';
import { DATABASE } from '../../../platform/database/database.module';
import { ApiError, invalidField, unauthorized } from '../../../platform/errors/api-error';
import type { RegistrantIdentity } from '../../../platform/http/caller';
import { addLogFields, currentContext } from '../../../platform/http/request-context';
import { assertSameVendor } from '../../../platform/http/same-vendor';
import { INVALIDATIONS, type Invalidations } from '../../../platform/redis/invalidations';
import { digestOf, hashTokenDigest, newAgentToken } from './agent-tokens';
import { AgentUrls } from './agent-urls';
import { BcryptTurns } from './bcrypt-turns';
import { outboundSecrets } from './outbound-secrets';
import { RegistrationCredentials, type RegistrationCredential } from './registration-credential';
import { UpdateRegistration } from './update-registration';

/** What came of a registration; `created` is false for an update. */
export interface RegistrationOutcome {
  created: boolean;
  reply: Reply<typeof registerAgent>;
}

/** Registers an agent, or lets a registered one update itself, by the credential that was presented. */
@Injectable()
export class RegisterAgent {
  constructor(
    @Inject(SETTINGS) private readonly settings: HubSettings,
    @Inject(DATABASE) private readonly database: Database,
    @Inject(INVALIDATIONS) private readonly invalidations: Invalidations,
    private readonly credentials: RegistrationCredentials,
    private readonly turns: BcryptTurns,
    private readonly urls: AgentUrls,
    private readonly update: UpdateRegistration,
  ) {}

  /** `headerVendorId`: the X-Vendor-Id header; where there is one, it says whose credential this is. */
  async register(registrant: RegistrantIdentity, headerVendorId: string | undefined, body: Registration): Promise<RegistrationOutcome> {
    const vendorId = headerVendorId ?? body.vendorId;
    const credential = await this.credentials.judge(registrant, vendorId);
    assertSameVendor({ vendorId }, body.vendorId);
    addLogFields({ registration: credential.kind });
    const context = currentContext();
    if (context !== undefined) context.vendorId = vendorId;
    this.assertOwnToken(body, credential, registrant.bearer);
    if (credential.kind === 'agent') return { created: false, reply: await this.update.run(credential.agent, body) };
    return { created: true, reply: await this.registerAnew(credential, body) };
  }

  private async registerAnew(
    credential: Exclude<RegistrationCredential, { kind: 'agent' }>,
    body: Registration,
  ): Promise<Reply<typeof registerAgent>> {
    const { vendorId, erpType, agentUrl } = body;
    if (erpType === undefined) throw invalidField('erpType', 'is required');
    if (credential.kind === 'secret' && (await wasEverRegistered(this.database.db, vendorId))) throw refused();
    const url = agentUrl === undefined || agentUrl === null ? null : await this.urls.check(agentUrl);
    const token = body.authToken ?? newAgentToken();
    const authTokenHash = await this.turns.run(vendorId, () => hashTokenDigest(digestOf(token)));
    const { mode, secretVersion } = await this.store(credential, {
      vendorId,
      erpType,
      version: body.version ?? null,
      agentUrl: url,
      idempotentOrders: body.idempotentOrders ?? false,
      authTokenHash,
    });
    await this.invalidations.publish('agents', vendorId);
    return {
      vendorId,
      status: 'online',
      mode,
      ...(body.authToken === undefined ? { token } : {}),
      ...outboundSecrets(this.settings.OUTBOUND_SECRET, vendorId, secretVersion),
    };
  }

  private async store(
    credential: Exclude<RegistrationCredential, { kind: 'agent' }>,
    registration: AgentRegistration,
  ): Promise<RegisteredAgent> {
    const { db } = this.database;
    if (credential.kind === 'secret') return (await insertAgent(db, registration)) ?? raise(refused());
    // Code and registration share a transaction: no crash burns a code, no race uses one twice.
    return db.transaction(async (tx) => {
      if (!(await useEnrolmentCode(tx, registration.vendorId, credential.codeHash))) throw unauthorized();
      return insertOrReplaceAgent(tx, registration);
    });
  }

  /** A credential for registering must not become one for everything else: others may know it. */
  private assertOwnToken({ authToken }: Registration, { kind }: RegistrationCredential, bearer: string): void {
    if (authToken === undefined) return;
    if (this.credentials.isSecret(authToken) || (kind !== 'agent' && authToken === bearer)) {
      throw invalidField('authToken', 'must not be the credential for registering');
    }
  }
}

function refused(): ApiError {
  return new ApiError('registration_refused', 'This vendor id was registered before: an admin can make an enrolment code for it.');
}

function raise(error: Error): never {
  throw error;
}
