import { canReach } from './unprivileged-user';

const user = { uid: 101, gid: 104 };

/** Whether the user reaches /project/bin/postgres, with everything root's and open to all but what is named. */
function reaches(modes: Record<string, { uid?: number; gid?: number; mode: number } | null>): boolean {
  const modesOf = (path: string) => (modes[path] === null ? null : { uid: 0, gid: 0, mode: 0o755, ...modes[path] });
  return canReach(user, '/project/bin/postgres', modesOf);
}

it('reaches a file through folders that everyone may enter', () => {
  expect(reaches({})).toBe(true);
  expect(reaches({ '/project': { mode: 0o711 } })).toBe(true);
});

it('does not reach below a folder that is its owner’s alone, whatever is allowed further down', () => {
  expect(reaches({ '/project': { mode: 0o700 } })).toBe(false);
});

it('does not reach a file that it may not run', () => {
  expect(reaches({ '/project/bin/postgres': { mode: 0o744 } })).toBe(false);
});

it('goes by the bits of the owner for what is its own, and of the group for what is its group’s', () => {
  expect(reaches({ '/project': { uid: user.uid, mode: 0o700 } })).toBe(true);
  expect(reaches({ '/project': { uid: user.uid, mode: 0o055 } })).toBe(false);
  expect(reaches({ '/project': { gid: user.gid, mode: 0o750 } })).toBe(true);
});

it('judges a path that does not exist yet by the folders that do', () => {
  const missing = { '/project/bin': null, '/project/bin/postgres': null };
  expect(reaches(missing)).toBe(true);
  expect(reaches({ ...missing, '/project': { mode: 0o700 } })).toBe(false);
});

it('reaches everything as the current user', () => {
  expect(canReach({}, '/project', () => ({ uid: 0, gid: 0, mode: 0 }))).toBe(true);
});
