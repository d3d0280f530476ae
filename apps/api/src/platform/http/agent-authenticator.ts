import type { AgentIdentity } from './caller';

/** Verifies an agent's credential; implemented by the agents module, called by the authenticate hook before any body is read. */
export interface AgentAuthenticator {
  /**
   * @throws ApiError `unauthorized` (the same for a wrong and an unknown credential), `agent_disabled`, or `rate_limited`
   * when too many checks failed from this IP
   */
  authenticate(vendorId: string, token: string, ip: string): Promise<AgentIdentity>;
}

/** Injection token of {@link AgentAuthenticator}. */
export const AGENT_AUTHENTICATOR = Symbol('AGENT_AUTHENTICATOR');
