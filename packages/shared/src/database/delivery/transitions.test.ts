import type { JobStatus } from '../schema/sync-jobs';
import { fromStates, isAllowed, OPEN_STATES, TRANSITIONS, type Transition } from './transitions';

const STATES: JobStatus[] = ['pending', 'queued', 'processing', 'awaiting_callback', 'completed', 'failed', 'cancelled'];
const NAMES = Object.keys(TRANSITIONS) as Transition[];

/** Every arrow of the diagram, once. */
const ARROWS = `
  awaiting_callback -complete-> completed
  awaiting_callback -fail-> failed
  awaiting_callback -retryLater-> pending
  cancelled -complete-> completed
  failed -complete-> completed
  failed -retryFailed-> pending
  pending -cancel-> cancelled
  pending -complete-> completed
  pending -fail-> failed
  pending -offer-> queued
  pending -retryLater-> pending
  processing -accept-> awaiting_callback
  processing -complete-> completed
  processing -fail-> failed
  processing -retryLater-> pending
  queued -cancel-> cancelled
  queued -claim-> processing
  queued -complete-> completed
  queued -fail-> failed
  queued -putBack-> pending
  queued -retryLater-> pending`;

const arrows = () => NAMES.flatMap((name) => TRANSITIONS[name].from.map((from) => `${from} -${name}-> ${TRANSITIONS[name].to}`)).sort();

describe('the life of a job', () => {
  it('has these ways, and no others', () =>
    expect(arrows()).toEqual(
      ARROWS.trim()
        .split('\n')
        .map((arrow) => arrow.trim()),
    ));

  it('reaches every state from the first one', () => {
    const reached = new Set<JobStatus>(['pending']);
    for (const from of reached) for (const name of NAMES) if (isAllowed(name, from)) reached.add(TRANSITIONS[name].to);
    expect([...reached].sort()).toEqual([...STATES].sort());
  });

  it('can always still come to an end', () => {
    for (const state of OPEN_STATES) {
      expect(NAMES.some((name) => isAllowed(name, state) && !(OPEN_STATES as readonly string[]).includes(TRANSITIONS[name].to))).toBe(true);
    }
  });

  it('ends for good only when it is completed', () =>
    expect(STATES.filter((state) => !NAMES.some((name) => isAllowed(name, state)))).toEqual(['completed']));

  it('has no try begun while one is under way', () =>
    expect(STATES.filter((state) => isAllowed('claim', state) || isAllowed('offer', state))).toEqual(['pending', 'queued']));
});

it('lists states for SQL as quoted words', () => expect(fromStates('cancel')).toBe(`'pending', 'queued'`));
