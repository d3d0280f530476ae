/** One file of the built hub. */
export interface HubBundle {
  /** What to start instead of `apps/api/dist/main.js`. */
  main: string;
  remove(): void;
}

/** @param root of the workspace */
export function bundleHub(root: string): Promise<HubBundle>;

/** For `globalSetup`: sets TEST_HUB_MAIN to what tests start. */
export function setup(root: string): Promise<void>;

/** For `globalTeardown`, after {@link setup}. */
export function teardown(): void;
