import { drawVendors, type VendorsOptions } from './draw-vendors';

const options: VendorsOptions = { kind: 'network', transport: 'mixed', vendors: 40, erps: ['erp-1', 'erp-2'] };

it('draws the same vendors for the same seed, and others for another', () => {
  expect(drawVendors('seed-1', options)).toEqual(drawVendors('seed-1', options));
  expect(drawVendors('seed-1', options)).not.toEqual(drawVendors('seed-2', options));
});

it('gives each ERP half of each sort in a mixed run, from the fourth vendor on', () => {
  const sorts = drawVendors('seed-1', { ...options, vendors: 4 }).map(({ erp, transport }) => `${erp} ${transport}`);
  expect(sorts.sort()).toEqual(['erp-1 pull', 'erp-1 push', 'erp-2 pull', 'erp-2 push']);
});

it.each(['push', 'pull'] as const)('has all of them reached by %s when told so', (transport) => {
  expect(drawVendors('seed-1', { ...options, transport }).every((vendor) => vendor.transport === transport)).toBe(true);
});

it('has some with a clock that is off, some beyond what a signature may be, either way, and some with a standby', () => {
  const vendors = drawVendors('seed-1', options);
  const skews = vendors.map(({ clockSkewMs = 0 }) => clockSkewMs);
  expect([skews.some((ms) => ms > 300_000), skews.some((ms) => ms < -300_000), skews.includes(0)]).toEqual([true, true, true]);
  const machines = vendors.flatMap(({ polling }) => (polling === undefined ? [] : [polling.machines]));
  expect(new Set(machines)).toEqual(new Set([1, 2]));
});

it('cuts polls and has replies come late only where the line is bad', () => {
  const kinds = (kind: 'kills' | 'network') =>
    new Set(
      drawVendors('seed-1', { ...options, kind }).flatMap(({ polling }) =>
        [...(polling?.faults?.replies ?? []), ...(polling?.faults?.polls ?? [])].map(({ fault }) => fault.kind),
      ),
    );
  expect(kinds('network')).toEqual(new Set(['late', 'twice', 'overtaken', 'cut_fetched', 'cut_waiting']));
  expect(kinds('kills')).toEqual(new Set(['twice', 'overtaken']));
});
