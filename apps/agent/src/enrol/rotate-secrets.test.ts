import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readSecrets, secretsFileOf, trustedSecrets, writeSecrets } from '../config/secrets';
import { rotateSecrets } from './rotate-secrets';

const BEFORE = { token: 'agt_1', outboundToken: 'out_1', signingSecret: 'whsec_1' };
const AFTER = { token: 'agt_2', outboundToken: 'out_2', signingSecret: 'whsec_2' };
const UNTIL = '2026-01-01T00:10:00Z';
const hub = { rotate: () => Promise.resolve({ ...AFTER, previousValidUntil: UNTIL }) };

let folder: string;
beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'agent-rotate-'));
  await writeSecrets(secretsFileOf(folder), BEFORE);
});
afterEach(() => rmSync(folder, { recursive: true }));

it('keeps the new secrets for its owner alone, and trusts calls with the old ones until they end', async () => {
  await rotateSecrets(hub, BEFORE, secretsFileOf(folder));
  const secrets = await readSecrets(secretsFileOf(folder), {});
  expect(secrets).toMatchObject(AFTER);
  expect(statSync(secretsFileOf(folder)).mode & 0o777).toBe(0o600);
  const trustedAt = (time: string) => trustedSecrets(secrets, Date.parse(time)).map(({ outboundToken }) => outboundToken);
  expect(trustedAt('2026-01-01T00:09:59Z')).toEqual(['out_2', 'out_1']);
  expect(trustedAt(UNTIL)).toEqual(['out_2']);
});

it('can be rotated again, and forgets what was before the last time', async () => {
  const once = await rotateSecrets(hub, BEFORE, secretsFileOf(folder));
  await rotateSecrets(hub, once, secretsFileOf(folder));
  expect((await readSecrets(secretsFileOf(folder), {})).previous).toEqual({
    outboundToken: 'out_2',
    signingSecret: 'whsec_2',
    validUntil: UNTIL,
  });
});

it('keeps the secrets of before when the hub refuses', async () => {
  await expect(rotateSecrets({ rotate: () => Promise.reject(new Error('refused')) }, BEFORE, secretsFileOf(folder))).rejects.toThrow(
    'refused',
  );
  expect(await readSecrets(secretsFileOf(folder), {})).toEqual(BEFORE);
  expect(readdirSync(folder)).toEqual(['erp-agent.secrets.json']);
});

it('asks for nothing when the new secrets could not be kept', async () => {
  let asked = 0;
  const counting = { rotate: () => ((asked += 1), hub.rotate()) };
  await expect(rotateSecrets(counting, BEFORE, path.join(folder, 'gone', 'secrets.json'))).rejects.toThrow('ENOENT');
  expect(asked).toBe(0);
});
