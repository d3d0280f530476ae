import { json, text, type Answer } from './answer';
import type { Fault } from './faults';

/** A fault that is all in the reply: what is sent, and whether what was asked for is done all the same. */
export interface WireFault {
  does: boolean;
  answer: Answer;
}

const HTML = '<html><body>Service page</body></html>';

/** Null when the reply comes from what the ERP does. */
export function wireFault(fault: Fault): WireFault | null {
  switch (fault.kind) {
    case 'drop_before_reading':
      return { does: false, answer: { kind: 'drop' } };
    case 'drop_after_creating':
      return { does: true, answer: { kind: 'drop' } };
    case 'error_before_creating':
      return { does: false, answer: text(500, 'internal error') };
    case 'error_after_creating':
      return { does: true, answer: text(500, 'internal error') };
    case 'hang':
      return { does: false, answer: { kind: 'hang' } };
    case 'hang_after_creating':
      return { does: true, answer: { kind: 'hang' } };
    case 'too_many':
      return { does: false, answer: text(429, 'too many requests', retryAfter(fault.retryAfterSeconds)) };
    case 'unavailable':
      return { does: false, answer: text(503, 'unavailable', retryAfter(fault.retryAfterSeconds)) };
    case 'unauthorized':
      return { does: false, answer: text(401, 'unauthorized') };
    case 'forbidden':
      return { does: false, answer: text(403, 'forbidden') };
    case 'reject':
      return { does: false, answer: text(fault.status, 'refused') };
    case 'redirect':
      return { does: false, answer: text(302, 'elsewhere', { location: fault.location }) };
    case 'garbage':
      return { does: fault.created === true, answer: text(200, HTML) };
    case 'wrong_shape':
      return { does: fault.created === true, answer: json(200, { status: 'done', reference: 7 }) };
    case 'huge':
      return { does: fault.created === true, answer: { kind: 'huge', bytes: fault.bytes } };
    default:
      return null;
  }
}

function retryAfter(seconds: number | undefined): Record<string, string> | undefined {
  return seconds === undefined ? undefined : { 'retry-after': String(seconds) };
}
