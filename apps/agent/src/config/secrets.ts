import { chmod, open, readFile, rename, stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';

/** What proves the agent to the hub, and the hub to the agent. Never logged, never in the configuration. */
export const AgentSecrets = z.strictObject({
  token: z.string().min(1),
  outboundToken: z.string().min(1),
  signingSecret: z.string().min(1),
  /** Before the last rotation: calls of the hub that were made before it still carry these. */
  previous: z
    .strictObject({ outboundToken: z.string().min(1), signingSecret: z.string().min(1), validUntil: z.iso.datetime({ offset: true }) })
    .optional(),
});
export type AgentSecrets = z.infer<typeof AgentSecrets>;

/** The secrets cannot be used; the message says what to do, and holds none of them. */
export class SecretsError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SecretsError';
  }
}

/** Those by which calls of the hub are trusted at a time, in milliseconds since 1970 of the hub's time: those of before a rotation for a while. */
export function trustedSecrets(
  { previous, ...current }: AgentSecrets,
  now: number,
): Pick<AgentSecrets, 'outboundToken' | 'signingSecret'>[] {
  return previous !== undefined && now < Date.parse(previous.validUntil) ? [current, previous] : [current];
}

/** Whether the secrets come from the environment: then they cannot be replaced from here. */
export function areSecretsGiven(env: NodeJS.ProcessEnv): boolean {
  return Object.values(ENVIRONMENT).every((name) => env[name]);
}

const ENVIRONMENT = {
  token: 'ERP_AGENT_TOKEN',
  outboundToken: 'ERP_AGENT_OUTBOUND_TOKEN',
  signingSecret: 'ERP_AGENT_SIGNING_SECRET',
} as const;

/** Beside the configuration. */
export function secretsFileOf(configFolder: string): string {
  return path.join(configFolder, 'erp-agent.secrets.json');
}

/** Reads the secrets from the environment, or else from the file, which nobody but its owner may read. */
export async function readSecrets(file: string, env: NodeJS.ProcessEnv): Promise<AgentSecrets> {
  const given = Object.entries(ENVIRONMENT).map(([key, name]) => [key, env[name]] as const);
  if (areSecretsGiven(env)) return AgentSecrets.parse(Object.fromEntries(given));
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    const what = error.code === 'ENOENT' ? 'This agent is not registered yet: run `erp-agent init`.' : `${file} cannot be read.`;
    throw new SecretsError(what, { cause: error });
  });
  // Windows has no such modes: there the folder's rights decide.
  const { mode } = await stat(file);
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
    throw new SecretsError(`${file} can be read by others than its owner. Run: chmod 600 ${file}`);
  }
  return parse(text, file);
}

/** Writes them so that a crash leaves the old or the new ones, with mode 600. */
export async function writeSecrets(file: string, secrets: AgentSecrets): Promise<void> {
  const temporary = `${file}.${process.pid}.new`;
  const handle = await open(temporary, 'w', 0o600);
  try {
    await handle.writeFile(`${JSON.stringify(secrets, null, 2)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await chmod(temporary, 0o600);
  await rename(temporary, file);
}

function parse(text: string, file: string): AgentSecrets {
  try {
    return AgentSecrets.parse(JSON.parse(text));
  } catch {
    // Not the cause: it would show what is in the file.
    throw new SecretsError(`${file} does not hold the secrets of an agent. Run \`erp-agent init\` with a new enrolment code.`);
  }
}
