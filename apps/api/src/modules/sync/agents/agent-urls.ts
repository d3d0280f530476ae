import { lookup } from 'node:dns/promises';
import { AllowList } from './agent-address';
import { assertAllowedTarget, readAgentUrl } from './agent-url';

/** A name server that takes longer is not waited for. */
const LOOKUP_LIMIT_MS = 2_000;

/** All addresses of a host name; none when it does not resolve. */
export type LookUp = (host: string) => Promise<string[]>;

/** Asks the system, for at most 2 s. */
export const lookUpBySystem: LookUp = lookUpWithin(LOOKUP_LIMIT_MS);

/** Checks the URLs that agents and admins give. */
export class AgentUrls {
  constructor(
    readonly allowed: AllowList,
    private readonly lookUp: LookUp = lookUpBySystem,
  ) {}

  /**
   * The URL as it is stored.
   * @throws ApiError `unsafe_agent_url`
   */
  async check(text: string): Promise<string> {
    const target = readAgentUrl(text);
    const addresses = target.isAddress ? [target.host] : await this.lookUp(target.host);
    assertAllowedTarget(target, addresses, this.allowed);
    return target.href;
  }
}

function lookUpWithin(limitMs: number): LookUp {
  return async (host) => {
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<[]>((resolve) => {
      timer = setTimeout(() => resolve([]), limitMs);
    });
    try {
      const found = await Promise.race([lookup(host, { all: true }), limit]);
      return found.map(({ address }) => address);
    } catch {
      // Whatever the reason, the name does not resolve now; it is looked up again at every call.
      return [];
    } finally {
      clearTimeout(timer);
    }
  };
}
