import { readMetrics, valueOf } from './read-metrics';

const TEXT = `# HELP sync_jobs Jobs
# TYPE sync_jobs gauge
sync_jobs{status="pending",operation="create_order"} 7
sync_jobs{status="pending",operation="cancel_order"} 2
sync_jobs{status="queued",operation="create_order"} 1.5e1
hub_leads 1
odd{text="a \\"quoted\\", {braced} one"} +Inf
`;

it('adds up what has the labels, and tells none from zero', () => {
  const samples = readMetrics(TEXT);
  expect(valueOf(samples, 'sync_jobs')).toBe(24);
  expect(valueOf(samples, 'sync_jobs', { status: 'pending' })).toBe(9);
  expect(valueOf(samples, 'sync_jobs', { status: 'pending', operation: 'create_order' })).toBe(7);
  expect(valueOf(samples, 'sync_jobs', { status: 'failed' })).toBeUndefined();
  expect(valueOf(samples, 'hub_leads')).toBe(1);
  expect(samples.at(-1)).toEqual({ name: 'odd', labels: { text: 'a \\"quoted\\", {braced} one' }, value: NaN });
});
