import { excerpt } from './exhibit';

it('shows the fields that matter and hints at the others', () => {
  const row = { sku: 'dupx ', name: 'Thé', barcode: null };
  expect(excerpt(row, ['sku', 'price'])).toBe('{"sku":"dupx ",…}');
  expect(excerpt(row, ['barcode', 'sku', 'name'])).toBe('{"barcode":null,"sku":"dupx ","name":"Thé"}');
});
