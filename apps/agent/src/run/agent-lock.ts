import Database from 'libsql';

/** Another process works with the same state. */
export class AlreadyRunningError extends Error {
  constructor(file: string, options?: ErrorOptions) {
    super(`Another erp-agent is at work here (${file}). Stop it first, or use another configuration.`, options);
    this.name = 'AlreadyRunningError';
  }
}

/**
 * Makes sure that one process at a time pushes and takes orders with a state: SQLite's lock on a file of its own, which the
 * operating system gives back when the process ends, however it ends.
 * @returns a function that gives it back
 * @throws AlreadyRunningError
 */
export function lockAgent(stateFile: string): () => void {
  const file = `${stateFile}.lock`;
  const database = new Database(file);
  try {
    database.exec('begin exclusive');
  } catch (error) {
    database.close();
    if ((error as { code?: string }).code === 'SQLITE_BUSY') throw new AlreadyRunningError(file, { cause: error });
    throw error;
  }
  return () => database.close();
}
