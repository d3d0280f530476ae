import { SourceError } from '../../connector';

/** What does not go away by itself; whatever else may happen to files, such as a share that is away or a file that is locked, does. */
const LASTING: ReadonlySet<string> = new Set(['EACCES', 'ENOTDIR', 'EISDIR', 'ELOOP', 'ENAMETOOLONG', 'EROFS', 'EINVAL']);

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'is not there: create it, or correct the configuration',
  EACCES: 'may not be used by the account that the agent runs under: give it the right to',
  EPERM: 'may not be used by the account that the agent runs under, or is held by another program',
  ENOTDIR: 'is no folder',
  EISDIR: 'is a folder',
  EBUSY: 'is held by another program',
  ENOSPC: 'cannot be written: the disk is full',
  EROFS: 'cannot be written: the disk is read-only',
};

/** What is wrong with a file or folder, in words that say what to do. */
export function fileProblem(what: string, error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return `${what} ${WORDS[code] ?? `cannot be used (${code === '' ? String(error) : code})`}`;
}

/** The error of a file operation as one of the source; errors that are no such thing stay what they are. */
export function fileError(what: string, error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  if (error instanceof SourceError || typeof code !== 'string' || !/^E[A-Z]+$/.test(code)) return error;
  return new SourceError(fileProblem(what, error), !LASTING.has(code), { cause: error });
}
