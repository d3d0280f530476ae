import { Gauge, type LabelValues, type Registry } from 'prom-client';

/** A gauge whose series are read whenever it is scraped. */
export interface ScrapedGauge<T, L extends string> {
  name: string;
  help: string;
  labelNames: readonly L[];
  read: () => Promise<T>;
  /** What was read, as series. */
  series: (found: T) => Iterable<readonly [LabelValues<L>, number]>;
  /** Hears of a reading that failed after one that did not: an outage is told once, not at each scrape. */
  missed: (error: unknown) => void;
}

/** Adds a gauge to a registry. A reading that fails leaves it without any series: 0 would be a claim. */
export function addScrapedGauge<T, L extends string>(registry: Registry, gauge: ScrapedGauge<T, L>): void {
  const { name, help, labelNames, read, series, missed } = gauge;
  let failed = false;
  registry.registerMetric(
    new Gauge({
      name,
      help,
      labelNames,
      registers: [],
      async collect() {
        const found = await read().then(
          (value) => {
            failed = false;
            return series(value);
          },
          (error: unknown) => {
            if (!failed) missed(error);
            failed = true;
            return undefined;
          },
        );
        this.reset();
        // Without labels it has one series, and a reset sets that to 0.
        if (labelNames.length === 0) this.remove();
        for (const [labels, value] of found ?? []) this.set(labels, value);
      },
    }),
  );
}
