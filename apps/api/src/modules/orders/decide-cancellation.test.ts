import type { OrderJob } from '@repo/shared/database/orders/cancel-order';
import { decideCancellation } from './decide-cancellation';

const create = (status: OrderJob['status'], attemptNo: number): OrderJob => ({
  id: 'create',
  operation: 'create_order',
  sequence: 1,
  status,
  attemptNo,
});
const cancel = (status: OrderJob['status'], sequence = 2): OrderJob => ({
  id: `cancel-${sequence}`,
  operation: 'cancel_order',
  sequence,
  status,
  attemptNo: 1,
});

describe('cancelling an order', () => {
  it.each(['failed', 'cancelled'] as const)('is refused when it is %s', (status) =>
    expect(decideCancellation(status, [create('pending', 0)])).toEqual({ act: 'refuse' }),
  );

  it('does nothing when it is being cancelled', () =>
    expect(decideCancellation('cancelling', [create('completed', 1), cancel('pending')])).toEqual({ act: 'nothing' }));

  it.each(['pending', 'queued'] as const)('ends a %s job of which no try has started', (status) =>
    expect(decideCancellation('pending', [create(status, 0)])).toEqual({ act: 'cancel', jobId: 'create' }),
  );

  it.each([
    ['waits for another try', 'syncing', [create('pending', 1)], 2, true],
    ['is queued for another try', 'syncing', [create('queued', 2)], 2, true],
    ['is being sent', 'syncing', [create('processing', 1)], 2, true],
    ['is with the ERP', 'syncing', [create('awaiting_callback', 1)], 2, true],
    ['is done', 'confirmed', [create('completed', 1)], 2, false],
    ['was cleaned up', 'confirmed', [], 1, false],
    ['is done, after a cancellation that failed and was resolved', 'confirmed', [create('completed', 1), cancel('failed')], 3, false],
    ['was cleaned up, but not the cancellation that was resolved', 'confirmed', [cancel('failed', 4)], 5, false],
  ] as const)('puts a job behind one that %s', (_what, status, jobs, sequence, held) =>
    expect(decideCancellation(status, jobs)).toEqual({ act: 'tell', sequence, held }),
  );
});
