/** Lets work of one key run one after the other, in the order it came; keys do not wait for one another. */
export class Turns {
  private readonly lasts = new Map<string, Promise<unknown>>();

  take<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.lasts.get(key) ?? Promise.resolve();
    // Whoever failed before told its own caller: the next one goes on either way.
    const turn = before.then(work, work);
    this.lasts.set(key, turn);
    const leave = () => {
      if (this.lasts.get(key) === turn) this.lasts.delete(key);
    };
    turn.then(leave, leave);
    return turn;
  }
}
