/** Faults before anything could be written: looking the name up, connecting, TLS. */
const BEFORE_WRITING = new Set(['connect', 'getaddrinfo', 'bind']);
const BEFORE_WRITING_CODES = new Set(['UND_ERR_CONNECT_TIMEOUT', 'ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN']);
const TLS_CODE = /^(ERR_TLS_|ERR_SSL_|CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|EPROTO$|HOSTNAME_MISMATCH$|INVALID_CA$)/;

interface Fault {
  code?: unknown;
  syscall?: unknown;
  errors?: unknown;
  cause?: unknown;
}

/** What is known of a request that `fetch` rejected: a short reason, without addresses, and whether it may have arrived. */
export function readNetworkFault(error: unknown): { reason: string; mayBeDone: boolean } {
  const causes = causesOf(error);
  const codes = causes.flatMap(({ code }) => (typeof code === 'string' ? [code] : []));
  return { reason: codes[0] ?? 'network error', mayBeDone: causes.length === 0 || !causes.every(wasBeforeWriting) };
}

function wasBeforeWriting({ code, syscall }: Fault): boolean {
  return BEFORE_WRITING.has(String(syscall)) || BEFORE_WRITING_CODES.has(String(code)) || TLS_CODE.test(String(code));
}

/** The innermost faults: one, or one for each address that was tried. */
function causesOf(error: unknown): Fault[] {
  if (typeof error !== 'object' || error === null) return [];
  const { cause, errors } = error as Fault;
  if (Array.isArray(errors) && errors.length > 0) return errors.flatMap(causesOf);
  if (cause !== undefined) return causesOf(cause);
  return 'code' in error ? [error] : [];
}
