import { isIP, type LookupFunction } from 'node:net';
import { callbackify } from 'node:util';
import { buildConnector, errors } from 'undici';
import { ApiError } from '../../../../platform/errors/api-error';
import type { AllowList } from '../agent-address';
import { assertAllowedTarget, type AgentTarget } from '../agent-url';
import type { LookUp } from '../agent-urls';
import type { NotSentCode } from './agent-transport';

/** Why there is no connection. Its message has neither addresses nor paths; what happened is its cause. */
export class ConnectFault extends Error {
  constructor(
    readonly code: NotSentCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'ConnectFault';
  }
}

export interface GuardedConnectorOptions {
  allowed: AllowList;
  lookUp: LookUp;
  /** Certificates to trust instead of those that Node trusts, in PEM. */
  ca?: string;
}

/** A connection that nobody waits for any more is given up after this, name and TLS included. */
export const LONGEST_CONNECT_MS = 10_000;
/** How long one address of several may take before the next is tried as well; Node's own 250 ms is short for far networks. */
const NEXT_ADDRESS_MS = 1_000;

/**
 * A connector of undici that opens connections only to where an agent may be. The host of a URL is looked up once for a
 * connection, every address is judged, and those very addresses are connected to: a name that changes what it stands for
 * gains nothing. What the connection has led to is judged once more. Fails with {@link ConnectFault} alone.
 */
export function guardedConnector({ allowed, lookUp, ca }: GuardedConnectorOptions): buildConnector.connector {
  const connectorOf = (plain: boolean) =>
    buildConnector({
      timeout: LONGEST_CONNECT_MS,
      allowH2: false,
      autoSelectFamily: true,
      autoSelectFamilyAttemptTimeout: NEXT_ADDRESS_MS,
      lookup: judgedLookup((host, addresses) => judge({ host, plain }, addresses, allowed), lookUp),
      ...(ca === undefined ? {} : { ca }),
    });
  const connectors = { 'http:': connectorOf(true), 'https:': connectorOf(false) };
  return (options, callback) => {
    const { hostname: host, protocol } = options;
    const plain = protocol === 'http:';
    const refuse = (fault: ConnectFault) => process.nextTick(callback, fault, null);
    // Node looks up names alone: an address would pass by the look-up.
    const fault = isIP(host) === 0 ? undefined : judge({ host, plain }, [host], allowed);
    if (fault !== undefined) return refuse(fault);
    connectors[plain ? 'http:' : 'https:'](options, (error, socket) => {
      if (error !== null) return callback(asFault(error), null);
      const { remoteAddress } = socket;
      const late =
        remoteAddress === undefined
          ? new ConnectFault('connect_failed', 'the connection closed at once')
          : judge({ host, plain }, [remoteAddress], allowed);
      if (late === undefined) return callback(null, socket);
      socket.destroy();
      callback(late, null);
    });
  };
}

/** Why none of this may be connected to, if so. */
function judge(target: Pick<AgentTarget, 'host' | 'plain'>, addresses: readonly string[], allowed: AllowList): ConnectFault | undefined {
  try {
    assertAllowedTarget({ ...target, href: '', isAddress: false }, addresses, allowed);
    return undefined;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return new ConnectFault('unsafe_address', error.message, { cause: error });
  }
}

/** A look-up for sockets that gives addresses only when all that a name stands for pass. */
function judgedLookup(judgeAll: (host: string, addresses: readonly string[]) => ConnectFault | undefined, lookUp: LookUp): LookupFunction {
  const judged = callbackify(async (host: string) => {
    const addresses = await lookUp(host).catch((error: unknown) => {
      throw new ConnectFault('unresolved', 'the host of agentUrl cannot be looked up', { cause: error });
    });
    if (addresses.length === 0) throw new ConnectFault('unresolved', 'the host of agentUrl does not resolve');
    const fault = judgeAll(host, addresses);
    if (fault !== undefined) throw fault;
    return addresses.map((address) => ({ address, family: isIP(address) }));
  });
  // Sockets that may choose among families ask for all addresses.
  return (host, _options, callback) => judged(host, (error, addresses) => callback(error, error === null ? addresses : []));
}

function asFault(error: Error): ConnectFault {
  if (error instanceof ConnectFault) return error;
  if (error instanceof errors.ConnectTimeoutError) return new ConnectFault('connect_timeout', 'no connection in time', { cause: error });
  // The message would name the address.
  const code = 'code' in error && typeof error.code === 'string' ? ` (${error.code})` : '';
  return new ConnectFault('connect_failed', `no connection${code}`, { cause: error });
}
