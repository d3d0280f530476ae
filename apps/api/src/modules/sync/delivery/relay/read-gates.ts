import { Inject, Injectable } from '@nestjs/common';
import type { VendorGates } from '@repo/shared/database/delivery/hold-jobs';
import { SETTINGS, type HubSettings } from '../../../../config/settings';
import { PollingAgents } from '../../agents/transport/pull/polling-agents';
import { Breakers } from '../../breaker/breakers';

/** What decides, beside their registration, which agents are called now. */
@Injectable()
export class ReadGates {
  constructor(
    @Inject(SETTINGS) private readonly settings: HubSettings,
    private readonly agents: PollingAgents,
    private readonly breakers: Breakers,
  ) {}

  async read(): Promise<VendorGates> {
    const [polling, breakerOpen] = await Promise.all([this.agents.read(), this.breakers.readOpen('orders')]);
    return { offlineAfterS: this.settings.AGENT_OFFLINE_AFTER_S, polling, breakerOpen };
  }

  /** The same, with the vendors among `breakerOpen` of which one job may try now. */
  async readWithTrials(): Promise<{ gates: VendorGates; trialDue: ReadonlySet<string> }> {
    // First: this also finds out what is not open any more.
    const due = await this.breakers.readDue('orders');
    return { gates: await this.read(), trialDue: new Set(due) };
  }
}
