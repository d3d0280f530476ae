export const FAULT_LIST = ['pause', 'error', 'slow', 'lost-reply', 'lost-batch'] as const;
/**
 * What goes wrong at a simulated vendor. `pause`: it is away for a while; `error`: its ERP fails, before or after it has made an
 * order; `slow`: its ERP takes long; `lost-reply`: what the hub replies does not arrive; `lost-batch`: rows do not arrive.
 */
export type Fault = (typeof FAULT_LIST)[number];

/** What is simulated. The same seed and sizes draw the same rows, changes, orders and faults. */
export interface SimulationOptions {
  hubUrl: string;
  vendors: number;
  /** Of each vendor; as many rows of stock. */
  items: number;
  /** Rows that change a second, of all vendors together. */
  changeRate: number;
  /** Orders that are placed, of all vendors together, over the time that it runs. */
  orders: number;
  faults: readonly Fault[];
  /** How often a fault happens where it can: 0 to 1. */
  faultRate: number;
  seed: string;
  transport: 'pull' | 'push';
  /** Where agents listen, for `push`. */
  listenHost: string;
  /** Seconds from one heartbeat of a vendor to the next. */
  heartbeatEvery: number;
  /** How long changes and orders go on, in seconds. */
  forSeconds: number;
  /** How long what is under way may take to settle afterwards, in seconds. */
  settleSeconds: number;
  /** A key with scope `admin`; without it, codes are needed, and a key to read with. */
  adminKey: string | undefined;
  /** A key with scope `orders`; the admin key when there is none. */
  ordersKey: string | undefined;
  /** Enrolment codes by vendor id, instead of the admin key. Units and VAT codes must be mapped then. */
  codes: ReadonlyMap<string, string> | undefined;
}

/** The id of a simulated vendor; with the seed in it, so that another run has other vendors. */
export function vendorIdOf(seed: string, place: number): string {
  return `sim-${seed}-${String(place + 1).padStart(3, '0')}`;
}
