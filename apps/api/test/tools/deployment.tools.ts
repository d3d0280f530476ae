import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import { programPath } from './program-path';

const ROOT = path.resolve(__dirname, '../../../..');
const ROLES = ['api', 'worker', 'scheduler'];

interface Service {
  image: string;
  command?: string[];
  environment?: Record<string, string>;
  secrets?: { source: string }[];
  deploy?: { replicas: number };
  healthcheck?: unknown;
  depends_on?: Record<string, { condition: string }>;
  read_only?: boolean;
  cap_drop?: string[];
  user?: string;
}

/** The exit code and words of a program. */
function run(program: string, args: string[]): { status: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: ROOT, encoding: 'utf8', env: { PATH: process.env['PATH'] } });
  return { status, stdout, stderr };
}

describe('docker-compose.yml', () => {
  let services: Record<string, Service>;
  let secrets: Record<string, { file?: string }>;
  beforeAll(() => {
    const { status, stdout, stderr } = run(programPath('docker-compose', 'Debian’s package docker-compose'), ['config']);
    if (status !== 0) throw new Error(`docker-compose config gave ${status}: ${stderr}`);
    ({ services, secrets } = parse(stdout) as { services: Record<string, Service>; secrets: Record<string, { file?: string }> });
  });
  const service = (name: string): Service => services[name] as Service;

  it('runs the servers, the migration, an api, two workers and a scheduler', () => {
    expect(Object.keys(services).sort()).toEqual(['postgres', 'redis', 'migrate', ...ROLES].sort());
    expect(service('postgres').image).toBe('postgres:18');
    expect(service('worker').deploy).toMatchObject({ replicas: 2 });
    for (const role of ROLES) expect(service(role).environment).toMatchObject({ NODE_ENV: 'production', ROLE: role });
  });

  it('keeps what Redis holds on disk, and never throws it out', () => {
    expect(service('redis').command?.join(' ')).toMatch(/--appendonly yes .*--maxmemory-policy noeviction/);
  });

  it('starts a role when the servers are well and the migration is done', () => {
    for (const role of ROLES) {
      expect(service(role).depends_on).toMatchObject({
        postgres: { condition: 'service_healthy' },
        redis: { condition: 'service_healthy' },
        migrate: { condition: 'service_completed_successfully' },
      });
    }
    for (const server of ['postgres', 'redis']) expect(service(server).healthcheck).toBeDefined();
  });

  it('hands every secret over as a file, and none in the environment', () => {
    for (const { file } of Object.values(secrets)) expect(file).toContain('.env.secrets/');
    for (const [name, { environment = {} }] of Object.entries(services)) {
      const open = Object.entries(environment).filter(([key]) => /SECRET|TOKEN|PASSWORD|DATABASE_URL/.test(key) && !key.endsWith('_FILE'));
      expect([name, open]).toEqual([name, []]);
    }
    for (const [role, one] of Object.entries(services)) {
      const files = Object.values(one.environment ?? {}).filter((value) => value.startsWith('/run/secrets/'));
      const given = (one.secrets ?? []).map(({ source }) => `/run/secrets/${source}`);
      expect([role, given]).toEqual([role, expect.arrayContaining(files)]);
    }
  });

  it('gives the hub no rights and no place to write', () => {
    for (const name of [...ROLES, 'migrate']) expect(service(name)).toMatchObject({ read_only: true, cap_drop: ['ALL'] });
  });
});

describe('systemd units', () => {
  const NEEDED = 'systemd 250 or newer';
  let folder: string;
  let hub: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'hub-units-'));
    hub = path.join(folder, 'erp-sync-hub@api.service');
    copyFileSync(path.join(ROOT, 'deploy/systemd/erp-sync-hub@.service'), hub);
    copyFileSync(path.join(ROOT, 'deploy/systemd/erp-sync-hub-migrate.service'), path.join(folder, 'erp-sync-hub-migrate.service'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('are understood, every line', () => {
    const { stderr } = run(programPath('systemd-analyze', NEEDED), ['verify', '--man=no', hub]);
    // Where Node is, is this machine's business.
    expect(stderr.split('\n').filter((line) => line.includes('erp-sync-hub') && !line.includes('/usr/bin/node'))).toEqual([]);
  });

  it('leave the hub few ways to do harm', () => {
    const { status, stdout } = run(programPath('systemd-analyze', NEEDED), ['security', '--offline=true', '--threshold=20', hub]);
    expect([status, /Overall exposure level.*: ([\d.]+)/.exec(stdout)?.[1]]).toEqual([0, expect.any(String)]);
  });
});
