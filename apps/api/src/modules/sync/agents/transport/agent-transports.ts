import { Injectable } from '@nestjs/common';
import type { AgentEndpoint, AgentTransport } from './agent-transport';
import { PushTransport } from './push-transport';

type Mode = AgentEndpoint['mode'];

/** The ways in which this hub can call agents, by mode. */
@Injectable()
export class AgentTransports {
  private readonly transports: ReadonlyMap<Mode, AgentTransport>;

  constructor(push: PushTransport) {
    this.transports = new Map<Mode, AgentTransport>([['push', push]]);
  }

  /** Modes that can be called: jobs of agents in another one are not taken. */
  get modes(): Mode[] {
    return [...this.transports.keys()];
  }

  of(mode: Mode): AgentTransport {
    const transport = this.transports.get(mode);
    if (transport === undefined) throw new Error(`no transport for mode ${mode}`);
    return transport;
  }
}
