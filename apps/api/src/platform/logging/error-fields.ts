/** What is logged of an error. */
export interface ErrorFields {
  type: string;
  message: string;
  stack?: string;
  /** A SQLSTATE, or a code of Node's. */
  code?: string;
  constraint?: string;
  cause?: ErrorFields;
  errors?: ErrorFields[];
}

const MOST_CAUSES = 5;

/**
 * What an error says of itself, without the values it was about: the parameters of a statement, and the row that PostgreSQL
 * shows in its detail, are payload, and some are hashes of secrets.
 */
export function errorFields(error: unknown, most = MOST_CAUSES): ErrorFields {
  if (!(error instanceof Error)) return { type: typeof error, message: String(error) };
  const { code, constraint } = error as { code?: unknown; constraint?: unknown };
  const message = withoutParameters(error);
  return {
    type: error.name === 'Error' ? error.constructor.name : error.name,
    message,
    ...(error.stack === undefined ? {} : { stack: error.stack.replace(error.message, () => message) }),
    ...(typeof code === 'string' ? { code } : {}),
    ...(typeof constraint === 'string' ? { constraint } : {}),
    ...(error.cause === undefined || most === 0 ? {} : { cause: errorFields(error.cause, most - 1) }),
    ...(error instanceof AggregateError && most > 0 ? { errors: error.errors.slice(0, most).map((each) => errorFields(each, 0)) } : {}),
  };
}

/** Drizzle's message is the statement and, behind it, its parameters. */
function withoutParameters(error: Error): string {
  return 'params' in error ? error.message.replace(/\nparams: [^]*$/, '') : error.message;
}
