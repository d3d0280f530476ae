import type { CalledOrder } from '@repo/contracts/agent-protocol/calls';
import iconv from 'iconv-lite';
import type { OrderReference } from '../../connector';
import type { Scalar } from '../../mapping/field-rule';
import { textEncoding } from '../text/text-encoding';
import { DECIMAL_FIELDS, orderValue } from './order-columns';
import type { OrderFormat } from './order-config';

/** The bytes of an order's file, or why it cannot be written so. */
export type RenderedOrder = { content: Buffer } | { problem: string };
type CsvOrderFormat = Extract<OrderFormat, { format: 'csv' }>;

const END = '\r\n';
export const extensionOf = ({ format }: OrderFormat): string => `.${format}`;

/** An order as the ERP shall read it. */
export function renderOrder(format: OrderFormat, order: CalledOrder, reference: OrderReference): RenderedOrder {
  if (format.format === 'json') return { content: Buffer.from(`${JSON.stringify({ jobId: reference.jobId, ...order }, null, 2)}\n`) };
  const columns = Object.entries(format.columns);
  const lines = order.lines.map((line) =>
    columns.map(([, column]) => {
      const value = orderValue(column, order, line, reference);
      const decimal = typeof column === 'string' && DECIMAL_FIELDS.has(column) && format.decimal === 'comma';
      return decimal ? String(value).replace('.', ',') : value;
    }),
  );
  return renderTable(format, format.header ? [columns.map(([name]) => name), ...lines] : lines);
}

/** The cancellation of an order: what the ERP needs to find it. */
export function renderCancellation(format: OrderFormat, reference: OrderReference & { erpReference: string | null }): RenderedOrder {
  const { jobId, orderId, orderNumber, erpReference } = reference;
  const content = { cancel: true, jobId, orderId, orderNumber, erpReference };
  if (format.format === 'json') return { content: Buffer.from(`${JSON.stringify(content, null, 2)}\n`) };
  return renderTable(format, format.header ? [Object.keys(content), Object.values(content)] : [Object.values(content)]);
}

function renderTable(format: CsvOrderFormat, rows: readonly (readonly Scalar[])[]): RenderedOrder {
  const text = rows.map((cells) => cells.map((cell) => quoted(cell, format.delimiter)).join(format.delimiter) + END).join('');
  const bytes = iconv.encode(text, format.encoding, { addBOM: format.byteOrderMark });
  const back = textEncoding(format.encoding)?.decode(iconv.encode(text, format.encoding)) ?? text;
  if (format.unknownLetters === 'refuse' && back !== text) {
    const lost = Array.from(text).find((letter) => iconv.decode(iconv.encode(letter, format.encoding), format.encoding) !== letter);
    return {
      problem: `the order has letters that ${format.encoding} cannot write (${lost ?? 'unknown'}): set orders.file.encoding to "utf-8", or orders.file.unknownLetters to "replace"`,
    };
  }
  return { content: bytes };
}

function quoted(cell: Scalar, delimiter: string): string {
  const text = cell === null ? '' : String(cell);
  const plain = !text.includes(delimiter) && !/["\r\n]|^\s|\s$/.test(text);
  return plain ? text : `"${text.replaceAll('"', '""')}"`;
}
