import path from 'node:path';
import { setup } from '@repo/jest-config/bundle-hub';

/** A hub that starts fast: it is killed and started all the time. */
export default function globalSetup(): Promise<void> {
  return setup(path.resolve(__dirname, '../../../..'));
}
