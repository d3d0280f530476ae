const DAY_MS = 86_400_000;

/** Whether the daily run is due: its time of day (`HH:MM`, in the machine's time) has come since it was last done. */
export function isDailyDue(at: string, lastDone: Date | undefined, now: Date): boolean {
  const [hours = 0, minutes = 0] = at.split(':').map(Number);
  const latest = new Date(now);
  latest.setHours(hours, minutes, 0, 0);
  if (latest > now) latest.setTime(latest.getTime() - DAY_MS);
  return lastDone === undefined || lastDone < latest;
}
