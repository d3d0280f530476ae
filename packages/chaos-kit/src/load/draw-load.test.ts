import { drawLoad } from './draw-load';
import { erpPlan } from './erp-plan';

const options = { orders: 400, vendorIds: ['v-1', 'v-2', 'v-3'], skus: ['A-1', 'A-2', 'A-3'], withinMs: 5_000 };

describe('drawLoad', () => {
  it('gives the same orders for the same seed, and others for another', () => {
    expect(drawLoad('seed-1', options)).toEqual(drawLoad('seed-1', options));
    expect(drawLoad('seed-1', options).map(({ atMs }) => atMs)).not.toEqual(drawLoad('seed-2', options).map(({ atMs }) => atMs));
  });

  it('names each order once, and spreads them over all vendors and the whole time', () => {
    const drawn = drawLoad('seed-1', options);
    expect(new Set(drawn.map(({ orderNumber }) => orderNumber)).size).toBe(400);
    expect(new Set(drawn.map(({ vendorId }) => vendorId))).toEqual(new Set(options.vendorIds));
    expect(drawn[0]?.atMs).toBeLessThan(500);
    expect(drawn.at(-1)?.atMs).toBeGreaterThan(4_500);
  });

  it('cancels some, some of them at once, and retries some of the dead letters', () => {
    const cancels = drawLoad('seed-1', options).flatMap(({ cancelAfterMs }) => (cancelAfterMs === null ? [] : [cancelAfterMs]));
    expect(cancels.length).toBeGreaterThan(20);
    expect(cancels.length).toBeLessThan(200);
    expect(cancels.some((ms) => ms <= 50)).toBe(true);
    expect(cancels.some((ms) => ms > 50)).toBe(true);
    expect(new Set(drawLoad('seed-1', options).map(({ retryDeadLetter }) => retryDeadLetter)).size).toBe(2);
  });
});

describe('erpPlan', () => {
  it('is the same for the same seed, and loses replies only where the line is bad', () => {
    expect(erpPlan('seed-1', 'network')).toEqual(erpPlan('seed-1', 'network'));
    expect(erpPlan('seed-1', 'network')).not.toEqual(erpPlan('seed-2', 'network'));
    const kinds = (kind: 'kills' | 'network') => erpPlan('seed-1', kind).map(({ fault }) => fault.kind);
    expect(kinds('network')).toContain('drop_after_creating');
    expect(kinds('kills')).not.toContain('drop_after_creating');
  });
});
