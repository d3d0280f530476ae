import { Injectable } from '@nestjs/common';
import type { AgentEndpoint, AgentTransport } from './agent-transport';
import { PullTransport } from './pull/pull-transport';
import { PushTransport } from './push-transport';

type Mode = AgentEndpoint['mode'];

/** The ways in which this hub can call agents, by mode. */
@Injectable()
export class AgentTransports {
  private readonly transports: Readonly<Record<Mode, AgentTransport>>;

  constructor(push: PushTransport, pull: PullTransport) {
    this.transports = { push, pull };
  }

  /** Modes that can be called. */
  get modes(): Mode[] {
    return Object.keys(this.transports) as Mode[];
  }

  of(mode: Mode): AgentTransport {
    return this.transports[mode];
  }
}
