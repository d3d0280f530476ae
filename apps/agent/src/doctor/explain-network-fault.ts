const FIREWALL = 'Check the address and its port, and that the firewall lets this machine out to it (HTTPS, one host).';

/** What to do about each fault that a connection has; the first that fits. */
const ADVICE: readonly [RegExp, string][] = [
  [
    /^(ENOTFOUND|EAI_AGAIN)$/,
    'This machine finds no host of that name: check how it is spelled, and that the machine can look names up (DNS).',
  ],
  [
    /^ECONNREFUSED$/,
    'Nothing takes connections there: check the address and its port. If both are right, a firewall refuses, or the hub is down.',
  ],
  [/^(ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT|EHOSTUNREACH|ENETUNREACH)$/, `No way leads there. ${FIREWALL}`],
  [
    /^(CERT_HAS_EXPIRED|CERT_NOT_YET_VALID)$/,
    'The certificate is not valid today: check the date of this machine first. If that is right, tell the hub’s operator.',
  ],
  [
    /^(ERR_TLS_CERT_ALTNAME_INVALID|HOSTNAME_MISMATCH)$/,
    'The certificate is for another name: use the very name that the operator gave you, not an IP address.',
  ],
  [
    /^(SELF_SIGNED_|DEPTH_ZERO_|UNABLE_TO_|CERT_|INVALID_CA)/,
    'The certificate is of nobody whom this machine trusts: a proxy that looks into HTTPS, or an authority of your own. Name its certificate ' +
      'in NODE_EXTRA_CA_CERTS=/path/to/ca.pem, also where the service runs.',
  ],
  [
    /^(EPROTO$|ERR_SSL_|ERR_TLS_)/,
    'What answers there speaks no TLS, or another one: check whether the address begins with https:// rightly, and its port.',
  ],
  [
    /^(ECONNRESET|EPIPE|UND_ERR_SOCKET)$/,
    'The connection was cut: check whether https:// and http:// are mixed up, or a proxy or firewall cuts it.',
  ],
];

/** What to do when the hub could not be reached, by the code of the fault. */
export function adviseOnNetwork(reason: string): string {
  return ADVICE.find(([codes]) => codes.test(reason))?.[1] ?? FIREWALL;
}
