import type { PushReport } from './push-report';

/** Why rows that have gone from the source are not deleted at the hub, and what to do about it; undefined when they are. */
export function explainDeletes({ deletes, gone }: PushReport): string | undefined {
  switch (deletes?.kind) {
    case undefined:
    case 'committed':
      return undefined;
    case 'held':
      return (
        `the hub has deleted nothing, since it would be too much: ${deletes.detail}. Look whether the source is all there. If it is, ask ` +
        'the hub’s operator to confirm the snapshot within 24 hours; else put the source right, and push everything again.'
      );
    case 'refused':
      return `the hub has deleted nothing (${deletes.code}: ${deletes.detail}). The next push of everything tries again.`;
    case 'unreadable':
      return (
        `nothing is deleted at the hub while ${deletes.places} place(s) of the source hold rows whose key cannot be read: they might be ` +
        'those that seem to have gone. Correct them at the source.'
      );
    case 'not_supported':
      return gone > 0 ? `${gone} row(s) have gone from the source, and this hub cannot delete them: it has no snapshots.` : undefined;
  }
}
