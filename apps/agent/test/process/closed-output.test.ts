import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';

const MAIN = path.resolve(__dirname, '../../dist/main.js');
// Of an agent whose hub is away: what is said of the hub comes last, when nobody reads any more.
const CONFIGURATION = `
hub: { url: "http://127.0.0.1:9" }
vendorId: v1
erpType: Test
source:
  kind: csv
  folder: .
  entities: { items: { files: items.csv, fields: { sku: CODE, name: LIBELLE } } }
`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'closed-output-'));
  writeFileSync(path.join(folder, 'erp-agent.yaml'), CONFIGURATION);
});
afterEach(() => rmSync(folder, { recursive: true }));

it('ends well, and says nothing more, when nobody reads what `erp-agent status` prints', async () => {
  const child = spawn(process.execPath, [MAIN, 'status'], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  // As `head` does, only sooner.
  child.stdout.destroy();
  const [complaints, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  expect({ complaints, code }).toEqual({ complaints: '', code: 0 });
});
