import { judgeRecord, type IncidentRecord } from './incident-record';
import { summaryTable } from './summary-table';

const record = (more: Partial<IncidentRecord>): IncidentRecord => ({
  name: 'redis',
  title: 'Redis is gone',
  promises: ['health', 'metrics', 'well'],
  begunAt: 1_000,
  marks: {},
  missed: [],
  ...more,
});

it('tells what was seen when, what is missing, and what was never meant to show', () => {
  expect(summaryTable([record({ marks: { health: 1_420, well: 31_000 } })])).toEqual([
    'incident       health  metrics  told  over     well  cleared',
    'Redis is gone  +0.4 s  MISSING     –     –  +30.0 s        –',
  ]);
});

it('faults what was promised and not seen, and what did not come about', () => {
  const marks = { health: 1_420, metrics: 2_000, well: 31_000 };
  expect(judgeRecord(record({ marks }))).toEqual([]);
  expect(judgeRecord(record({ marks: { health: 1_420, metrics: 2_000 } }))).toEqual(['redis: "well" was never seen']);
  expect(judgeRecord(record({ marks: {}, missed: ['health did not show it within 30 s'] }))).toEqual([
    'redis: health did not show it within 30 s',
  ]);
  expect(judgeRecord(record({ begunAt: null }))).toEqual(['redis: it was not run']);
});
