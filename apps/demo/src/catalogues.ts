import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Catalogue } from '@repo/sample-data/catalogue';
import { generateCatalogue } from '@repo/sample-data/generate-catalogue';
import { readCatalogue, type FileCatalogue } from '@repo/sample-data/read-catalogue';
import { messageOf } from '@repo/terminal/failure';
import type { DemoOptions } from './arguments';
import { DemoFailure } from './failures';

const SEED = 42;
const WAREHOUSES = 9;
const HOUR_MS = 3_600_000;

/** The catalogues to push, one a vendor. */
export interface Catalogues {
  /** Where they come from, in words. */
  source: string;
  list: Catalogue[];
  /** The folder of files that they were read from; null when they are generated. */
  folder: string | null;
  /** The one that `erp-agent` reads from that folder, too. */
  forAgent: FileCatalogue | null;
  /** The generator makes no bad rows and none twice: every one of them has to be stored. */
  flawless: boolean;
}

/** The generated catalogue, or those in the folder of files that was named. */
export async function chooseCatalogues(options: Pick<DemoOptions, 'data' | 'rows'>): Promise<Catalogues> {
  if (options.data !== null) return readFolder(options.data);
  // An hour ago, so that the show has room for older and newer rows.
  const at = new Date(Date.now() - HOUR_MS);
  const catalogue = generateCatalogue({ seed: SEED, at, items: options.rows, warehouses: WAREHOUSES });
  return { source: 'a generated French food wholesaler', list: [catalogue], folder: null, forAgent: null, flawless: true };
}

async function readFolder(typed: string): Promise<Catalogues> {
  const folder = whereTyped(typed);
  try {
    const list = await readCatalogue(folder);
    return { source: `the CSV files in ${typed}`, list, folder, forAgent: mostOf(list), flawless: false };
  } catch (error) {
    throw new DemoFailure(`--data ${typed}: ${messageOf(error)}`, { cause: error });
  }
}

/** With stock, where one has any: the more there is to show. */
function mostOf(list: readonly FileCatalogue[]): FileCatalogue | null {
  return list.find(({ mapping }) => (mapping.stock ?? []).length > 0) ?? list[0] ?? null;
}

/** npm runs scripts in the project's root; what was typed is meant from where it was typed. */
function whereTyped(folder: string): string {
  const typedIn = process.env['INIT_CWD'];
  const fromThere = typedIn === undefined ? folder : path.resolve(typedIn, folder);
  return existsSync(fromThere) ? fromThere : path.resolve(folder);
}
