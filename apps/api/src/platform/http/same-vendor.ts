import { ApiError } from '../errors/api-error';

/**
 * A body may repeat the caller's vendor id, but not name another one.
 * @throws ApiError `vendor_mismatch`
 */
export function assertSameVendor(caller: { vendorId: string }, named: string | undefined): void {
  if (named === undefined || named === caller.vendorId) return;
  throw new ApiError('vendor_mismatch', 'The body names another vendor than the credential is for.');
}
