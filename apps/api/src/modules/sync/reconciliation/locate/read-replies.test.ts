import { keyHash } from '@repo/contracts/digest';
import { readKeysReply, readNodesReply } from './read-replies';

const NODE = '12.00f1c2d3e4f50617';
const R = '00f1c2d3e4f50617';

describe('a reply of nodes', () => {
  it('is read when it holds what was asked for, or less', () => {
    const asked = { depth: 1, prefixes: ['a', 'b'] };
    expect(readNodesReply(asked, { nodes: { a3: NODE } })).toEqual(new Map([['a3', { n: 12, d: 0xf1c2d3e4f50617n }]]));
    expect(readNodesReply(asked, { nodes: {} })).toEqual(new Map());
    expect(readNodesReply({ depth: 0, prefixes: [''] }, { nodes: { '': NODE } })).toHaveProperty('size', 1);
  });

  it.each([
    ['another prefix', { nodes: { c3: NODE } }],
    ['another depth', { nodes: { a: NODE } }],
    ['a deeper one', { nodes: { a33: NODE } }],
    ['the root', { nodes: { '': NODE } }],
    ['upper case', { nodes: { A3: NODE } }],
    ['an empty node', { nodes: { a3: `0.${R}` } }],
    ['a negative count', { nodes: { a3: `-1.${R}` } }],
    ['a short sum', { nodes: { a3: '1.0f' } }],
    ['a number', { nodes: { a3: 12 } }],
    ['a list', { nodes: [NODE] }],
    ['nothing', undefined],
  ])('is refused with %s', (_, body) => {
    expect(readNodesReply({ depth: 1, prefixes: ['a', 'b'] }, body)).toHaveProperty('lie');
  });
});

describe('a reply of keys', () => {
  const below = (key: string) => [keyHash(key).slice(0, 2)];

  it.each(['A-1', '牛乳', '__proto__', 'constructor'])('is read with the key %s', (key) => {
    const body: unknown = JSON.parse(`{"rows":{${JSON.stringify(key)}:"${R}"}}`);
    expect(readKeysReply({ prefixes: below(key) }, body, 1)).toEqual(new Map([[key, R]]));
  });

  it.each([
    ['a key from elsewhere', { rows: { 'A-1': R, 'A-2': R } }, 9],
    ['too many keys', { rows: { 'A-1': R } }, 0],
    ['a digest in upper case', { rows: { 'A-1': R.toUpperCase() } }, 9],
    ['a strange digest of __proto__', JSON.parse('{"rows":{"__proto__":"x"}}') as unknown, 9],
    ['a list', { rows: [R] }, 9],
    ['nothing', undefined, 9],
  ])('is refused with %s', (_, body, most) => {
    expect(readKeysReply({ prefixes: below('A-1') }, body, most)).toHaveProperty('lie');
  });
});
