import * as fc from 'fast-check';
import { Acknowledged } from './acknowledged';

it('keeps a place only when everything before it was judged', () => {
  const kept: number[] = [];
  const parts = new Acknowledged<number>((cursor) => kept.push(cursor));
  const [first, second] = [parts.begin(2, 1), parts.begin(1, 2)];
  parts.begin(1, 3);
  parts.judged(second);
  parts.judged(first);
  expect(kept).toEqual([]);
  parts.judged(first);
  expect(kept).toEqual([2]);
});

it('does not keep the place behind the newest part before the end: its rows may not have been sent', () => {
  const kept: number[] = [];
  const parts = new Acknowledged<number>((cursor) => kept.push(cursor));
  parts.judged(parts.begin(1, 1));
  expect(kept).toEqual([]);
  parts.begin(0, 2);
  parts.end();
  expect(kept).toEqual([2]);
});

it('never keeps a place with a row before it that was not judged, in any order', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(4), { minLength: 1, maxLength: 12 }), fc.infiniteStream(fc.nat()), (sizes, choices) => {
      const left = [...sizes];
      const parts = new Acknowledged<number>((cursor) => expect(left.slice(0, cursor + 1).every((rows) => rows === 0)).toBe(true));
      const numbers = sizes.map((rows, i) => parts.begin(rows, i));
      for (;;) {
        const open = left.flatMap((rows, i) => (rows > 0 ? [i] : []));
        if (open.length === 0) return;
        const part = open[(choices.next().value as number) % open.length] as number;
        left[part] = (left[part] as number) - 1;
        parts.judged(numbers[part] as number);
      }
    }),
  );
});
