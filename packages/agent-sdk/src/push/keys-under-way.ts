/** Which keys are being sent, so that a later row of a key waits for an earlier one. */
export class KeysUnderWay {
  private readonly last = new Map<string, Promise<void>>();

  /** What has to end before these keys may be sent. */
  ahead(keys: readonly (string | null)[]): Promise<void>[] {
    return [...new Set(keys.flatMap((key) => (key === null ? [] : (this.last.get(key) ?? []))))];
  }

  /** These keys are sent by `work` from now on, until it ends. */
  add(keys: readonly (string | null)[], work: Promise<void>): void {
    for (const key of keys) if (key !== null) this.last.set(key, work);
    const forget = () => {
      for (const key of keys) if (key !== null && this.last.get(key) === work) this.last.delete(key);
    };
    // Whoever awaits the work hears how it ended.
    work.then(forget, forget);
  }
}
