import { isIP } from 'node:net';
import { ApiError } from '../../../platform/errors/api-error';
import { isAllowedAddress, isForbiddenAddress, type AllowList } from './agent-address';

/** An agent's URL, taken apart. */
export interface AgentTarget {
  /** Normalised: no trailing slash, so that a call's path can be appended. */
  href: string;
  /** Lower-case name or address, without brackets or a trailing dot. */
  host: string;
  /** Whether the host is an address already. */
  isAddress: boolean;
  /** Whether calls would be plain text. */
  plain: boolean;
}

/** Names under which clouds serve metadata. */
const METADATA_HOSTS: ReadonlySet<string> = new Set([
  'metadata',
  'metadata.google.internal',
  'metadata.goog',
  'instance-data',
  'instance-data.ec2.internal',
]);

/** @throws ApiError `unsafe_agent_url` for what is no URL that the hub could call at all */
export function readAgentUrl(text: string): AgentTarget {
  if (!URL.canParse(text)) throw unsafeAgentUrl('must be an http or https URL with a port up to 65535');
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw unsafeAgentUrl('must begin with https:// or http://');
  if (url.username !== '' || url.password !== '') throw unsafeAgentUrl('must not carry credentials');
  if (url.port === '0') throw unsafeAgentUrl('must have a port from 1 to 65535');
  // The paths of calls are appended: behind these they would not be paths.
  if (url.search !== '' || url.hash !== '' || /[?#]/.test(text)) throw unsafeAgentUrl('must not have a query or a fragment');
  const name = url.hostname.replace(/\.+$/, '');
  if (name === '') throw unsafeAgentUrl('must name a host');
  const host = name.replace(/^\[(.*)\]$/, '$1');
  const port = url.port === '' ? '' : `:${url.port}`;
  const path = url.pathname.replace(/\/+$/, '');
  return { href: `${url.protocol}//${name}${port}${path}`, host, isAddress: isIP(host) !== 0, plain: url.protocol === 'http:' };
}

/**
 * Judges where a URL leads: `addresses` is what its host stands for at this moment (none: it does not resolve). Called
 * when an agent registers, and again with the address of the connection at every call: what a name stands for changes.
 * @throws ApiError `unsafe_agent_url`; it does not say which address, or it would answer questions about the network
 */
export function assertAllowedTarget({ host, plain }: AgentTarget, addresses: readonly string[], allowed: AllowList): void {
  if (METADATA_HOSTS.has(host) || addresses.some(isForbiddenAddress)) throw unsafeAgentUrl('points where no agent can be');
  if (allowed.holdsHost(host)) return;
  if (!addresses.every((address) => isAllowedAddress(address, allowed))) {
    throw unsafeAgentUrl('points to an internal address that AGENT_URL_ALLOW does not list');
  }
  const listed = addresses.length > 0 && addresses.every((address) => allowed.holdsAddress(address));
  if (plain && !listed) throw unsafeAgentUrl('must be https: plain http is only for what AGENT_URL_ALLOW lists');
}

function unsafeAgentUrl(message: string): ApiError {
  return new ApiError('unsafe_agent_url', `agentUrl ${message}.`, { errors: [{ path: 'agentUrl', message }] });
}
