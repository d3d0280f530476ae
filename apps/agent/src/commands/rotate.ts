import type { Terminal } from '@repo/terminal/terminal';
import { hubClientOf, stateFileOf } from '../agent/open-agent';
import { readConfig } from '../config/read-config';
import { areSecretsGiven, readSecrets, SecretsError, secretsFileOf } from '../config/secrets';
import { rotateSecrets } from '../enrol/rotate-secrets';
import { lockAgent } from '../run/agent-lock';

/** Replaces the secrets of an agent that does not run: one that runs would go on with the old ones. */
export async function rotate(configFile: string, terminal: Terminal, env: NodeJS.ProcessEnv): Promise<number> {
  const read = await readConfig(configFile);
  if (areSecretsGiven(env)) {
    throw new SecretsError(
      'The secrets come from the environment, where new ones cannot be kept. Unset ERP_AGENT_TOKEN and the others first.',
    );
  }
  const release = lockAgent(stateFileOf(read));
  try {
    const file = secretsFileOf(read.folder);
    const before = await readSecrets(file, env);
    await rotateSecrets(hubClientOf(read, before), before, file);
    terminal.done('rotation', `the new secrets are in ${file}, for this user alone; the old ones end in some minutes`);
    return 0;
  } finally {
    release();
  }
}
