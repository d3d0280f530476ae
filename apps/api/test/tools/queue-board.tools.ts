import { Queue } from 'bullmq';
import { chromium, type Browser, type Page } from 'playwright-core';
import { programPath } from './program-path';
import { startHub, type Hub } from '../support/hub';

const LIMIT_MS = 20_000;

let hub: Hub;
let queue: Queue;
let browser: Browser;
let page: Page;
/** What the browser complained about, and where it wanted to go besides the hub. */
const complaints: string[] = [];
beforeAll(async () => {
  const executablePath = programPath('chromium', 'Debian’s package chromium');
  hub = await startHub({ env: { ROLE: 'api' } });
  queue = new Queue('order-sync', { connection: { url: hub.redisUrl }, prefix: '{sync}' });
  await queue.add('order-sync', { vendorId: 'vendor-in-the-queue', jobId: 'j', orderId: 'o', dispatchNo: 1 }, { jobId: 'shown-1' });
  // Not as root is its sandbox for; what it loads is the hub's own.
  browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  page = await browser.newPage();
  page.setDefaultTimeout(LIMIT_MS);
  page.on('console', (message) => void (message.type() === 'error' && complaints.push(message.text())));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => void (request.url().startsWith(hub.baseUrl) || complaints.push(`asked for ${request.url()}`)));
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await queue?.close();
  await hub?.stop();
});

const pathOf = () => new URL(page.url()).pathname;

/** Fills the form in and sends it. */
async function signIn(key: string): Promise<void> {
  await page.getByLabel('Admin key').fill(key);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

it('asks who is there, refuses a wrong key, and shows the queues and a job to an admin', async () => {
  await page.goto(`${hub.baseUrl}/admin/queues`);
  expect(pathOf()).toBe('/admin/queues/sign-in');
  await signIn('not-the-key');
  await page.getByRole('alert').getByText('This key is not valid.').waitFor();
  // The refusal itself is a complaint of the browser.
  expect(complaints.splice(0)).toEqual([expect.stringContaining('401')]);
  await signIn(hub.apiSecret);
  await page.waitForURL('**/admin/queues/');
  await page.goto(`${hub.baseUrl}/admin/queues/queue/order-sync/shown-1`);
  await page.getByText('vendor-in-the-queue').first().waitFor();
  expect(complaints).toEqual([]);
}, 60_000);

it('keeps the session from scripts, other sites and other paths', async () => {
  expect(await page.evaluate('document.cookie')).toBe('');
  const [cookie] = await page.context().cookies(`${hub.baseUrl}/admin/queues/`);
  expect(cookie).toMatchObject({ name: 'hub_queue_board', httpOnly: true, sameSite: 'Strict', path: '/admin/queues' });
  expect(await page.context().cookies(`${hub.baseUrl}/api/admin/agents`)).toEqual([]);
});

it('offers nothing that would change a queue', async () => {
  await page.goto(`${hub.baseUrl}/admin/queues/queue/order-sync?status=waiting`);
  await page.getByText('shown-1').first().waitFor();
  const labels = (await page.getByRole('button').allInnerTexts()).join('\n');
  expect(labels).not.toMatch(/pause|empty|obliterate|retry|promote|clean|add job|duplicate/i);
});

it('signs out, after which there is nothing to see', async () => {
  await page.goto(`${hub.baseUrl}/admin/queues/sign-out`);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.waitForURL('**/sign-in');
  await page.goto(`${hub.baseUrl}/admin/queues/queue/order-sync`);
  expect(pathOf()).toBe('/admin/queues/sign-in');
});
