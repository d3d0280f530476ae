import { Failure } from '@repo/terminal/failure';

/** The demo cannot go on, or the hub did not keep a promise. */
export class DemoFailure extends Failure {
  override name = 'DemoFailure';
}

/** Checks a promise of the hub's; the demo is worth nothing if it goes on without. */
export function expectThat(kept: boolean, promise: string, instead: unknown): asserts kept {
  if (kept) return;
  const seen = typeof instead === 'string' ? instead : JSON.stringify(instead);
  throw new DemoFailure(`Not as promised: ${promise}; instead: ${seen}`);
}
