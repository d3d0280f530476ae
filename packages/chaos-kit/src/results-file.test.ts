import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ResultsFile } from './results-file';
import type { ChaosResult } from './run-chaos';

const folder = mkdtempSync(path.join(tmpdir(), 'results-file-'));
afterAll(() => rmSync(folder, { recursive: true }));

const result = (seed: string) => ({ seed, orders: 10, transport: 'mixed', faults: [] }) as unknown as ChaosResult;

describe('ResultsFile', () => {
  it('finds what has finished, at the same size and over the same transport only, after a restart', () => {
    const file = path.join(folder, 'new', 'results.jsonl');
    new ResultsFile(file).add(result('kills-1'));
    const again = new ResultsFile(file);
    expect(again.find('kills-1', 10, 'mixed')).toMatchObject({ seed: 'kills-1' });
    expect(again.find('kills-1', 20, 'mixed')).toBeUndefined();
    expect(again.find('kills-1', 10, 'pull')).toBeUndefined();
    expect(again.find('kills-2', 10, 'mixed')).toBeUndefined();
  });

  it('takes a line that was cut short for a seed that has not finished', () => {
    const file = path.join(folder, 'cut.jsonl');
    writeFileSync(file, `${JSON.stringify(result('kills-1'))}\n{"seed":"kills-2","or`);
    const results = new ResultsFile(file);
    expect(results.find('kills-2', 10, 'mixed')).toBeUndefined();
    results.add(result('kills-3'));
    expect(
      readFileSync(file, 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => (JSON.parse(line) as ChaosResult).seed),
    ).toEqual(['kills-1', 'kills-3']);
  });
});
