import { judgeRows } from './judge-rows';

const NOW = Date.parse('2026-03-01T12:00:00Z') * 1000;
const item = (sku: unknown, more: Record<string, unknown> = {}) => ({
  sku,
  name: 'Beurre doux',
  contentHash: 'h1',
  lastSyncedAt: '2026-03-01T10:00:00Z',
  erpUnitCode: 'PCE',
  erpVatCode: 'T1',
  ...more,
});
const judge = (rows: unknown[], needsLook = true) => judgeRows('items', rows, NOW, needsLook);
const reasons = (rows: unknown[]) =>
  judge(rows).verdicts.map((verdict) => (verdict === undefined || verdict.status === 'processed' ? 'open' : verdict.reason));

describe('judging a batch', () => {
  it('lets a bad row fail alone and names the field', () => {
    const { verdicts, winners } = judge([item('A'), item('B', { unitPrice: '12,50' }), item('C')]);
    expect(verdicts[1]).toMatchObject({ index: 1, key: 'B', status: 'failed', reason: 'invalid' });
    expect(verdicts[1]).toMatchObject({ detail: expect.stringContaining('unitPrice') as string });
    expect(winners.map(({ key }) => key)).toEqual(['A', 'C']);
  });

  it('gives no key to a row that has none', () => {
    expect(judge([item(undefined), 7, null, [], 'text']).verdicts.map((verdict) => verdict?.key)).toEqual([null, null, null, null, null]);
  });

  it('refuses unknown properties, and those that could reach a prototype', () => {
    expect(reasons([item('A', { colour: 'red' })])).toEqual(['invalid']);
    const raw = JSON.parse(JSON.stringify(item('C')).replace('{', '{"__proto__":{"x":1},')) as unknown;
    expect(reasons([raw, item('D', { attributes: JSON.parse('{"a":{"constructor":1}}') })])).toEqual(['invalid', 'invalid']);
  });

  it('refuses NUL and halves of surrogate pairs anywhere, but keeps every other text as it is', () => {
    expect(reasons([item('A\0'), item('B', { name: 'x\ud83d' }), item('C', { attributes: { note: '\udc00' } })])).toEqual([
      'invalid',
      'invalid',
      'invalid',
    ]);
    expect(judge([item('dupx '), item('DUPX'), item('dupx'), item('🧀-001')]).winners.map(({ key }) => key)).toEqual([
      'dupx ',
      'DUPX',
      'dupx',
      '🧀-001',
    ]);
  });

  it('refuses what is more than 5 minutes ahead, to the microsecond', () => {
    expect(
      reasons([item('A', { lastSyncedAt: '2026-03-01T12:05:00.000000Z' }), item('B', { lastSyncedAt: '2026-03-01T12:05:00.000001Z' })]),
    ).toEqual(['open', 'future_timestamp']);
  });

  it('lets the newest row of a key win, then the last; invalid and future rows supersede nothing', () => {
    const rows = [
      item('A', { lastSyncedAt: '2026-03-01T10:00:01Z', contentHash: 'newest' }),
      item('A', { lastSyncedAt: '2026-03-01T10:00:00Z' }),
      item('A', { lastSyncedAt: '2027-03-01T10:00:00Z' }),
      item('A', { lastSyncedAt: '2026-03-01T11:59:00Z', name: '' }),
      item('B', { contentHash: 'first' }),
      item('B', { contentHash: 'last' }),
    ];
    expect(reasons(rows)).toEqual(['open', 'superseded', 'future_timestamp', 'invalid', 'superseded', 'open']);
    expect(judge(rows).winners.map(({ row }) => row.contentHash)).toEqual(['newest', 'last']);
  });

  it('compares times across offsets', () => {
    const rows = [
      item('A', { lastSyncedAt: '2026-03-01T10:00:00+02:00', contentHash: 'older' }),
      item('A', { lastSyncedAt: '2026-03-01T09:00:00Z', contentHash: 'newer' }),
    ];
    expect(judge(rows.reverse()).winners[0]?.row.contentHash).toBe('newer');
  });

  it('joins warehouse and SKU to the key of stock, and lets neither hold the separator', () => {
    const stock = (sku: string, erpWarehouseId: string) => ({
      sku,
      erpWarehouseId,
      realStock: '-1',
      virtualStock: 0,
      reservedQuantity: '0',
      contentHash: 'h',
      lastSyncedAt: '2026-03-01T10:00:00Z',
    });
    const { verdicts, winners } = judgeRows('stock', [stock('A', 'W1'), stock('A\u001f', 'W1')], NOW, true);
    expect(winners[0]?.key).toBe('W1\u001fA');
    expect(verdicts[1]).toMatchObject({ reason: 'invalid' });
  });
});
