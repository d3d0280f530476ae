/** What SQL calls a value that is given with it. */
export type SqlValue = string | number | bigint | null | readonly string[];
export type Dialect = 'postgresql' | 'sqlite';

/** A statement with numbered parameters, and the name of the value of each. */
export interface Statement {
  text: string;
  names: readonly string[];
}

// Left alone: strings, quoted names, comments, `::` casts, and the dollar quotes of PostgreSQL.
const TOKENS =
  /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|\$([A-Za-z_]\w*)?\$[\s\S]*?\$\1\$|::|:(?<name>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)/g;

/**
 * Turns `:name` into the numbered parameters of a database. Values never become part of the text. Each place has a number of its own,
 * so that PostgreSQL may take one value for a text here and for a time there.
 */
export function compileStatement(sql: string, dialect: Dialect): Statement {
  const names: string[] = [];
  const sign = dialect === 'postgresql' ? '$' : '?';
  const text = sql.replace(TOKENS, (token: string, ...rest: unknown[]) => {
    const { name } = rest.at(-1) as { name?: string };
    return name === undefined ? token : `${sign}${names.push(name)}`;
  });
  return { text, names };
}

/** The names of the parameters of a statement. */
export const parametersOf = (sql: string): ReadonlySet<string> => new Set(compileStatement(sql, 'sqlite').names);
