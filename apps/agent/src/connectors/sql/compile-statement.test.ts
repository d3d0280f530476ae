import fc from 'fast-check';
import { compileStatement } from './compile-statement';

describe('a statement', () => {
  it('has numbered parameters for its named ones, each place its own', () => {
    expect(compileStatement('select * from a where (t, k) > (:since, :after) and t > :since limit :limit', 'postgresql')).toEqual({
      text: 'select * from a where (t, k) > ($1, $2) and t > $3 limit $4',
      names: ['since', 'after', 'since', 'limit'],
    });
    expect(compileStatement('values (:after.sku, :shippingAddress.city)', 'sqlite')).toEqual({
      text: 'values (?1, ?2)',
      names: ['after.sku', 'shippingAddress.city'],
    });
  });

  it.each([
    `select ':no', "a:no", x::text, 'it''s :no' -- :no`,
    '/* :no\n:no */ select 1',
    'select $$ :no $$, $tag$ :no $tag$',
    "select '12:30:00'",
  ])('keeps what is no parameter: %s', (sql) => expect(compileStatement(sql, 'postgresql')).toEqual({ text: sql, names: [] }));

  it('takes a parameter that is cast', () => {
    expect(compileStatement('select :keys::text[]', 'postgresql').text).toBe('select $1::text[]');
  });

  it('never holds what is in quotes as a parameter', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const quoted = `select '${text.replaceAll("'", "''")}'`;
        expect(compileStatement(quoted, 'sqlite')).toEqual({ text: quoted, names: [] });
      }),
    );
  });
});
