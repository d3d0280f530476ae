import { z } from 'zod';
import { ReplyTime, Uuid, VendorId } from '../primitives';
import { BODY_ERRORS, COMMON_ERRORS, operation } from './operation';

/** The most calls that one poll may fetch. */
export const MOST_POLLED_CALLS = 50;
/** The longest that a poll may wait for a call. */
export const LONGEST_POLL_S = 30;

/** A call as an agent fetches it. */
export const PolledCall = z
  .strictObject({
    callId: Uuid,
    path: z.string().meta({ description: 'As in the agent protocol: `/sync/create-order`, …' }),
    headers: z.record(z.string(), z.string()).meta({ description: 'By lower-case name.' }),
    body: z.string().meta({ description: 'The exact JSON text: the signature covers it byte for byte.' }),
    deadlineAt: ReplyTime,
  })
  .meta({ id: 'PolledCall' });
export type PolledCall = z.infer<typeof PolledCall>;

const agent = { access: 'agent', limit: 'agent', tag: 'Agents' } as const;

export const pollCalls = operation({
  ...agent,
  id: 'pollCalls',
  method: 'POST',
  path: '/api/agents/poll',
  summary: 'Fetch calls, waiting for the first one',
  description:
    'For agents that the hub cannot reach. Answers at once when calls wait, else with the first one that comes, or an empty list when ' +
    'the wait ends or the hub shuts down. A call is handed out at most once. Any instance answers any poll.',
  bodyOptional: true,
  body: z.strictObject({
    vendorId: VendorId.optional(),
    max: z.int().min(1).max(MOST_POLLED_CALLS).optional().meta({ default: 10 }),
    waitSeconds: z.number().min(0).max(LONGEST_POLL_S).optional().meta({ default: 25 }),
  }),
  status: 200,
  reply: z.strictObject({ calls: z.array(PolledCall) }),
  errors: [...COMMON_ERRORS, ...BODY_ERRORS, 'vendor_mismatch', 'agent_disabled'],
  example: { max: 1, waitSeconds: 0 },
});

export const replyToCall = operation({
  ...agent,
  id: 'replyToCall',
  method: 'POST',
  path: '/api/agents/calls/:callId/reply',
  summary: 'Answer a fetched call',
  description:
    'What the agent would have answered over HTTP. `body` is JSON, or JSON as text. Repeating the reply of a call changes nothing. After ' +
    'the deadline of the call it is too late: the hub asks for the outcome then.',
  judgesLimit: true,
  bodySize: 'pollReply',
  params: z.strictObject({ callId: Uuid }),
  body: z.strictObject({
    vendorId: VendorId.optional(),
    status: z.int().min(200).max(599),
    headers: z.record(z.string(), z.string()).nullish(),
    body: z.unknown().optional(),
  }),
  status: 204,
  errors: [...COMMON_ERRORS, ...BODY_ERRORS, 'vendor_mismatch', 'agent_disabled', 'not_found', 'expired'],
  example: { status: 200, body: { known: false } },
});
