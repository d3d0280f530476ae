import { expectThat } from './failures';

it('names the promise that was not kept, and what came instead', () => {
  expect(() => expectThat(true, 'all is well', null)).not.toThrow();
  expect(() => expectThat(false, 'the row is stored', { reason: 'stale' })).toThrow(
    'Not as promised: the row is stored; instead: {"reason":"stale"}',
  );
});
