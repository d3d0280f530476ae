import { Terminal } from './terminal';

function stream(isTTY: boolean): { written: string; terminal: Terminal } {
  const seen = {
    written: '',
    terminal: new Terminal(
      { isTTY, columns: 20, write: (text: string) => ((seen.written += text), true) } as unknown as NodeJS.WriteStream,
      undefined,
    ),
  };
  return seen;
}

it('writes over the line of a running step on a terminal, cut to one row', async () => {
  const seen = stream(true);
  await seen.terminal.step('Hub', (note) => Promise.resolve(note('a long note that would wrap')));
  const [before, ...rows] = seen.written.split('\r\u001b[2K');
  expect(before).toBe('');
  expect(rows[0]).toMatch(/^ {2}… Hub/);
  for (const row of rows.slice(0, -1)) expect(row.length).toBeLessThan(20);
  expect(rows.join('').split('\n')).toHaveLength(2);
});

it('writes a line a step into a file, without colours', async () => {
  const seen = stream(false);
  await seen.terminal.step(
    'Hub',
    (note) => {
      note('soon');
      return Promise.resolve('up');
    },
    (result) => `is ${result}`,
  );
  expect(seen.written).toMatch(/^ {2}✓ Hub +0\.0\d s {3}is up\n$/);
});
