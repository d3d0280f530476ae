import { readFileSync } from 'node:fs';
import path from 'node:path';

/** The version of this agent, from its package. */
export const VERSION: string = (JSON.parse(readFileSync(path.resolve(__dirname, '../package.json'), 'utf8')) as { version: string })
  .version;
