import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readTotals, tapTotals, verdict } from './totals.mjs';

test('adds up what the packages left', () => {
  const folder = mkdtempSync(join(tmpdir(), 'totals-'));
  writeFileSync(join(folder, 'a.json'), JSON.stringify({ passed: 3, failed: 0, skipped: 1 }));
  writeFileSync(join(folder, 'b.json'), JSON.stringify({ passed: 4, failed: 2, skipped: 0 }));
  assert.deepEqual(readTotals(folder), { passed: 7, failed: 2, skipped: 1 });
  rmSync(folder, { recursive: true });
});

test('reads the totals of the test runner of Node', () => {
  const output = '# tests 5\n# suites 0\n# pass 3\n# fail 1\n# cancelled 0\n# skipped 1\n# todo 0\n';
  assert.deepEqual(tapTotals(output), { passed: 3, failed: 1, skipped: 1 });
});

test('succeeds only when something ran and nothing failed', () => {
  const clean = { passed: 5, failed: 0, skipped: 0 };
  assert.deepEqual(verdict(clean, 0), { line: '5 passed, 0 failed', exitCode: 0 });
  assert.deepEqual(verdict({ ...clean, skipped: 2 }, 0), { line: '5 passed, 0 failed, 2 skipped', exitCode: 0 });
  assert.deepEqual(verdict({ ...clean, failed: 1 }, 0), { line: '5 passed, 1 failed', exitCode: 1 });
  assert.deepEqual(verdict(clean, 1), { line: '5 passed, 1 failed', exitCode: 1 });
  assert.deepEqual(verdict({ passed: 0, failed: 0, skipped: 0 }, 0), { line: '0 passed, 1 failed', exitCode: 1 });
});
