// Imported first by every script, for its effect: an old Node stops here, before it fails at something less clear.
import { readFileSync } from 'node:fs';

const { engines } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));

/** Whether the Node version (`20.20.2`) is at least the range's floor (`>=20.19`). */
export function isSupported(version, range) {
  const [major, minor] = version.split('.').map(Number);
  const [floorMajor, floorMinor] = range.replace('>=', '').split('.').map(Number);
  return major > floorMajor || (major === floorMajor && minor >= (floorMinor || 0));
}

if (!isSupported(process.versions.node, engines.node)) {
  console.error(`This project needs Node ${engines.node}, this is ${process.versions.node}: install a newer one from https://nodejs.org`);
  process.exit(1);
}
