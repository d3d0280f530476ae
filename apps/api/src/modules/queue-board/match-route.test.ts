import { matchRoute } from './match-route';

const ROUTES = ['/queues', '/queues/:queue/:job', '/queues/:queue/workers', '/queues/:queue/:job/logs'].map((pattern) => ({ pattern }));
const match = (path: string) => {
  const found = matchRoute(ROUTES, path);
  return found && [found.route.pattern, found.params];
};

it('finds the route and its parameters', () => {
  expect(match('/queues')).toEqual(['/queues', {}]);
  expect(match('/queues/order-sync/7')).toEqual(['/queues/:queue/:job', { queue: 'order-sync', job: '7' }]);
  expect(match('/queues/order-sync/7/logs')).toEqual(['/queues/:queue/:job/logs', { queue: 'order-sync', job: '7' }]);
});

it('takes what is spelled out before a parameter', () =>
  expect(match('/queues/order-sync/workers')).toEqual(['/queues/:queue/workers', { queue: 'order-sync' }]));

it.each(['', '/', '/queues/', '/queues/order-sync', '/queues//7', '/queues/a/b/logs/', '/other'])('finds none for %j', (path) =>
  expect(match(path)).toBeUndefined(),
);
