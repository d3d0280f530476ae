/** Who the agent is to the hub. */
export interface Credentials {
  vendorId: string;
  /** The agent token of registration, or the one that it brought. */
  token: string;
}

/** Asked before every request, so that a rotated token is used from then on. */
export type CredentialsProvider = () => Credentials | Promise<Credentials>;

/** Credentials in memory that can be replaced, as when the token was rotated. */
export class CurrentCredentials {
  constructor(private current: Credentials) {}

  /** To be given to a client. */
  readonly provider: CredentialsProvider = () => this.current;

  replaceToken(token: string): void {
    this.current = { ...this.current, token };
  }
}

/** What a registration is authorised with. */
export type RegistrationCredential =
  /** The hub's registration secret: only for a vendor id that was never registered. */
  | { kind: 'registration_secret'; secret: string }
  /** An enrolment code of an admin's: one vendor id, one use. */
  | { kind: 'enrolment_code'; code: string }
  /** The client's own token: an update. */
  | { kind: 'current_token' };

/**
 * The header for a credential.
 * @throws TypeError about characters that no credential has; it does not show them
 */
export function bearer(credential: string): string {
  // Refused here, because the error of a header would show it.
  if (!/^[\x21-\x7e]+$/.test(credential)) throw new TypeError('a credential is printable ASCII without spaces');
  return `Bearer ${credential}`;
}
