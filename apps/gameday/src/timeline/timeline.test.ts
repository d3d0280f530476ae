import { Terminal } from '@repo/terminal/terminal';
import { clock, Timeline } from './timeline';

it('reads as a clock, also across minutes', () => {
  expect([0, 940, 59_940, 59_960, 754_300].map(clock)).toEqual([' 0:00.0', ' 0:00.9', ' 0:59.9', ' 1:00.0', '12:34.3']);
});

it('counts from the beginning of the incident, and from nothing between incidents', () => {
  let written = '';
  const stream = { isTTY: false, write: (text: string) => ((written += text), true) } as unknown as NodeJS.WriteStream;
  const timeline = new Timeline(new Terminal(stream, undefined));
  const begun = performance.now();
  timeline.add('hub', 'all is up', begun);
  timeline.incident('redis', begun + 1_000);
  timeline.add('health', 'redis is down', begun + 1_500);
  timeline.endIncident();
  timeline.add('hub', 'calm', begun + 9_000);
  expect(timeline.entries.map(({ since, incident }) => ({ since, incident }))).toEqual([
    { since: null, incident: null },
    { since: 0.5, incident: 'redis' },
    { since: null, incident: null },
  ]);
  expect(written.split('\n')[1]).toMatch(/^ {3}0:01\.5 {4}\+0\.5 s {2}health {4}redis is down$/);
});
