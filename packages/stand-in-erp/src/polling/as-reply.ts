import type { Answer as GoodAnswer } from '@erp-sync-hub/agent-sdk/answer/answer-call';
import type { Answer } from '../answer';

/** An answer as what is posted in reply to a fetched call; what is huge is put in later. Null when there is to be no reply. */
export function asReply(answer: Answer): GoodAnswer | null {
  if (!('kind' in answer)) return answer;
  switch (answer.kind) {
    case 'drop':
    case 'hang':
      return null;
    case 'huge':
      return { status: 200 };
    case 'text': {
      const { status, headers, text } = answer;
      // A text stands for the bytes of the body.
      return { status, ...(headers === undefined ? {} : { headers }), body: JSON.stringify(text) };
    }
  }
}
