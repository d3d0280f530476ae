import { Inject, Injectable } from '@nestjs/common';
import type { VendorGates } from '@repo/shared/database/delivery/hold-jobs';
import { SETTINGS, type HubSettings } from '../../../../config/settings';
import { PollingAgents } from '../../agents/transport/pull/polling-agents';

/** What decides, beside their registration, which agents are called now. */
@Injectable()
export class ReadGates {
  constructor(
    @Inject(SETTINGS) private readonly settings: HubSettings,
    private readonly agents: PollingAgents,
  ) {}

  async read(): Promise<VendorGates> {
    return { offlineAfterS: this.settings.AGENT_OFFLINE_AFTER_S, polling: await this.agents.read(), breakerOpen: [] };
  }
}
