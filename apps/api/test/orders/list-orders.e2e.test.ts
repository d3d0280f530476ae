import type { Order } from '@repo/contracts/operations/order-operations';
import { expectProblem } from '../security/security-fixture';
import { line, NOBODY, openShop, type Shop } from './orders-fixture';

let shop: Shop;
const placed: Order[] = [];
beforeAll(async () => {
  shop = await openShop();
  for (let n = 0; n < 7; n++) {
    const lines = Array.from({ length: n + 1 }, (_, i) => line({ quantity: i + 1 }));
    placed.unshift(await shop.placed({ vendorId: n < 5 ? 'mine' : 'other', lines }));
  }
  const cancelled = placed[3]?.id ?? '';
  placed[3] = (await shop.cancel(cancelled)).body as Order;
});
afterAll(() => shop.hub.stop());

const list = async (query: string) => (await shop.call('GET', `/api/orders${query}`)).body as { data: Order[]; meta: object };
const ofMine = () => placed.filter(({ vendorId }) => vendorId === 'mine');

describe('the list of orders', () => {
  it('has all of them with their lines, newest first', async () =>
    expect(await list('')).toEqual({ data: placed, meta: { page: 1, limit: 50, total: 7, totalPages: 1 } }));

  it('is paged', async () => {
    expect(await list('?page=2&limit=3')).toEqual({ data: placed.slice(3, 6), meta: { page: 2, limit: 3, total: 7, totalPages: 3 } });
    expect(await list('?page=4&limit=3')).toEqual({ data: [], meta: { page: 4, limit: 3, total: 7, totalPages: 3 } });
  });

  it('is filtered by vendor and status', async () => {
    expect((await list('?vendorId=mine')).data).toEqual(ofMine());
    expect((await list('?vendorId=mine&erpStatus=pending')).data).toEqual(ofMine().filter(({ erp }) => erp.status === 'pending'));
    expect((await list('?erpStatus=cancelled')).data).toEqual([placed[3]]);
    expect(await list('?vendorId=third')).toEqual({ data: [], meta: { page: 1, limit: 50, total: 0, totalPages: 0 } });
  });

  it.each([
    '?page=0',
    '?limit=101',
    '?limit=0',
    '?page=x',
    '?erpStatus=done',
    '?erpStatus=',
    '?vendorId=',
    '?vendorId=a%00',
    '?status=pending',
  ])('is refused with %s', async (query) => expectProblem(await shop.call('GET', `/api/orders${query}`), 400, 'invalid_request'));
});

describe('one order', () => {
  it('is found by its id alone', async () => {
    for (const order of placed) expect((await shop.find(order.id)).body).toEqual(order);
    expect((await shop.find((placed[0]?.id ?? '').toUpperCase())).body).toEqual(placed[0]);
  });

  it('is not found by an id that none has', async () => expectProblem(await shop.find(NOBODY), 404, 'not_found'));

  it.each(['x', `${NOBODY}0`, '%00', encodeURIComponent('é'.repeat(300))])('is not looked for by %s', async (id) =>
    expectProblem(await shop.find(id), 400, 'invalid_request'),
  );
});
