import { openAgent, stateFileOf } from '../agent/open-agent';
import { readConfig } from '../config/read-config';
import { openLog } from '../logging/agent-log';
import { lockAgent } from '../run/agent-lock';
import { runAgent } from '../run/run-agent';

/** Works until it is told to end. */
export async function run(configFile: string, signal: AbortSignal): Promise<number> {
  const read = await readConfig(configFile);
  const release = lockAgent(stateFileOf(read));
  const { log, close } = openLog(read.config.log, read.folder);
  try {
    const agent = await openAgent(read);
    try {
      await runAgent(agent, read.config, log, signal);
    } finally {
      await agent.close();
    }
    return 0;
  } catch (error) {
    log.error({ err: error }, 'the agent cannot go on');
    throw error;
  } finally {
    await close();
    release();
  }
}
