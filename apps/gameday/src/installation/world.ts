import type { Installation } from '@repo/chaos-kit/installation/installation';
import type { TcpLine } from '@repo/chaos-kit/installation/tcp-line';
import type { SeededRandom } from '@repo/chaos-kit/random';
import type { GamedayOptions } from '../arguments';
import type { AlertReceiver } from '../observe/alert-receiver';
import type { ProcessWatch } from '../observe/watch-processes';
import type { Timeline } from '../timeline/timeline';
import type { AdminDesk } from './admin-desk';
import type { FileVendor } from './file-vendor';
import type { OrderDesk } from './order-desk';
import type { Simulator } from './simulator';

/** Everything that a game day has, once it is up. */
export interface World {
  readonly options: GamedayOptions;
  /** Draws what an incident may choose. */
  readonly random: SeededRandom;
  readonly signal: AbortSignal;
  readonly timeline: Timeline;
  readonly installation: Installation;
  readonly watch: ProcessWatch;
  readonly alerts: AlertReceiver;
  readonly desk: OrderDesk;
  readonly admin: AdminDesk;
  /** Vendors that are there from the beginning to the end, and take orders. */
  readonly vendorIds: readonly string[];
  /** A vendor with a line of its own. */
  readonly away: { readonly vendorId: string; readonly line: TcpLine };
  readonly files: FileVendor;
  /** All that run; those that come later are among them, too. */
  readonly simulators: readonly Simulator[];
  /** Has a vendor come whose codes nobody has mapped; gives its id. */
  newcomer(): Promise<string>;
}
