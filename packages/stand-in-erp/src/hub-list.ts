/** Stands for whichever hub's turn it is, in the address that a client of the SDK is given. */
export const ANY_HUB = 'http://any-hub.invalid';

/** The hubs of one service, asked in turn: whichever takes a request has taken it for all. */
export class HubList {
  private turn = 0;

  constructor(public urls: readonly string[]) {}

  /** Whether there is a hub to talk to. */
  get connected(): boolean {
    return this.urls.length > 0;
  }

  /** To be given to clients whose base URL is `ANY_HUB`. */
  readonly fetch: typeof fetch = (input, init) => {
    this.turn += 1;
    const url = this.urls[this.turn % this.urls.length];
    if (url === undefined) return Promise.reject(new TypeError('there is no hub', { cause: { code: 'ECONNREFUSED' } }));
    const asked = input instanceof Request ? input.url : input.toString();
    return fetch(asked.replace(ANY_HUB, url), init);
  };
}
