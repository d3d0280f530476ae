import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import { ConnectorConfig, openConnector } from '../../src/connectors/open-connector';
import { JsonConnector } from './example/json-connector';
import { NEVER, readAll, readKeys } from './support/csv-folder';
import { orderCalled, referenceOf } from './support/orders';

const DOCUMENT = path.resolve(__dirname, '../../../../docs/connectors.md');
const blocks = async (language: string) =>
  [...(await readFile(DOCUMENT, 'utf8')).matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(
    ([, text = '']) => text,
  );

describe('the document about connectors', () => {
  it('shows configurations that are taken as they are', async () => {
    const configurations = (await blocks('yaml'))
      .map((text) => parse(text) as { source?: unknown })
      .filter(({ source }) => source !== undefined);
    expect(configurations.length).toBeGreaterThanOrEqual(4);
    for (const { source } of configurations) {
      expect(ConnectorConfig.safeParse(source).error?.issues).toBeUndefined();
      await openConnector(source, '/').close();
    }
  });

  it('shows the connector that is tested here', async () => {
    const source = await readFile(path.resolve(__dirname, 'example/json-connector.ts'), 'utf8');
    expect(await blocks('ts')).toContain(source);
    expect(source.split('\n').length).toBeLessThanOrEqual(120);
  });
});

describe('the connector of the document', () => {
  let folder: string;
  beforeEach(async () => (folder = await mkdtemp(path.join(tmpdir(), 'json-connector-'))));
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('reads rows and keys, and tells what cannot be read', async () => {
    const connector = new JsonConnector(folder);
    expect(await connector.check(NEVER)).toHaveLength(3);
    await writeFile(path.join(folder, 'items.json'), JSON.stringify([{ sku: 'A1', name: 'a' }, { name: 'b' }]));
    const { records, cursor } = await readAll(connector);
    expect(records).toMatchObject([{ kind: 'row' }, { kind: 'bad', where: 'items.json, row 2' }]);
    expect((await readAll(connector, 'items', cursor)).records).toEqual([]);
    expect(await readKeys(connector)).toEqual({ keys: ['A1'], unreadable: 1 });
    expect(await connector.readRows('items', ['A1'], NEVER)).toHaveLength(1);
  });

  it('writes an order once, and finds it', async () => {
    const connector = new JsonConnector(folder);
    const order = orderCalled();
    const reference = referenceOf(order);
    expect(await connector.findOrder(reference)).toBeUndefined();
    const outcome = { status: 'completed', erpReference: reference.jobId };
    expect(await connector.createOrder(order, reference)).toEqual(outcome);
    expect(await connector.createOrder({ ...order, notes: 'again' }, reference)).toEqual(outcome);
    expect(await connector.findOrder(reference)).toEqual(outcome);
    expect(await connector.cancelOrder()).toMatchObject({ status: 'failed' });
  });
});
