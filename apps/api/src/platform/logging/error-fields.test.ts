import { DrizzleQueryError } from 'drizzle-orm/errors';
import { errorFields } from './error-fields';

describe('what is logged of an error', () => {
  it('leaves out the parameters of a statement, and the row that PostgreSQL shows', () => {
    const inner = Object.assign(new Error('new row violates check constraint "c"'), {
      code: '23514',
      constraint: 'c',
      detail: 'Failing row contains (v1, $2b$10$secret).',
    });
    const fields = errorFields(new DrizzleQueryError('insert into t values ($1, $2)', ['v1', '$2b$10$secret\n    at nowhere'], inner));
    expect(JSON.stringify(fields)).not.toContain('secret');
    expect(fields).toMatchObject({
      message: 'Failed query: insert into t values ($1, $2)',
      cause: { message: inner.message, code: '23514', constraint: 'c' },
    });
    expect(fields.stack).toContain('error-fields.test.ts');
  });

  it('ends with an error that is its own cause', () => {
    const error = new Error('again');
    error.cause = error;
    expect(JSON.stringify(errorFields(error)).match(/again/g)?.length).toBeLessThan(20);
  });

  it('takes what is no error', () => {
    expect(errorFields('gone')).toEqual({ type: 'string', message: 'gone' });
  });
});
