import path from 'node:path';
import { formatPath } from '@repo/contracts/problem';
import { z } from 'zod';
import type { Connector } from './connector';
import { CsvConfig } from './csv/csv-config';
import { CsvConnector } from './csv/csv-connector';
import { SqlConfig } from './sql/sql-config';
import { SqlConnector } from './sql/sql-connector';

/** The configuration of a source, by its kind. */
export const ConnectorConfig = z.discriminatedUnion('kind', [CsvConfig, SqlConfig], { error: 'kind must be "csv" or "sql"' });
export type ConnectorConfig = z.infer<typeof ConnectorConfig>;

/** What is wrong with the configuration of a source, setting by setting, with what to do. */
export class ConnectorConfigError extends Error {
  override name = 'ConnectorConfigError';

  constructor(readonly problems: readonly { path: PropertyKey[]; problem: string }[]) {
    super(problems.map((each) => `${formatPath(['source', ...each.path])}: ${each.problem}`).join('\n'));
  }
}

/** Makes the connector of a configuration whose paths are relative to `folder`. Nothing is opened yet. @throws ConnectorConfigError */
export function openConnector(source: unknown, folder: string): Connector {
  const { data, error } = ConnectorConfig.safeParse(source);
  if (data === undefined) throw new ConnectorConfigError((error?.issues ?? []).flatMap(inWords));
  return data.kind === 'csv' ? new CsvConnector(absoluteFolders(data, folder)) : new SqlConnector(absoluteFiles(data, folder));
}

function inWords(issue: z.core.$ZodIssue): { path: PropertyKey[]; problem: string }[] {
  if (issue.code !== 'unrecognized_keys') return [{ path: issue.path, problem: issue.message }];
  return issue.keys.map((key) => ({ path: [...issue.path, key], problem: 'there is no such setting' }));
}

function absoluteFolders(config: CsvConfig, base: string): CsvConfig {
  const absolute = (folder: string) => path.resolve(base, folder);
  const { orders } = config;
  if (orders === undefined) return { ...config, folder: absolute(config.folder) };
  const told = orders.acknowledgement;
  const acknowledgement =
    told.kind === 'file'
      ? { ...told, folder: absolute(told.folder) }
      : told.kind === 'directory'
        ? { ...told, done: absolute(told.done), failed: told.failed === undefined ? undefined : absolute(told.failed) }
        : told;
  const journal = orders.journal === undefined ? undefined : absolute(orders.journal);
  return { ...config, folder: absolute(config.folder), orders: { ...orders, folder: absolute(orders.folder), journal, acknowledgement } };
}

function absoluteFiles(config: SqlConfig, base: string): SqlConfig {
  const { database } = config;
  if (database.type === 'sqlite') return { ...config, database: { ...database, file: path.resolve(base, database.file) } };
  if (database.passwordFile === undefined) return config;
  return { ...config, database: { ...database, passwordFile: path.resolve(base, database.passwordFile) } };
}
