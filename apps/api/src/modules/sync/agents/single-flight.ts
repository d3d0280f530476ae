/** Lets those who ask the same question at the same time share one answer. */
export class SingleFlight<T> {
  private readonly flights = new Map<string, Promise<T>>();

  /** The answer, and whether someone else had asked already. */
  ask(key: string, answer: () => Promise<T>): { result: Promise<T>; joined: boolean } {
    const running = this.flights.get(key);
    if (running !== undefined) return { result: running, joined: true };
    const result = answer().finally(() => this.flights.delete(key));
    this.flights.set(key, result);
    return { result, joined: false };
  }
}
