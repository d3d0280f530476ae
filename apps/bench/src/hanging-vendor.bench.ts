import { measureHangingVendor } from '@repo/chaos-kit/measure-hanging-vendor';
import { print, printPromise } from './report';

/** Nine healthy vendors with and without a tenth beside them whose agent hangs at every call, 100 orders each. */
export async function benchHangingVendor(): Promise<boolean> {
  const { aloneMs, besideHangingMs, ratio, hangingCalls } = await measureHangingVendor({ rounds: 3 });
  print('hanging vendor: nine healthy ones, 100 orders each, median of 3 rounds');
  print(`  alone                 ${(aloneMs / 1000).toFixed(2)} s`);
  print(`  beside one that hangs ${(besideHangingMs / 1000).toFixed(2)} s (it was called ${hangingCalls} times)`);
  return printPromise('healthy vendors beside one that hangs', ratio, '<', 1.5);
}
