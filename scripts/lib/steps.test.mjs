import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sideBySide } from './steps.mjs';

test('does so many works at a time, and gives their results in order', async () => {
  let open = 0;
  let most = 0;
  const work = (result, turns) => async () => {
    most = Math.max(most, ++open);
    for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
    open--;
    return result;
  };
  assert.deepEqual(await sideBySide([work('a', 5), work('b', 1), work('c', 1), work('d', 1)], 2), ['a', 'b', 'c', 'd']);
  assert.equal(most, 2);
});
