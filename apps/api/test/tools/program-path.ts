import { accessSync, constants } from 'node:fs';
import path from 'node:path';

/**
 * Where a program of the system is.
 * @throws Error that says what to install
 */
export function programPath(name: string, comesWith: string): string {
  const places = (process.env['PATH'] ?? '').split(path.delimiter).map((folder) => path.join(folder, name));
  const found = places.find((place) => {
    try {
      accessSync(place, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
  if (found === undefined) throw new Error(`${name} is not installed: it is in ${comesWith}`);
  return found;
}
