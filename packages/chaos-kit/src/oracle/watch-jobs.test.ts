import { wentBack } from './watch-jobs';

const job = { id: 'j-1', orderNumber: 'N-1', attemptNo: 2, attemptsSpent: 2, dispatchNo: 3, status: 'pending' };

describe('wentBack', () => {
  it('is content with what grows or stays, and with a job that it sees for the first time', () => {
    expect(wentBack(undefined, job)).toEqual([]);
    expect(wentBack(job, { ...job, attemptNo: 3, status: 'completed' })).toEqual([]);
    expect(wentBack({ ...job, status: 'failed' }, job)).toEqual([]);
  });

  it.each(['attemptNo', 'attemptsSpent', 'dispatchNo'] as const)('sees %s decrease', (name) => {
    expect(wentBack(job, { ...job, [name]: 1 })).toEqual([`order N-1: of its job j-1 ${name} went from ${job[name]} to 1`]);
  });

  it('sees a job that was completed and is open again', () => {
    expect(wentBack({ ...job, status: 'completed' }, job)).toHaveLength(1);
  });
});
