/** Anything but a hub that is away has to be seen: it is a defect, here or in what the hub hands out. */
export function tellDefect(error: unknown): void {
  process.stderr.write(`stand-in ERP: ${error instanceof Error ? error.stack : String(error)}\n`);
}
