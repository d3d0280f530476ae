import { freePort, isPortFree } from '@repo/dev-stack/ports';

const PREFERRED = 3000;
const TRIED = 10;

/** Port 3000, or the next one that is free, so that the addresses of two runs are alike. */
export async function hubPort(): Promise<number> {
  for (let port = PREFERRED; port < PREFERRED + TRIED; port += 1) if (await isPortFree(port)) return port;
  return freePort();
}
