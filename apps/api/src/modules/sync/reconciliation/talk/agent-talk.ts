import {
  RECONCILIATION_CALL_PATHS,
  type DigestCall,
  type KeysCall,
  type RowsCall,
} from '@repo/contracts/agent-protocol/reconciliation-calls';
import type { Entity } from '@repo/contracts/primitives';
import type { AgentEndpoint, AgentTransport, CallResult } from '../../agents/transport/agent-transport';
import type { Breakers } from '../../breaker/breakers';
import type { KeyDigests } from '../locate/compare-keys';
import { readKeysReply, readNodesReply, type Lie } from '../locate/read-replies';
import type { NodeSum } from '../locate/region';
import { AgentLies, AgentUnreachable, RunAbandoned } from './end-of-run';
import { judgeAnswer, outcomeOf, type Answer } from './judge-answer';
import { readRowsReply, type RowsAnswer } from './read-rows-reply';
import type { RunBudget } from './run-budget';

/** What a run talks to an agent with. */
export interface TalkParts {
  entity: Entity;
  endpoint: AgentEndpoint;
  transport: AgentTransport;
  breakers: Pick<Breakers, 'admit'>;
  /** Aborted when calls are to be cut. */
  signal: AbortSignal;
  budget: RunBudget;
  correlationId: string;
  timeoutMs: number;
  /** Before every call: whether the run may go on. @throws RunAbandoned */
  hold: () => Promise<void>;
}

/** How often a call is made that a connection broke, or that the agent could not answer just then. */
const MOST_TRIES = 2;
const EMPTY: NodeSum = { n: 0, d: 0n };

/**
 * The calls of one run: each through the vendor's breaker, counted, and its reply checked before anybody sees it.
 * @throws AgentUnreachable, AgentLies, OverBudget, RunAbandoned
 */
export class AgentTalk {
  constructor(private readonly parts: TalkParts) {}

  async root(): Promise<NodeSum> {
    return (await this.nodes(0, [''])).get('') ?? EMPTY;
  }

  nodes(depth: number, prefixes: string[]): Promise<Map<string, NodeSum>> {
    const call: DigestCall = { entity: this.parts.entity, depth, prefixes };
    return this.ask(RECONCILIATION_CALL_PATHS.digest, call, (json) => readNodesReply(call, json));
  }

  /** At most `mostKeys`, or the agent lies. */
  keys(prefixes: string[], mostKeys: number): Promise<KeyDigests> {
    const call: KeysCall = { entity: this.parts.entity, prefixes };
    return this.ask(RECONCILIATION_CALL_PATHS.keys, call, (json) => readKeysReply(call, json, mostKeys));
  }

  /** What an agent has of up to 500 keys; where its rows do not fit into one reply it is asked for fewer. */
  async rows(keys: readonly string[]): Promise<RowsAnswer> {
    const call: RowsCall = { entity: this.parts.entity, keys: [...keys] };
    const answer = await this.tryToAsk(RECONCILIATION_CALL_PATHS.rows, call, (json) => readRowsReply(call, json));
    if (answer.kind !== 'too_large' || keys.length === 1) return this.valueOf(answer);
    const middle = Math.ceil(keys.length / 2);
    const first = await this.rows(keys.slice(0, middle));
    const second = await this.rows(keys.slice(middle));
    return {
      rows: new Map([...first.rows, ...second.rows]),
      missing: [...first.missing, ...second.missing],
      unanswered: [...first.unanswered, ...second.unanswered],
    };
  }

  private async ask<T>(path: string, body: unknown, read: (json: unknown) => T | Lie): Promise<T> {
    return this.valueOf(await this.tryToAsk(path, body, read));
  }

  private async tryToAsk<T>(path: string, body: unknown, read: (json: unknown) => T | Lie): Promise<Answer<T>> {
    for (let tries = 1; ; tries++) {
      const answer = await this.askOnce(path, body, read);
      if (answer.kind !== 'unreachable' || !answer.again || tries >= MOST_TRIES) return answer;
    }
  }

  private async askOnce<T>(path: string, body: unknown, read: (json: unknown) => T | Lie): Promise<Answer<T>> {
    const { endpoint, transport, breakers, signal, budget, correlationId, timeoutMs, hold } = this.parts;
    await hold();
    budget.takeCall();
    const permit = await breakers.admit(endpoint.vendorId, 'reconciliation');
    if (permit === undefined) return { kind: 'unreachable', reason: 'breaker_open', again: false };
    budget.bytes += bytesOf(body);
    return permit.call(async () => {
      const call = { path, body, correlationId, deadlineAt: new Date(Date.now() + timeoutMs) };
      const result = await transport.call(endpoint, call, signal);
      budget.bytes += replyBytes(result);
      return judgeAnswer(result, read);
    }, outcomeOf);
  }

  private valueOf<T>(answer: Answer<T>): T {
    switch (answer.kind) {
      case 'read':
        return answer.value;
      case 'lie':
        throw new AgentLies(answer.lie);
      case 'too_large':
        throw new AgentLies('the reply is over 10 MB');
      case 'unreachable':
        throw new AgentUnreachable(answer.reason);
      case 'cut':
        throw new RunAbandoned('this process ends');
    }
  }
}

const bytesOf = (json: unknown): number => Buffer.byteLength(JSON.stringify(json));
const replyBytes = (result: CallResult): number => (result.kind === 'replied' && 'json' in result.body ? bytesOf(result.body.json) : 0);
