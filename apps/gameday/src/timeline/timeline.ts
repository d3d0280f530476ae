import type { Terminal } from '@repo/terminal/terminal';
import { sinceText } from './summary-table';

/** Where something was seen. `act`: what the game day did. */
export type Channel = 'act' | 'health' | 'metrics' | 'alert' | 'orders' | 'hub' | 'well' | 'missed';

/** One line of the story. */
export interface TimelineEntry {
  /** Seconds since the game day began. */
  at: number;
  /** Seconds since the incident began, whose name follows; null between incidents. */
  since: number | null;
  incident: string | null;
  channel: Channel;
  text: string;
}

const CHANNEL_WIDTH = 8;
const SINCE_WIDTH = 8;

/** Writes down and shows what happens, in the order in which it is seen. */
export class Timeline {
  readonly entries: TimelineEntry[] = [];
  private readonly began = performance.now();
  private current: { name: string; begunAt: number } | null = null;

  constructor(private readonly terminal: Terminal) {}

  heading(text: string): void {
    this.terminal.heading(text);
  }

  /** What is added from now on is about this incident. */
  incident(name: string, begunAt: number): void {
    this.current = { name, begunAt };
  }

  endIncident(): void {
    this.current = null;
  }

  /** `at`: of `performance.now()`. */
  add(channel: Channel, text: string, at = performance.now()): void {
    const since = this.current === null ? null : at - this.current.begunAt;
    const entry = {
      at: seconds(at - this.began),
      since: since === null ? null : seconds(since),
      incident: this.current?.name ?? null,
      channel,
      text,
    };
    this.entries.push(entry);
    this.terminal.line(
      `  ${clock(at - this.began)}  ${(since === null ? '' : sinceText(since)).padStart(SINCE_WIDTH)}  ${this.paint(channel)}  ${text}`,
    );
  }

  private paint(channel: Channel): string {
    const { bold, cyan, yellow, green, red, dim } = this.terminal.paint;
    const brush = { act: bold, health: cyan, metrics: cyan, alert: yellow, orders: dim, hub: dim, well: green, missed: red }[channel];
    return brush(channel.padEnd(CHANNEL_WIDTH));
  }
}

/** `12:03.4` */
export function clock(ms: number): string {
  const tenths = Math.round(ms / 100);
  const minutes = Math.floor(tenths / 600);
  return `${String(minutes).padStart(2, ' ')}:${((tenths - minutes * 600) / 10).toFixed(1).padStart(4, '0')}`;
}

const seconds = (ms: number) => Math.round(ms) / 1000;
