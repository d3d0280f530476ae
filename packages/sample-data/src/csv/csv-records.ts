import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { pipeline, Readable } from 'node:stream';
import { parse } from 'csv-parse';
import { messageOf } from './message-of';

export interface CsvFormat {
  delimiter: string;
  encoding: string;
}

/**
 * The records of a CSV file (RFC 4180) one after the other, the header line first. Cells are not trimmed. A record with more or fewer
 * cells than the header, or bytes that are not of the encoding, end the pass: from there on values would land in the wrong field.
 */
export async function* csvRecords(file: string, { delimiter, encoding }: CsvFormat): AsyncGenerator<string[], void, undefined> {
  const parser = parse({ delimiter, record_delimiter: ['\r\n', '\n'], skip_empty_lines: true });
  // The parser is destroyed with the source's error and gives it to whoever iterates, so there is nothing left to do here.
  pipeline(Readable.from(decoded(file, encoding)), parser, () => {});
  try {
    for await (const record of parser) yield record as string[];
  } catch (cause) {
    throw new Error(`cannot read ${basename(file)} as ${encoding} CSV: ${messageOf(cause)}`, {
      cause,
    });
  }
}

async function* decoded(file: string, encoding: string): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  for await (const chunk of createReadStream(file)) yield decoder.decode(chunk as Buffer, { stream: true });
  yield decoder.decode();
}

/** The header line; empty for an empty file. */
export async function csvHeader(file: string, format: CsvFormat): Promise<string[]> {
  for await (const record of csvRecords(file, format)) return record;
  return [];
}
