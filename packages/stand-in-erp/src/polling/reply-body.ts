import { padding, type Answer } from '../answer';

/** An answer as what is posted in reply to a fetched call: its JSON, in pieces when it is large. Null when there is to be no reply. */
export function replyBody(answer: Answer): { json: unknown } | { chunks: () => Iterable<Uint8Array> } | null {
  switch (answer.kind) {
    case 'drop':
    case 'hang':
      return null;
    case 'huge':
      return { chunks: () => hugeReply(answer.bytes) };
    default: {
      const { status, headers } = answer;
      // A text stands for the bytes of the body.
      const body = answer.kind === 'json' ? answer.body : answer.text;
      return { json: { status, ...(headers === undefined ? {} : { headers }), body } };
    }
  }
}

function* hugeReply(bytes: number): Generator<Uint8Array> {
  yield Buffer.from('{"status":200,"body":');
  yield* padding(bytes);
  yield Buffer.from('}');
}
