import { CHAOS_KINDS, CHAOS_TRANSPORTS, FAULT_NAMES } from './chaos-fault';
import { drawSchedule, type ScheduleOptions } from './draw-schedule';
import { faultMenu } from './fault-menu';

const targets = {
  hubs: { api: ['api-1', 'api-2'], worker: ['worker-1', 'worker-2', 'worker-3'], scheduler: ['scheduler-1', 'scheduler-2'] },
  erps: ['erp-1', 'erp-2'],
};
const options: ScheduleOptions = { kind: 'mixed', transport: 'mixed', targets, faults: 40, withinMs: 10_000, longestMs: 10_000 };

describe('drawSchedule', () => {
  it('gives the same schedule for the same seed, and another one for another', () => {
    expect(drawSchedule('seed-1', options)).toEqual(drawSchedule('seed-1', options));
    expect(drawSchedule('seed-1', options)).not.toEqual(drawSchedule('seed-2', options));
  });

  it('is what it was: a seed that found something finds it again', () => {
    expect(drawSchedule('seed-1', { ...options, kind: 'kills', faults: 3 })).toMatchInlineSnapshot(`
     [
       {
         "atMs": 1743,
         "fault": "pause",
         "forMs": 6583,
         "target": "worker-2",
       },
       {
         "atMs": 1944,
         "fault": "kill",
         "forMs": 2191,
         "target": "worker-3",
       },
       {
         "atMs": 2635,
         "fault": "pause",
         "forMs": 818,
         "target": "erp-2",
       },
     ]
    `);
  });

  it.each(CHAOS_KINDS)('goes through every fault of %s before one comes twice', (kind) => {
    const menu = faultMenu(kind, 'mixed', targets, 10_000);
    const drawn = drawSchedule('seed-1', { ...options, kind, faults: menu.length });
    expect(drawn.map(({ fault }) => fault).sort()).toEqual(menu.map(({ fault }) => fault).sort());
  });

  it.each(CHAOS_TRANSPORTS)('breaks only lines that are in use where agents are reached by %s', (transport) => {
    const drawn = drawSchedule('seed-1', { ...options, kind: 'network', transport });
    const lines = new Set(drawn.map(({ fault }) => fault.split('_')[0]));
    expect(lines).toEqual(
      new Set({ push: ['line', 'callbacks'], pull: ['polls', 'callbacks'], mixed: ['line', 'polls', 'callbacks'] }[transport]),
    );
  });

  it('knows a run in which everything that can be done is done', () => {
    const drawn = drawSchedule('seed-1', options);
    expect(new Set(drawn.map(({ fault }) => fault))).toEqual(new Set(FAULT_NAMES));
    const roles = drawn.filter(({ fault }) => fault === 'kill').map(({ target }) => target.split('-')[0]);
    expect(new Set(roles)).toEqual(new Set(['api', 'worker', 'scheduler', 'erp']));
  });

  it('keeps to its time, and to the longest fault', () => {
    const drawn = drawSchedule('seed-1', { ...options, longestMs: 1_000 });
    expect(drawn).toHaveLength(40);
    expect(drawn.every(({ atMs, forMs }) => atMs >= 0 && atMs <= 10_000 && forMs >= 0 && forMs <= 1_000)).toBe(true);
    expect(drawn.map(({ atMs }) => atMs)).toEqual(drawn.map(({ atMs }) => atMs).sort((a, b) => a - b));
  });
});
