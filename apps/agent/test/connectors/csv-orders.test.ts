import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { CalledOrder } from '@repo/contracts/agent-protocol/calls';
import fc from 'fast-check';
import iconv from 'iconv-lite';
import type { Connector, OrderReference } from '../../src/connectors/connector';
import { orderFileName } from '../../src/connectors/csv/orders/file-name';
import { SentJournal } from '../../src/connectors/csv/orders/sent-journal';
import { writeTemporary } from '../../src/connectors/csv/orders/write-file';
import { CsvFolder, ITEM_FIELDS, NEVER } from './support/csv-folder';
import { orderCalled, referenceOf } from './support/orders';

let folder: CsvFolder;
beforeEach(async () => {
  folder = await CsvFolder.create();
  for (const name of ['out', 'in', 'done', 'failed']) await mkdir(folder.at(name));
});
afterEach(() => folder.remove());

const connect = (orders: Record<string, unknown> = {}, more = {}) =>
  folder.connect({ items: { files: 'a.csv', fields: ITEM_FIELDS } }, { orders: { folder: 'out', ...orders }, ...more });
const outbox = async () => (await readdir(folder.at('out'))).filter((name) => !name.startsWith('.'));
const nothingHalf = async () => expect((await readdir(folder.at('out'))).filter((name) => name.endsWith('.tmp'))).toEqual([]);

async function written(connector: Connector, order: CalledOrder, reference = referenceOf(order)) {
  const outcome = await connector.createOrder(order, reference, NEVER);
  return { outcome, reference, file: `${orderFileName(reference)}.csv` };
}

describe('an order', () => {
  it('becomes a file with a line for each of its lines', async () => {
    const order = orderCalled({ orderNumber: 'SO-1', notes: 'say "hi"; thanks' });
    const { outcome, file, reference } = await written(connect(), order);
    expect(outcome).toEqual({ status: 'completed', erpReference: null });
    expect(await outbox()).toEqual([file]);
    const [header, first, second, end] = (await readFile(folder.at('out', file), 'utf8')).split('\r\n');
    expect(header).toMatch(/^jobId;id;orderNumber;customerId;erpCustomerCode;.*;line\.lineNo;line\.sku;/);
    expect(first).toContain(`${reference.jobId};${order.id};SO-1;`);
    expect(first).toContain(';"say ""hi""; thanks";');
    expect(first).toMatch(/;1;A1;Pain;2\.5;/);
    expect(second).toMatch(/;2;A2;;1;/);
    expect(end).toBe('');
  });

  it('has the columns, numbers and letters that the ERP wants', async () => {
    const columns = {
      NUM: 'orderNumber',
      TYPE: { constant: 'CC' },
      ART: 'line.sku',
      LIB: 'line.description',
      QTE: 'line.quantity',
      VILLE: 'shippingAddress.city',
      X: 'shippingAddress.none',
    };
    const format = { format: 'csv', delimiter: 'tab', decimal: 'comma', encoding: 'windows-1252', columns };
    const { file } = await written(connect({ file: format }), orderCalled({ shippingAddress: { city: 'Orléans' } }));
    expect(iconv.decode(await readFile(folder.at('out', file)), 'windows-1252')).toBe(
      'NUM\tTYPE\tART\tLIB\tQTE\tVILLE\tX\r\nSO-1\tCC\tA1\tPain\t2,5\tOrléans\t\r\nSO-1\tCC\tA2\t\t1\tOrléans\t\r\n',
    );
  });

  it('is refused when the encoding lacks its letters, unless they may be replaced', async () => {
    const order = orderCalled({ notes: 'Łódź' });
    const format = { format: 'csv', encoding: 'windows-1252' };
    const { outcome } = await written(connect({ file: format }), order);
    expect(outcome).toMatchObject({
      status: 'failed',
      retryable: false,
      error: expect.stringContaining('(Ł): set orders.file.encoding') as string,
    });
    expect(await outbox()).toEqual([]);
    await written(connect({ file: { ...format, unknownLetters: 'replace' } }), order);
    expect(await outbox()).toHaveLength(1);
  });

  it('may be JSON', async () => {
    const order = orderCalled();
    const reference = referenceOf(order);
    await connect({ file: { format: 'json' } }).createOrder(order, reference, NEVER);
    const text = await readFile(folder.at('out', `${orderFileName(reference)}.json`), 'utf8');
    expect(JSON.parse(text)).toEqual({ jobId: reference.jobId, ...order });
  });

  it('that is sent twice is one file, also when the ERP has taken the first', async () => {
    const order = orderCalled();
    const { file, reference } = await written(connect(), order);
    await written(connect(), order, reference);
    expect(await outbox()).toEqual([file]);
    await rm(folder.at('out', file));
    expect(await connect().findOrder(reference, NEVER)).toEqual({ status: 'completed', erpReference: null });
    await written(connect(), order, reference);
    expect(await outbox()).toEqual([]);
  });

  it('that was never sent is not there', async () => {
    expect(await connect().findOrder(referenceOf(orderCalled()), NEVER)).toBeUndefined();
  });

  it('cannot lead out of the folder, whatever its number', async () => {
    const numbers = ['../../etc/passwd', 'CON', 'nul.csv', 'a/b\\c:d*e?f"g<h>i|j', '.', '', ' ', 'x'.repeat(500), '\u0000\n', 'é', '-rf'];
    for (const orderNumber of numbers) await written(connect(), orderCalled({ orderNumber }));
    expect(await outbox()).toHaveLength(numbers.length);
    expect((await readdir(folder.path)).sort()).toEqual(['done', 'failed', 'in', 'out']);
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.oneof(fc.uuid(), fc.string()), (orderNumber, jobId) => {
        const name = orderFileName({ orderNumber, jobId });
        expect(name).toMatch(/^order-[A-Za-z0-9_-]{1,130}$/);
        expect(path.basename(name)).toBe(name);
      }),
    );
  });

  it('of another number or job has another name, and the same of the same', () => {
    const [a, b] = [randomUUID(), randomUUID()];
    const name = (orderNumber: string, jobId: string) => orderFileName({ orderNumber, jobId });
    expect(name('SO/1', a)).toBe(name('SO/1', a.toUpperCase()));
    expect(new Set([name('SO/1', a), name('SO/1', b), name('SO-1', a)]).size).toBe(3);
  });
});

describe('an order that was cut off', () => {
  it.each(['before it was noted', 'before it had its name'])('%s was not handed over, and is written whole the next time', async (when) => {
    const order = orderCalled();
    const reference = referenceOf(order);
    const file = `${orderFileName(reference)}.csv`;
    // What a process leaves that ends between two steps.
    await writeTemporary(folder.at('out'), file, Buffer.from('half of it'));
    if (when === 'before it had its name') {
      await new SentJournal(folder.at('out', '.sent')).note({
        jobId: reference.jobId,
        orderId: reference.orderId,
        operation: 'create',
        file,
      });
    }
    const connector = connect();
    expect(await outbox()).toEqual([]);
    expect(await connector.findOrder(reference, NEVER)).toBeUndefined();
    await connector.createOrder(order, reference, NEVER);
    expect(await readFile(folder.at('out', file), 'utf8')).toContain('SO-1');
    await nothingHalf();
  });
});

describe('an order that the ERP acknowledges by a file', () => {
  const perOrder = { kind: 'file', folder: 'in', pattern: '{name}.ack', referenceColumn: 'ref', errorColumn: 'error' };
  const settled = async (name: string, content: string | Buffer) => {
    await writeFile(folder.at('in', name), content);
    await folder.age(path.join('in', name));
  };

  it('is accepted until then, also when its file was taken', async () => {
    const connector = connect({ acknowledgement: perOrder });
    const { outcome, file, reference } = await written(connector, orderCalled());
    expect(outcome).toEqual({ status: 'accepted' });
    await rm(folder.at('out', file));
    expect(await connector.findOrder(reference, NEVER)).toEqual({ status: 'accepted' });
    await settled(file.replace('.csv', '.ack'), iconv.encode('ref;error\r\nBC-Général-7;\r\n', 'windows-1252'));
    expect(await connector.findOrder(reference, NEVER)).toEqual({ status: 'completed', erpReference: 'BC-Général-7' });
  });

  it('fails with what the ERP says', async () => {
    const connector = connect({ acknowledgement: perOrder });
    const { file, reference } = await written(connector, orderCalled());
    await settled(file.replace('.csv', '.ack'), 'ref;error\n;client bloqué\n');
    expect(await connector.findOrder(reference, NEVER)).toEqual({ status: 'failed', error: 'client bloqué', retryable: false });
  });

  it('is not done by half of a file', async () => {
    const connector = connect({ acknowledgement: perOrder }, { settleSeconds: 5 });
    const { file, reference } = await written(connector, orderCalled());
    await writeFile(folder.at('in', file.replace('.csv', '.ack')), 'ref;error\nBC-;\n');
    expect(await connector.findOrder(reference, NEVER)).toEqual({ status: 'accepted' });
  });

  it('is found in files of many orders, by its number or its job; the last word counts', async () => {
    const many = { kind: 'file', folder: 'in', pattern: 'ack*.csv', orderColumn: 'num', referenceColumn: 'ref', errorColumn: 'err' };
    const connector = connect({ acknowledgement: many });
    const [a, b] = [
      await written(connector, orderCalled({ orderNumber: 'SO-1' })),
      await written(connector, orderCalled({ orderNumber: 'SO-2' })),
    ];
    await settled('ack2.csv', 'num;ref;err\nSO-1;;stock\nSO-9;R9;\n');
    expect(await connector.findOrder(a.reference, NEVER)).toMatchObject({ status: 'failed', error: 'stock' });
    await settled('ack1.csv', 'num;ref;err\nSO-1;R1;\n');
    await folder.age(path.join('in', 'ack1.csv'), 60);
    expect(await connector.findOrder(a.reference, NEVER)).toEqual({ status: 'completed', erpReference: 'R1' });
    expect(await connector.findOrder(b.reference, NEVER)).toEqual({ status: 'accepted' });
    const byJob = connect({ acknowledgement: { kind: 'file', folder: 'in', pattern: 'jobs.csv', jobColumn: 'job' } });
    await settled('jobs.csv', `job\n${b.reference.jobId.toUpperCase()}\n`);
    expect(await byJob.findOrder(b.reference, NEVER)).toEqual({ status: 'completed', erpReference: null });
  });

  it('is told when the file lacks a column', async () => {
    const connector = connect({ acknowledgement: perOrder });
    const { file, reference } = await written(connector, orderCalled());
    await settled(file.replace('.csv', '.ack'), 'reference;error\nBC;\n');
    await expect(connector.findOrder(reference, NEVER)).rejects.toThrow('column `ref` not found: there is `reference`');
  });
});

describe('an order whose file the ERP moves', () => {
  const acknowledgement = { kind: 'directory', done: 'done', failed: 'failed' };
  const moved = async (to: string) => {
    const connector = connect({ acknowledgement });
    const { file, reference } = await written(connector, orderCalled());
    await rename(folder.at('out', file), folder.at(to, file));
    return { connector, file, reference };
  };

  it('is completed when it is among those that are done', async () => {
    const { connector, reference } = await moved('done');
    expect(await connector.findOrder(reference, NEVER)).toEqual({ status: 'completed', erpReference: null });
  });

  it('fails when it is among those that failed, with the error that lies beside it', async () => {
    const { connector, file, reference } = await moved('failed');
    expect(await connector.findOrder(reference, NEVER)).toMatchObject({
      status: 'failed',
      error: expect.stringContaining('without saying why') as string,
    });
    await writeFile(folder.at('failed', file.replace('.csv', '.err')), iconv.encode('Article inconnu: é\r\n', 'windows-1252'));
    expect(await connector.findOrder(reference, NEVER)).toEqual({ status: 'failed', error: 'Article inconnu: é', retryable: false });
  });
});

describe('the cancellation of an order', () => {
  const cancellation = (of: OrderReference, erpReference: string | null = null) => ({ ...of, jobId: randomUUID(), erpReference });

  it('takes back the file that the ERP has not taken', async () => {
    const connector = connect();
    const { reference, file } = await written(connector, orderCalled());
    const cancel = cancellation(reference);
    expect(await connector.cancelOrder(cancel, NEVER)).toEqual({ status: 'completed', erpReference: null });
    expect(await outbox()).toEqual([]);
    expect(await connector.findOrder(cancel, NEVER)).toEqual({ status: 'completed', erpReference: null });
    expect(await connector.findOrder(reference, NEVER)).toMatchObject({
      status: 'failed',
      error: expect.stringContaining('cancelled') as string,
    });
    expect(await connector.createOrder(orderCalled(), reference, NEVER)).toMatchObject({ status: 'failed' });
    expect(await readdir(folder.at('out', '.sent', 'cancelled'))).toEqual([file]);
  });

  it('fails for good, and says why, when the file was taken', async () => {
    const connector = connect();
    const { reference, file } = await written(connector, orderCalled());
    await rm(folder.at('out', file));
    expect(await connector.cancelOrder(cancellation(reference), NEVER)).toMatchObject({
      status: 'failed',
      retryable: false,
      error: expect.stringContaining('the ERP has taken the file of the order already') as string,
    });
  });

  it('becomes a file of its own when that is configured', async () => {
    const connector = connect({ cancel: 'file' });
    const { reference, file } = await written(connector, orderCalled());
    await rm(folder.at('out', file));
    const cancel = cancellation(reference, 'BC-7');
    expect(await connector.cancelOrder(cancel, NEVER)).toEqual({ status: 'completed', erpReference: null });
    const [name = ''] = await outbox();
    expect(name).toBe(`${orderFileName(cancel)}.cancel.csv`);
    expect(await readFile(folder.at('out', name), 'utf8')).toBe(
      `cancel;jobId;orderId;orderNumber;erpReference\r\ntrue;${cancel.jobId};${cancel.orderId};SO-1;BC-7\r\n`,
    );
    await connector.cancelOrder(cancel, NEVER);
    expect(await outbox()).toEqual([name]);
  });

  it('is done when there is no such order, or when the ERP has refused it', async () => {
    const connector = connect({ acknowledgement: { kind: 'directory', done: 'done', failed: 'failed' } });
    expect(await connector.cancelOrder(cancellation(referenceOf(orderCalled())), NEVER)).toMatchObject({ status: 'completed' });
    const { reference, file } = await written(connector, orderCalled());
    await rename(folder.at('out', file), folder.at('failed', file));
    expect(await connector.cancelOrder(cancellation(reference), NEVER)).toMatchObject({ status: 'completed' });
  });

  it('of an order that was cut off leaves nothing that could be handed over later', async () => {
    const order = orderCalled();
    const reference = referenceOf(order);
    const file = `${orderFileName(reference)}.csv`;
    await writeTemporary(folder.at('out'), file, Buffer.from('half'));
    await new SentJournal(folder.at('out', '.sent')).note({
      jobId: reference.jobId,
      orderId: reference.orderId,
      operation: 'create',
      file,
    });
    const connector = connect();
    expect(await connector.cancelOrder(cancellation(reference), NEVER)).toMatchObject({ status: 'completed' });
    expect(await connector.createOrder(order, reference, NEVER)).toMatchObject({ status: 'failed' });
    expect(await outbox()).toEqual([]);
    await nothingHalf();
  });
});

it('an order for a folder that is away may succeed later', async () => {
  const order = orderCalled();
  await rm(folder.at('out'), { recursive: true });
  await expect(connect().createOrder(order, referenceOf(order), NEVER)).rejects.toMatchObject({ name: 'SourceError', transient: true });
  await expect(connect().findOrder(referenceOf(order), NEVER)).rejects.toMatchObject({ transient: true });
  expect(await readdir(folder.path)).not.toContain('out');
});

it('a source without a folder for orders takes none', async () => {
  const connector = folder.items();
  const order = orderCalled();
  expect(await connector.createOrder(order, referenceOf(order), NEVER)).toMatchObject({ status: 'failed', retryable: false });
});
