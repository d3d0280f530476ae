import fc from 'fast-check';
import { readAgentOverview } from '@repo/shared/database/repositories/agent-overview.repository';
import { mapping, openTestDatabase, parkItem, write, type TestDatabase } from './mapping-fixture';

const CODES = ['unit:BX', 'unit:KG', 'vat:T1', 'vat:a:b', 'family:F1'];
const STATES = ['none', 'active', 'inactive', 'active of another vendor'] as const;

describe('what an agent is told that no mapping is there for', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await openTestDatabase();
  });
  afterAll(() => database.drop());

  const missing = async (vendorId: string) =>
    (await readAgentOverview(database.pool, vendorId)).missingMappings.map(({ mappingType, erpCode }) => `${mappingType}:${erpCode}`);

  it('is not a mapped VAT code beside a unit that is not mapped, though the row was parked when both were missing', async () => {
    await parkItem(database.pool, 'v1', 'A', ['unit:BX', 'vat:T1']);
    expect(await missing('v1')).toEqual(['unit:BX', 'vat:T1']);
    await write(database, 'v1', [mapping('vat', 'T1', 'FR-5.5')]);
    expect(await missing('v1')).toEqual(['unit:BX']);
  });

  it('is what rows wait for, without what has an active mapping of this vendor', async () => {
    let vendors = 0;
    const states = fc.tuple(...CODES.map(() => fc.constantFrom(...STATES)));
    const waits = fc.array(fc.subarray(CODES, { minLength: 1 }), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(states, waits, async (each, rows) => {
        const vendorId = `p${vendors++}`;
        for (const [row, waitsFor] of rows.entries()) await parkItem(database.pool, vendorId, `S${row}`, waitsFor);
        for (const [at, name] of CODES.entries()) {
          const state = each[at];
          if (state === undefined || state === 'none') continue;
          const [type, code] = [name.slice(0, name.indexOf(':')), name.slice(name.indexOf(':') + 1)];
          const values = { ...mapping(type as 'unit' | 'vat' | 'family', code, 'MEANING'), isActive: state !== 'inactive' };
          await write(database, state === 'active of another vendor' ? `${vendorId}-other` : vendorId, [values]);
        }
        const unmapped = CODES.filter((name, at) => each[at] !== 'active' && rows.some((waitsFor) => waitsFor.includes(name)));
        expect((await missing(vendorId)).sort()).toEqual(unmapped.sort());
      }),
      { numRuns: 40 },
    );
  });
});
