import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { HubError } from '@erp-sync-hub/agent-sdk/client/hub-error';
import type { Terminal } from '@repo/terminal/terminal';
import { VendorId } from '@repo/contracts/primitives';
import { parseConfig, readConfig } from '../config/read-config';
import { secretsFileOf } from '../config/secrets';
import { explainHubError } from '../doctor/explain-hub-error';
import { askFor, type Question } from '../enrol/ask-for';
import { configText, type ConfigAnswers } from '../enrol/config-text';
import { enrolAgent } from '../enrol/enrol-agent';
import { probeHub } from '../enrol/probe-hub';
import { VERSION } from '../version';

export interface InitOptions {
  hub?: string;
  vendor?: string;
  code?: string;
  erp?: string;
  folder?: string;
}

const UNKNOWN_CODE = {
  detail: 'The hub does not know this enrolment code.',
  todo: 'It is good for one vendor id, once, and for an hour. Check it, or ask the operator of the hub for a new one.',
};

/** What files of an entity are often called. */
const FILE_NAMES: Record<keyof ConfigAnswers['files'], RegExp> = {
  items: /^(items|articles?|products?|produits?)/i,
  stock: /^(stocks?|inventory|inventaire)/i,
  warehouses: /^(warehouses?|depots?|entrepots?)/i,
};

/** Asks for what is not given, tests the connection, registers the agent, and writes its configuration and secrets. */
export async function init(
  configFile: string,
  options: InitOptions,
  terminal: Terminal,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<number> {
  const ask = (question: Question) => askFor(question, signal);
  const kept = existsSync(configFile) ? (await readConfig(configFile)).config : undefined;
  if (kept !== undefined) terminal.line(`${configFile} is there already, and is kept: only the registration is made anew.`);
  const url = await ask({
    name: '--hub',
    message: 'Address of the hub',
    given: options.hub ?? kept?.hub.url,
    check: async (text) => unlikeKept('hub.url', bare(text), kept && bare(kept.hub.url), configFile) ?? inOneLine(await probeHub(text)),
  });
  const vendorId = await ask({
    name: '--vendor',
    message: 'Vendor id',
    given: options.vendor ?? kept?.vendorId,
    check: (text) => unlikeKept('vendorId', text, kept?.vendorId, configFile) ?? VendorId.safeParse(text).error?.issues[0]?.message,
  });
  const erpType = await ask({
    name: '--erp',
    message: 'Which ERP is this?',
    given: options.erp ?? kept?.erpType,
    check: (text) => (text === '' ? 'Say which.' : undefined),
  });
  const folder = kept === undefined ? await ask(folderQuestion(options.folder, configFile)) : undefined;
  const code = await ask({
    name: '--code or ERP_AGENT_CODE',
    message: 'Enrolment code (from the operator of the hub, good for one hour)',
    given: options.code ?? env['ERP_AGENT_CODE'],
    secret: true,
    check: (text) => (text === '' ? 'Without a code the hub does not let an agent in.' : undefined),
  });
  const folderOfConfig = path.dirname(path.resolve(configFile));
  mkdirSync(folderOfConfig, { recursive: true });
  const draft = `${configFile}.new`;
  if (folder !== undefined) {
    const text = configText({ url, vendorId, erpType, folder, files: filesIn(path.resolve(folderOfConfig, folder)) });
    parseConfig(text, configFile);
    writeFileSync(draft, text);
  }
  try {
    const enrolment = { url, vendorId, erpType, version: VERSION, agentUrl: undefined, idempotentOrders: false };
    await enrolAgent({ ...enrolment, credential: { kind: 'enrolment_code', code } }, secretsFileOf(folderOfConfig));
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    const { detail, todo } = error.code === 'unauthorized' ? UNKNOWN_CODE : explainHubError(error, url);
    // Of answers that were wrong nothing is kept: the next try begins anew.
    rmSync(draft, { force: true });
    terminal.line(`  ${terminal.paint.red('✗')} ${detail}`);
    terminal.line(`    → ${todo}`);
    return 1;
  }
  if (folder !== undefined) {
    renameSync(draft, configFile);
    mkdirSync(path.resolve(folderOfConfig, folder, 'orders'), { recursive: true });
    terminal.done('configuration', configFile);
  }
  terminal.done('registration', `${vendorId}; the secrets are in ${secretsFileOf(folderOfConfig)}, for this user alone`);
  terminal.line();
  terminal.line('Next: erp-agent doctor, then erp-agent push --dry-run, then erp-agent run');
  return 0;
}

function folderQuestion(given: string | undefined, configFile: string): Question {
  return {
    name: '--folder',
    message: 'Folder with the CSV files of the ERP',
    given,
    check: (text) =>
      existsSync(path.resolve(path.dirname(configFile), text)) ? undefined : `${text} is not there: create it, or name another.`,
  };
}

const bare = (url: string) => url.replace(/\/+$/, '');

/** Registered as somebody else than the configuration says, an agent would never be let in. */
function unlikeKept(setting: string, given: string, kept: string | undefined, configFile: string): string | undefined {
  if (kept === undefined || kept === given) return undefined;
  return `${configFile} says ${setting} "${kept}": correct it there first, or put the file away to begin anew.`;
}

function inOneLine(explained: { detail: string; todo: string } | undefined): string | undefined {
  return explained && `${explained.detail} ${explained.todo}`;
}

/** Patterns for what is in the folder; for items in any case, so that there is something to edit. */
function filesIn(folder: string): ConfigAnswers['files'] {
  const names = readdirSync(folder).filter((name) => /\.(csv|txt|tsv)$/i.test(name));
  const found = Object.entries(FILE_NAMES).flatMap(([entity, pattern]) => {
    const name = names.find((each) => pattern.test(each));
    return name === undefined ? [] : [[entity, name] as const];
  });
  return { items: 'items*.csv', ...Object.fromEntries(found) };
}
