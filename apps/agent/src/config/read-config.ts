import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { formatPath } from '@repo/contracts/problem';
import { LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { AgentConfig } from './agent-config';

/** The configuration as it was read, and the folder that its paths are relative to. */
export interface ReadConfig {
  config: AgentConfig;
  file: string;
  folder: string;
}

/** What is wrong with the configuration, in lines that say where and what to do. */
export class ConfigError extends Error {
  constructor(
    readonly file: string,
    readonly problems: readonly string[],
    options?: ErrorOptions,
  ) {
    super(`${file}:\n${problems.map((problem) => `  ${problem}`).join('\n')}`, options);
    this.name = 'ConfigError';
  }
}

/** @throws ConfigError naming each setting that is wrong with its line, or that the file cannot be read */
export async function readConfig(file: string): Promise<ReadConfig> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    const problem =
      error.code === 'ENOENT' ? 'there is no such file: `erp-agent init` writes one' : `cannot be read (${error.code ?? error.message})`;
    throw new ConfigError(file, [problem], { cause: error });
  });
  return { config: parseConfig(text, file), file: path.resolve(file), folder: path.dirname(path.resolve(file)) };
}

/** Reads the text of a configuration; `file` is for the messages. */
export function parseConfig(text: string, file: string): AgentConfig {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  const [fault] = document.errors;
  if (fault !== undefined) {
    const { line } = lines.linePos(fault.pos[0]);
    throw new ConfigError(file, [`line ${line}: this is not YAML: ${fault.message.split('\n')[0]?.replace(/ at line.*$/, '') ?? ''}`]);
  }
  const checked = AgentConfig.safeParse(document.toJS() as unknown);
  if (checked.success) return checked.data;
  const lineOf = (issue: z.core.$ZodIssue): string => {
    for (let depth = issue.path.length; depth > 0; depth--) {
      const node = document.getIn(issue.path.slice(0, depth), true) as { range?: [number, number, number] } | undefined;
      if (node?.range) return `line ${lines.linePos(node.range[0]).line}: `;
    }
    return '';
  };
  throw new ConfigError(
    file,
    checked.error.issues.map((issue) => `${lineOf(issue)}${inWords(issue)}`),
  );
}

function inWords(issue: z.core.$ZodIssue): string {
  const where = formatPath(issue.path);
  if (issue.code === 'unrecognized_keys') {
    return `${where === '' ? 'the file' : where}: there is no setting ${issue.keys.map((key) => `"${key}"`).join(', ')}`;
  }
  return `${where}: ${issue.message}`;
}
