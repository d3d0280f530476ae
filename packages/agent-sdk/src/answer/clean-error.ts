/** The most characters of an error that are sent: enough for a person. */
const LONGEST = 2_000;

/** An error as the hub takes it: bounded, and without NUL characters and halves of surrogate pairs. */
export function cleanError(message: string): string {
  // UTF-8 has no halves.
  const whole = Buffer.from(message).toString();
  return Array.from(whole.replaceAll('\0', '\ufffd')).slice(0, LONGEST).join('');
}
