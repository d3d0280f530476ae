import { appendFileSync, existsSync, mkdirSync, readFileSync, truncateSync } from 'node:fs';
import path from 'node:path';
import type { ChaosResult } from './run-chaos';
import type { ChaosTransport } from './schedule/chaos-fault';

/** What has finished, one line of JSON a seed, so that a long series can be broken off and go on later. */
export class ResultsFile {
  readonly results: ChaosResult[];

  constructor(readonly file: string) {
    mkdirSync(path.dirname(file), { recursive: true });
    const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
    // A line that was cut short is a seed that did not finish.
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    this.results = whole
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as ChaosResult);
    if (whole.length < text.length) truncateSync(file, Buffer.byteLength(whole));
  }

  /** The result of this seed at this size over this transport, if it has finished. */
  find(seed: string, orders: number, transport: ChaosTransport): ChaosResult | undefined {
    return this.results.find((result) => result.seed === seed && result.orders === orders && result.transport === transport);
  }

  add(result: ChaosResult): void {
    this.results.push(result);
    appendFileSync(this.file, `${JSON.stringify(result)}\n`);
  }
}
