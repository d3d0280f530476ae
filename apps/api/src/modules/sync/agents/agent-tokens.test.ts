import bcrypt from 'bcrypt';
import { digestOf, hashTokenDigest, matchToken, newAgentToken } from './agent-tokens';

jest.mock('bcrypt', () => {
  const actual = jest.requireActual<typeof import('bcrypt')>('bcrypt');
  return { ...actual, compare: jest.fn((data: string, hash: string): Promise<boolean> => actual.compare(data, hash)) };
});
const compare = bcrypt.compare as unknown as jest.Mock<Promise<boolean>, [data: string, hash: string]>;
beforeEach(() => compare.mockClear());

const [current, previous, wrong] = ['current', 'previous', 'wrong'].map(digestOf) as [string, string, string];
let hashes: { currentHash: string; previousHash: string };
beforeAll(async () => {
  hashes = { currentHash: await hashTokenDigest(current), previousHash: await hashTokenDigest(previous) };
});

it('says which hash a token matches', async () => {
  expect(await matchToken(current, hashes)).toBe(hashes.currentHash);
  expect(await matchToken(previous, hashes)).toBe(hashes.previousHash);
  expect(await matchToken(previous, { ...hashes, previousHash: null })).toBeUndefined();
  expect(await matchToken(wrong, hashes)).toBeUndefined();
  expect(await matchToken(current, undefined)).toBeUndefined();
});

it('does the same work for every wrong token: of an agent with two tokens, with one, and of no agent', async () => {
  const works: unknown[] = [];
  for (const known of [hashes, { ...hashes, previousHash: null }, undefined]) {
    compare.mockClear();
    await matchToken(wrong, known);
    works.push(compare.mock.calls.map(([, hash]) => hash.slice(0, 7)));
  }
  expect(works).toEqual([
    ['$2b$10$', '$2b$10$'],
    ['$2b$10$', '$2b$10$'],
    ['$2b$10$', '$2b$10$'],
  ]);
});

it('tells tokens apart that are the same in the 72 bytes that bcrypt reads', async () => {
  const [one, two] = ['1', '2'].map((end) => digestOf(`${'x'.repeat(100)}${end}`)) as [string, string];
  const currentHash = await hashTokenDigest(one);
  expect(await matchToken(two, { currentHash, previousHash: null })).toBeUndefined();
});

it('makes tokens of 256 random bits', () => {
  const tokens = Array.from({ length: 100 }, newAgentToken);
  expect(new Set(tokens).size).toBe(100);
  for (const token of tokens) expect(Buffer.from(token.slice('agt_'.length), 'base64url')).toHaveLength(32);
});
