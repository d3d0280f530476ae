import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DevStackError } from './errors';
import { lastLines } from './log-file';
import { runCommand } from './process';

/**
 * Installs Debian's package without leaving its service running: a policy-rc.d, the system's own switch for that, is in
 * place meanwhile (unless the administrator has one), and the service is not started at boot either. In a shell, because
 * its trap removes the policy also when the installation is interrupted.
 */
const INSTALL = `
set -eu
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  trap 'exit 130' INT TERM HUP
  printf '#!/bin/sh\\nexit 101\\n' > "$policy"
  chmod 755 "$policy"
fi
export DEBIAN_FRONTEND=noninteractive
apt-get -o DPkg::Lock::Timeout=120 update
apt-get -o DPkg::Lock::Timeout=120 install -y --no-install-recommends redis-server
if command -v systemctl >/dev/null; then systemctl disable --now redis-server >/dev/null 2>&1 || true; fi
`;

/** Installs `redis-server` for the whole machine; needs root on Debian or Ubuntu. */
export async function installByApt(): Promise<void> {
  const { code, output } = await runCommand('/bin/sh', ['-c', INSTALL]);
  if (code === 0) return;
  const message = `apt-get could not install redis-server; install it by hand or set REDIS_URL: ${lastLines(output, 2)}`;
  throw new DevStackError('redis_missing', message, output);
}

// libc, systemd and the like are on every system; these may not be, and their names differ between releases.
const PACKAGES = ['redis-server', 'redis-tools', 'liblzf1', 'libjemalloc2', 'libatomic1'];

/**
 * Downloads and unpacks the packages into a folder, without root. The package lists are the system's when it has some, else
 * fetched into the folder, as on an image that was stripped of them.
 */
const UNPACK = `
set -eu
cd "$1"
shift
rm -rf draft && mkdir -p draft lists/partial cache/archives/partial
private="-o Dir::State::Lists=$PWD/lists -o Dir::Cache=$PWD/cache -o Debug::NoLocking=1"
fetch() { (cd draft && apt-get $options download "$@"); }
options="-o Dir::Cache=$PWD/cache"
if ! fetch redis-server; then options="$private"; apt-get $options update; fi
more=$(apt-cache $options depends --no-recommends --no-suggests redis-server redis-tools | sed -n 's/^ *Depends: \\(lib[^ ]*\\|redis[^ ]*\\|lua[^ ]*\\)$/\\1/p' | grep -v -E '^libc6$' || true)
wanted=""
for package in $(printf '%s\\n' "$@" $more | sort -u); do
  if apt-cache $options show "$package" >/dev/null 2>&1; then wanted="$wanted $package"; fi
done
fetch $wanted
for file in draft/*.deb; do dpkg -x "$file" unpacked; done
rm -rf draft lists cache
`;

/** Unpacks a Redis for this user into a folder of the project. */
export async function unpackForUser(folder: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const { code, output } = await runCommand('/bin/sh', ['-c', UNPACK, 'unpack', folder, ...PACKAGES]);
  if (code === 0) return;
  rmSync(folder, { recursive: true, force: true });
  const message = `Redis could not be downloaded: install redis-server or valkey-server, or set REDIS_URL: ${lastLines(output, 2)}`;
  throw new DevStackError('redis_missing', message, output);
}

/** The server below the folder of `unpackForUser`. */
export function unpackedServer(folder: string): string {
  return join(folder, 'unpacked', 'usr', 'bin', 'redis-server');
}

/** The folders of its libraries: by architecture, below lib or usr/lib. */
export function unpackedLibraries(folder: string): string[] {
  const roots = ['lib', join('usr', 'lib')].map((name) => join(folder, 'unpacked', name));
  return roots.flatMap((root) => (existsSync(root) ? [root, ...readdirSync(root).map((name) => join(root, name))] : []));
}
