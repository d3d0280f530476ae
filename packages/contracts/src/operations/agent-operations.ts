import { z } from 'zod';
import { Entity, pattern, ReplyTime, text, timestamp, VendorId } from '../primitives';
import { PARK_REASONS } from '../verdicts';
import { MappingType } from './mapping-operations';
import { BODY_ERRORS, COMMON_ERRORS, operation } from './operation';

/** Derived from the last heartbeat when read. */
export const AgentStatus = z.enum(['online', 'degraded', 'offline']);
export type AgentStatus = z.infer<typeof AgentStatus>;

/** `push`: the hub calls the agent. `pull`: the agent polls. */
export const AgentMode = z.enum(['push', 'pull']);
export type AgentMode = z.infer<typeof AgentMode>;

/** What is no URL at all is refused where it is judged: `unsafe_agent_url`. */
export const AgentUrl = text(2048);

const Registration = z.strictObject({
  vendorId: VendorId,
  erpType: text(50, 1).optional().meta({ description: 'Free text; required unless this is an update.' }),
  version: text(50).nullish(),
  agentUrl: AgentUrl.nullish(),
  authToken: pattern(/^[\x21-\x7e]{32,256}$/, '32 to 256 printable ASCII characters without spaces').optional(),
  idempotentOrders: z.boolean().optional(),
});
export type Registration = z.infer<typeof Registration>;

export const RegistrationReply = z.strictObject({
  vendorId: VendorId,
  status: AgentStatus,
  mode: AgentMode,
  token: z.string().optional(),
  outboundToken: z.string().optional(),
  signingSecret: z.string().optional(),
});

export const registerAgent = operation({
  id: 'registerAgent',
  method: 'POST',
  path: '/api/agents/register',
  tag: 'Agents',
  summary: 'Register an agent, or update its registration',
  description:
    'With `agentUrl` the hub calls the agent (push), without it the agent polls (pull). Secrets are shown this once. ' +
    'An update (by the current agent token) answers 200 and changes only what it names.',
  access: 'registration',
  limit: 'register',
  headers: z.object({ 'x-vendor-id': z.string().optional() }),
  body: Registration,
  status: 201,
  alsoStatus: [200],
  reply: RegistrationReply,
  errors: [...COMMON_ERRORS, ...BODY_ERRORS, 'vendor_mismatch', 'registration_refused', 'agent_disabled', 'conflict', 'unsafe_agent_url'],
  example: { vendorId: 'vendor-1', erpType: 'Tryton', version: '1.0.0' },
});

const RootDigest = z.strictObject({
  count: z.int().min(0),
  digest: pattern(/^[0-9a-f]{16}$/, '16 lower-case hex digits'),
});

export const DriftState = z.enum(['in_sync', 'drift']);

export const heartbeat = operation({
  id: 'heartbeat',
  method: 'POST',
  path: '/api/agents/heartbeat',
  tag: 'Agents',
  summary: 'Say that the agent is alive, and what it holds',
  description:
    'Digests are compared with everything whose ingest was answered before. `clockSkewMs` is the agent clock minus the hub clock.',
  access: 'agent',
  limit: 'agent',
  bodyOptional: true,
  body: z.strictObject({
    vendorId: VendorId.optional(),
    version: text(50).nullish(),
    agentTime: timestamp().nullish(),
    digests: z.strictObject({ items: RootDigest.optional(), stock: RootDigest.optional(), warehouses: RootDigest.optional() }).nullish(),
  }),
  status: 200,
  reply: z.strictObject({
    status: AgentStatus,
    serverTime: ReplyTime,
    clockSkewMs: z.int().optional(),
    drift: z.strictObject({ items: DriftState.optional(), stock: DriftState.optional(), warehouses: DriftState.optional() }),
  }),
  errors: [...COMMON_ERRORS, ...BODY_ERRORS, 'vendor_mismatch', 'agent_disabled'],
  example: { version: '1.0.0', agentTime: '2026-01-31T08:30:00Z', digests: { items: { count: 0, digest: '0000000000000000' } } },
});

export const agentSelf = operation({
  id: 'agentSelf',
  method: 'GET',
  path: '/api/agents/me',
  tag: 'Agents',
  summary: 'What the hub knows of the calling agent',
  access: 'agent',
  limit: 'agent',
  status: 200,
  reply: z.strictObject({
    vendorId: VendorId,
    status: AgentStatus,
    mode: AgentMode,
    enabled: z.boolean(),
    erpType: z.string(),
    version: z.string().nullable(),
    idempotentOrders: z.boolean(),
    lastHeartbeat: ReplyTime.nullable(),
    clockSkewMs: z.int().nullable(),
    missingMappings: z.array(z.strictObject({ mappingType: MappingType, erpCode: z.string(), parkedRows: z.int() })),
    parkedRows: z.array(z.strictObject({ entity: Entity, reason: z.enum(PARK_REASONS), count: z.int() })),
    lastReconciliation: z.partialRecord(Entity, z.strictObject({ eventType: z.string(), at: ReplyTime })),
    openSnapshots: z.array(z.strictObject({ snapshotId: z.string(), entity: Entity, startedAt: ReplyTime, expiresAt: ReplyTime })),
  }),
  errors: [...COMMON_ERRORS, 'agent_disabled'],
});

export const rotateToken = operation({
  id: 'rotateToken',
  method: 'POST',
  path: '/api/agents/token/rotate',
  tag: 'Agents',
  summary: 'Replace the agent token and both outbound secrets',
  description: 'The token that was presented works 10 minutes more; calls to the agent are signed with both secrets for that long.',
  access: 'agent',
  limit: 'agent',
  status: 200,
  reply: z.strictObject({ token: z.string(), outboundToken: z.string(), signingSecret: z.string(), previousValidUntil: ReplyTime }),
  errors: [...COMMON_ERRORS, ...BODY_ERRORS, 'agent_disabled', 'conflict'],
});
