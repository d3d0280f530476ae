import { CurrentCredentials } from '../../src/client/credentials';
import { HubClient, type HubClientOptions } from '../../src/client/hub-client';
import { startFakeHub, type FakeHub } from './fake-hub';

export const TOKEN = 'agent-token-0123456789-0123456789';

/** A hub for each test of a file, and a client of it that hardly waits between tries. */
export function useHub(prefix = '') {
  const use = {
    hub: undefined as unknown as FakeHub,
    client: undefined as unknown as HubClient,
    credentials: undefined as unknown as CurrentCredentials,
    clientOf: (more: Partial<HubClientOptions> = {}) =>
      new HubClient({ baseUrl: use.hub.url, credentials: use.credentials.provider, retry: { baseMs: 1, maxMs: 2 }, ...more }),
  };
  beforeEach(async () => {
    use.hub = await startFakeHub(prefix);
    use.credentials = new CurrentCredentials({ vendorId: 'vendor-1', token: TOKEN });
    use.client = use.clientOf();
  });
  afterEach(async () => {
    await use.hub.stop();
    expect(use.hub.faults).toEqual([]);
  });
  return use;
}
