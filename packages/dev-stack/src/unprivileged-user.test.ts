import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../test/owner-process';
import { canReach } from './unprivileged-user';

const stranger = { uid: 54_321, gid: 54_321 };
const root = temporaryFolder();
const file = join(root, 'folder', 'file');

beforeEach(() => {
  mkdirSync(join(root, 'folder'), { recursive: true });
  writeFileSync(file, '');
  chmodSync(root, 0o755);
  chmodSync(join(root, 'folder'), 0o755);
  chmodSync(file, 0o755);
});

afterAll(() => rmSync(root, { recursive: true }));

it('reaches a file through folders that everyone may enter', () => {
  expect(canReach(stranger, file)).toBe(true);
});

it('does not reach below a folder that is its owner’s alone, whatever is allowed further down', () => {
  chmodSync(root, 0o700);
  expect(canReach(stranger, file)).toBe(false);
});

it('does not reach a file that it may not run', () => {
  chmodSync(file, 0o744);
  expect(canReach(stranger, file)).toBe(false);
});

it('judges a path that does not exist yet by the folders that do', () => {
  expect(canReach(stranger, join(root, 'new', 'place'))).toBe(true);
  chmodSync(root, 0o700);
  expect(canReach(stranger, join(root, 'new', 'place'))).toBe(false);
});

it('reaches everything as the current user', () => {
  chmodSync(root, 0o700);
  expect(canReach({}, file)).toBe(true);
});
