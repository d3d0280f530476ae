import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { startHub, type Hub } from '../support/hub';

const RULES = path.resolve(__dirname, '../../../../deploy/observability/alerts.yml');

let hub: Hub;
beforeAll(async () => {
  hub = await startHub();
});
afterAll(() => hub.stop());

/** Of Prometheus' own tool (package `prometheus` of Debian): its exit code and words. */
function promtool(args: string[], input?: string): { status: number | null; output: string } {
  const { status, stdout, stderr, error } = spawnSync('promtool', args, { input, encoding: 'utf8' });
  if (error !== undefined) throw new Error('promtool is not installed: it is in Debian’s package prometheus', { cause: error });
  return { status, output: stdout + stderr };
}

it('reads what /metrics says, and has nothing to object to', async () => {
  await hub.request('GET', '/health');
  const { body } = await hub.request('GET', '/metrics');
  // The names of Node's own metrics are the library's, and it objects to some of them.
  const complaints = promtool(['check', 'metrics'], body as string)
    .output.split('\n')
    .filter((line) => /^(http|sync|bullmq|db)_|error/i.test(line));
  expect(complaints).toEqual([]);
});

it('takes the rules', () => {
  expect(promtool(['check', 'rules', RULES])).toMatchObject({ status: 0 });
});
