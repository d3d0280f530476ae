import type { Answer } from '../answer';

/** What is posted in reply to a call that was fetched. */
export interface ReplyBody {
  status: number;
  headers?: Record<string, string>;
  /** JSON, or a text that stands for the bytes of the body. */
  body: unknown;
}

/** An answer as a reply; null when there is to be none. */
export function replyBody(answer: Answer): ReplyBody | null {
  switch (answer.kind) {
    case 'drop':
    case 'hang':
      return null;
    case 'huge':
      return { status: 200, body: 'x'.repeat(answer.bytes) };
    default: {
      const { status, headers } = answer;
      return { status, ...(headers === undefined ? {} : { headers }), body: answer.kind === 'json' ? answer.body : answer.text };
    }
  }
}
