import { judgeExits, judgeLogs, readLog } from './judge-logs';
import type { ChaosFault, FaultName } from '../schedule/chaos-fault';

const log = (...lines: unknown[]) =>
  readLog({ name: 'api-1', log: () => lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n') }, 0);
const fault = (name: FaultName): ChaosFault => ({ fault: name, target: 'x', atMs: 0, forMs: 0 });
const refused = { level: 50, msg: 'a part of the relay failed', err: { message: 'connect ECONNREFUSED' } };

describe('judgeLogs', () => {
  it('finds errors, and tells those that are alike once', () => {
    expect(judgeLogs(log({ level: 50, msg: 'broken', n: 1 }, { level: 50, msg: 'broken', n: 2 }, { level: 50, msg: 'other' }), [])).toEqual(
      [expect.stringMatching(/^log of api-1: .*broken.*and 1 more like it/), expect.stringMatching(/other/)],
    );
  });

  it('explains errors about a server by its faults, and by no others', () => {
    expect(judgeLogs(log(refused), [fault('postgres_crash')])).toEqual([]);
    expect(judgeLogs(log(refused), [fault('redis_stop')])).toEqual([]);
    expect(judgeLogs(log(refused), [fault('kill'), fault('line_cut')])).toHaveLength(1);
  });

  it('explains an answer that came too late by a pause of the process that waited for it, and of no other', () => {
    const late = { level: 50, msg: 'request', err: { message: 'Command timed out' } };
    const pause = (target: string): ChaosFault => ({ ...fault('pause'), target });
    expect(judgeLogs(log(late), [pause('api-1')])).toEqual([]);
    expect(judgeLogs(log(late), [pause('api-2')])).toHaveLength(1);
    expect(judgeLogs(log(refused), [pause('api-1')])).toHaveLength(1);
  });

  it('never explains a defect, at whatever level it is told', () => {
    const everything = [fault('postgres_crash'), fault('redis_stop')];
    expect(judgeLogs(log("TypeError: Cannot read properties of undefined (reading 'id')"), everything)).toHaveLength(1);
    expect(judgeLogs(log({ level: 40, msg: 'unhandledRejection', err: { message: 'ECONNREFUSED' } }), everything)).toHaveLength(1);
  });

  it('lets warnings pass, and what was printed before the run', () => {
    expect(judgeLogs(log({ level: 40, msg: 'the queue cannot be reached' }), [])).toEqual([]);
    const text = JSON.stringify(refused);
    expect(judgeLogs(readLog({ name: 'api-1', log: () => text }, text.length), [])).toEqual([]);
  });
});

describe('judgeExits', () => {
  const exit = { process: 'worker-1', code: 1, signal: null, at: 0, wasReady: true, lastWords: 'Error: enough' };

  it('takes no end for granted but one of a start without its servers', () => {
    expect(judgeExits([exit], [fault('postgres_crash')])).toEqual(['worker-1 ended by itself with 1, saying\nError: enough']);
    expect(judgeExits([{ ...exit, wasReady: false }], [fault('postgres_crash')])).toEqual([]);
    expect(judgeExits([{ ...exit, wasReady: false }], [fault('kill')])).toHaveLength(1);
    expect(judgeExits([{ ...exit, wasReady: false, code: 134 }], [fault('postgres_crash')])).toHaveLength(1);
  });
});
