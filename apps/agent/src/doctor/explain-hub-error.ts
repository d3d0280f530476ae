import { HubError } from '@erp-sync-hub/agent-sdk/client/hub-error';
import { adviseOnNetwork } from './explain-network-fault';

/** What is wrong with the hub or the way to it, and what to do about it. */
export interface Explained {
  detail: string;
  todo: string;
}

/** Explains a failure by its kind and code. What is none of the hub's is thrown again. */
export function explainHubError(error: unknown, url: string): Explained {
  if (!(error instanceof HubError)) throw error;
  const { failure } = error;
  switch (failure.kind) {
    case 'unreachable':
      return { detail: `${url} cannot be reached: ${failure.reason}`, todo: adviseOnNetwork(failure.reason) };
    case 'timeout':
      return { detail: `${url} did not answer in time.`, todo: 'Check whether a proxy is in the way, and try again.' };
    case 'bad_reply':
      return {
        detail: `What answers at ${url} is not the hub (status ${failure.status}).`,
        todo: 'Check the address in the configuration: it must be the hub itself, not a page of a proxy or of a web site.',
      };
    case 'unavailable':
      return { detail: `The hub is not available at the moment (${failure.status}).`, todo: 'Nothing to do here: try again later.' };
    case 'rate_limited':
      return { detail: 'The hub was asked too often.', todo: 'Wait a minute. Does a second agent run with the same vendor id?' };
    case 'refused':
      return explainRefusal(failure.code, failure.detail);
  }
}

function explainRefusal(code: string, detail: string): Explained {
  switch (code) {
    case 'unauthorized':
      return {
        detail: 'The hub does not know these credentials.',
        todo: 'Ask the hub’s operator for an enrolment code of this vendor id, and run `erp-agent init` again.',
      };
    case 'agent_disabled':
      return { detail: 'This agent is disabled at the hub.', todo: 'Ask the hub’s operator why, and to enable it.' };
    case 'registration_refused':
      return {
        detail: `The hub refuses the registration: ${detail}`,
        todo: 'The code may have been used, be older than an hour, or be for another vendor id. Ask the operator for a new one.',
      };
    default:
      return { detail: `The hub refuses it (${code}): ${detail}`, todo: 'If that does not explain it, ask the hub’s operator.' };
  }
}
