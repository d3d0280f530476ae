import { messageOf } from '@repo/terminal/failure';
import { awaitThat } from '../observe/await-that';
import type { Seen } from '../observe/watch-processes';
import type { IncidentRecord, Mark } from '../timeline/incident-record';
import { sinceText } from '../timeline/summary-table';
import type { PlacedOrder } from '../installation/order-desk';
import type { World } from '../installation/world';

/** Generous: a machine with other work to do is slow, and what is late is still told, with its time. */
const SEEN_WITHIN_MS = 60_000;
const WELL_WITHIN_MS = 180_000;

/** An incident as it is played: does, sees, and writes down what was seen when. What does not come about is written down, too. */
export class Scene {
  constructor(
    readonly world: World,
    readonly record: IncidentRecord,
  ) {}

  /** What breaks begins here. */
  begin(what: string): void {
    this.record.begunAt = performance.now();
    this.world.timeline.incident(this.record.name, this.record.begunAt);
    this.did(what);
  }

  did(what: string): void {
    this.world.timeline.add('act', what);
  }

  /** Says something that is worth knowing, and no promise. */
  note(what: string): void {
    this.world.timeline.add('hub', what);
  }

  /** What was broken is mended, as far as anybody mends it by hand. */
  over(what: string): void {
    this.mark('over');
    this.did(what);
  }

  /** Waits until health or metrics show something. */
  async sees(where: 'health' | 'metrics', what: string, look: (seen: readonly Seen[]) => boolean, limitMs = SEEN_WITHIN_MS): Promise<void> {
    await this.await(where, where, what, this.looking(look), limitMs);
  }

  /** Waits until something else is so, that is no mark of its own. */
  async holds(what: string, look: () => Promise<boolean> | boolean, limitMs = SEEN_WITHIN_MS): Promise<void> {
    await this.await('hub', undefined, what, look, limitMs);
  }

  /** Waits until the webhook was told that something is wrong. The receiver writes the line of it. */
  async told(kind: string, isIt: (call: { vendorId: string | null }) => boolean = () => true, limitMs = WELL_WITHIN_MS): Promise<void> {
    await this.call('raised', 'told', kind, isIt, limitMs);
  }

  async cleared(kind: string, isIt: (call: { vendorId: string | null }) => boolean = () => true, limitMs = WELL_WITHIN_MS): Promise<void> {
    await this.call('cleared', 'cleared', kind, isIt, limitMs);
  }

  /** Places orders, whatever is broken: a client asks until it is answered. */
  async place(count: number, vendorIds: readonly string[] = this.world.vendorIds): Promise<PlacedOrder[]> {
    const began = performance.now();
    const placed = await this.world.desk.place(count, vendorIds);
    this.world.timeline.add('orders', `${placed.length} orders were taken, in ${sinceText(performance.now() - began).slice(1)}`);
    return placed;
  }

  /** Places orders, and waits until they are in their ERPs: a strand beside what is broken meanwhile. */
  async ordersArrive(count: number, vendorIds: readonly string[] = this.world.vendorIds): Promise<void> {
    await this.delivered(await this.place(count, vendorIds));
  }

  /** Waits until all of these are confirmed by their ERPs. */
  async delivered(orders: readonly PlacedOrder[], limitMs = WELL_WITHIN_MS): Promise<void> {
    const look = async () => (await this.world.desk.undelivered(orders)).length === 0;
    await this.await('orders', undefined, `all ${orders.length} orders that were placed meanwhile are in their ERPs`, look, limitMs);
  }

  /** Waits until every process answers and calls itself well, and nothing is left of the incident. */
  async well(what: string, isSo: (seen: readonly Seen[]) => boolean = () => true, limitMs = WELL_WITHIN_MS): Promise<void> {
    await this.await(
      'well',
      'well',
      what,
      this.looking((seen) => seen.every(({ well }) => well) && isSo(seen)),
      limitMs,
    );
  }

  private looking(look: (seen: readonly Seen[]) => boolean): () => boolean {
    const since = performance.now();
    return () => {
      const seen = this.world.watch.after(since);
      return seen !== undefined && look(seen);
    };
  }

  private async await(
    channel: 'health' | 'metrics' | 'orders' | 'well' | 'hub',
    mark: Mark | undefined,
    what: string,
    look: () => boolean | Promise<boolean>,
    limitMs: number,
  ): Promise<void> {
    const { timeline, signal } = this.world;
    let trouble = '';
    // A server that is away, or just back, is no answer: it is asked again.
    const askAgain = async () => {
      try {
        return await look();
      } catch (error) {
        trouble = ` (${messageOf(error)})`;
        return false;
      }
    };
    if ((await awaitThat(askAgain, { limitMs, signal })) === undefined)
      return this.miss(`not within ${limitMs / 1000} s: ${what}${trouble}`);
    if (mark !== undefined) this.mark(mark);
    timeline.add(channel, what);
  }

  private async call(
    news: 'raised' | 'cleared',
    mark: Mark,
    kind: string,
    isIt: (call: { vendorId: string | null }) => boolean,
    limitMs: number,
  ): Promise<void> {
    const { alerts, signal } = this.world;
    const begunAt = this.record.begunAt ?? 0;
    const look = () => alerts.calls.find((call) => call.news === news && call.kind === kind && call.at >= begunAt && isIt(call));
    const found = await awaitThat(look, { limitMs, signal });
    if (found === undefined) this.miss(`not within ${limitMs / 1000} s: the alert ${kind} was ${news}`);
    else this.mark(mark, found.at);
  }

  /** Of several the last one counts: all of them were awaited. */
  private mark(mark: Mark, at = performance.now()): void {
    this.record.marks[mark] = Math.max(this.record.marks[mark] ?? 0, at);
  }

  private miss(what: string): void {
    this.record.missed.push(what);
    this.world.timeline.add('missed', what);
  }
}
