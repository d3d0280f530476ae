import { chmodSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readSecrets, secretsFileOf, writeSecrets } from './secrets';

const SECRETS = { token: 'agt_1', outboundToken: 'out_1', signingSecret: 'whsec_1' };
let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'agent-secrets-'));
  file = secretsFileOf(folder);
});
afterEach(() => rmSync(folder, { recursive: true }));

it('are for their owner alone, and nothing else is left in the folder', async () => {
  await writeSecrets(file, SECRETS);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(['erp-agent.secrets.json']);
  expect(await readSecrets(file, {})).toEqual(SECRETS);
});

it('are refused when others may read them, with what to do', async () => {
  await writeSecrets(file, SECRETS);
  chmodSync(file, 0o640);
  await expect(readSecrets(file, {})).rejects.toThrow(`chmod 600 ${file}`);
});

it('come from the environment when all are there', async () => {
  const env = { ERP_AGENT_TOKEN: 'a', ERP_AGENT_OUTBOUND_TOKEN: 'b', ERP_AGENT_SIGNING_SECRET: 'c' };
  expect(await readSecrets(file, env)).toEqual({ token: 'a', outboundToken: 'b', signingSecret: 'c' });
  await expect(readSecrets(file, { ERP_AGENT_TOKEN: 'a' })).rejects.toThrow('erp-agent init');
});

it('are not shown when the file is damaged', async () => {
  writeFileSync(file, '{"token":"agt_very_secret"', { mode: 0o600 });
  const failure = await readSecrets(file, {}).catch((error: unknown) => error as Error);
  expect(JSON.stringify(failure, Object.getOwnPropertyNames(failure))).not.toContain('very_secret');
  expect(readFileSync(file, 'utf8')).toContain('very_secret');
});
