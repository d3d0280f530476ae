const VERSION_7 = /^([0-9a-f]{8})-([0-9a-f]{4})-7/i;

/** When a job came to be, in milliseconds since 1970: ids of version 7 begin with it. Undefined for any other id. */
export function placedAt(jobId: string): number | undefined {
  const parts = VERSION_7.exec(jobId);
  return parts === null ? undefined : Number.parseInt(`${parts[1]}${parts[2]}`, 16);
}
