import { progressText } from './watch-orders';

it('says how far the orders are', () => {
  const progress = { pending: 12, queued: 3, processing: 4, awaiting_callback: 5, confirmed: 170, failed: 1 };
  expect(progressText(progress)).toBe('confirmed 170 · failed 1 · awaiting callback 5 · processing 4 · queued 3 · pending 12');
});
