import { createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { generateCatalogue } from '@repo/sample-data/generate-catalogue';

const COLUMNS = ['sku', 'name', 'description', 'barcode', 'erpUnitCode', 'erpVatCode', 'erpFamilyCode', 'priceExclVat', 'brand'] as const;
const FIELDS = COLUMNS.map(
  (name) => `        ${name}: ${name === 'priceExclVat' ? '{ column: priceExclVat, number: { decimal: comma } }' : name}`,
);

/** What the agent has to know of the file, as its configuration has it. */
export const articleSource = (folder: string) => `source:
  kind: csv
  folder: "${folder}"
  settleSeconds: 0.1
  entities:
    items:
      files: ARTICLES.csv
      fields:
${FIELDS.join('\n')}`;

/** Writes a file of invented articles as an ERP exports them: Windows line ends, semicolons, comma decimals. Gives its bytes. */
export async function writeArticles(file: string, items: number): Promise<number> {
  const catalogue = generateCatalogue({ seed: 1, items, at: new Date('2026-01-01T00:00:00Z') });
  function* lines() {
    yield `${COLUMNS.join(';')}\r\n`;
    let block = '';
    for (const item of catalogue.items()) {
      block += `${COLUMNS.map((name) => cellOf(name, item[name])).join(';')}\r\n`;
      if (block.length < 65_536) continue;
      yield block;
      block = '';
    }
    yield block;
  }
  await pipeline(Readable.from(lines()), createWriteStream(file));
  return (await stat(file)).size;
}

function cellOf(name: string, value: string | null | undefined): string {
  const text = value ?? '';
  if (name === 'priceExclVat') return text.replace('.', ',');
  return /[;"\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
