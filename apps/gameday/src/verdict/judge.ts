import type { SimulatorReport } from '../installation/simulator';
import { judgeRecord, type IncidentRecord } from '../timeline/incident-record';

/** What the game day itself knows, beside the simulators. */
export interface OwnFindings {
  /** Orders that were taken and are not in their ERP, in words; the others alike. */
  lost: readonly string[];
  doubled: readonly string[];
  differing: readonly string[];
  /** Anything else that must not be: open alerts, dead letters, ends of processes, errors in logs. */
  others: readonly string[];
}

export interface Verdict {
  lost: number;
  doubled: number;
  differing: number;
  /** Everything that is wrong, in words; nothing when all is well. */
  faults: string[];
}

export interface NamedReport extends SimulatorReport {
  name: string;
}

/** Adds up what the simulators and the game day have found, and what was not seen, told or over. */
export function judge(records: readonly IncidentRecord[], reports: readonly NamedReport[], own: OwnFindings): Verdict {
  const sum = (of: (report: SimulatorReport) => number) => reports.reduce((total, report) => total + of(report), 0);
  const ofSimulators = reports.flatMap(({ name, equal, differing }) => {
    const named = differing.flatMap(({ vendorId, count, examples }) => [
      ...examples.map((example) => `${name}: ${vendorId}: ${example}`),
      ...(count > examples.length ? [`${name}: ${vendorId}: and ${count - examples.length} more`] : []),
    ]);
    return equal || named.length > 0 ? named : [`${name}: not equal, and it does not say why`];
  });
  return {
    lost: sum(({ ordersLost }) => ordersLost) + own.lost.length,
    doubled: sum(({ ordersDoubled }) => ordersDoubled) + own.doubled.length,
    differing: sum(({ rowsDiffering }) => rowsDiffering) + own.differing.length,
    faults: [...records.flatMap(judgeRecord), ...ofSimulators, ...own.lost, ...own.doubled, ...own.differing, ...own.others],
  };
}
