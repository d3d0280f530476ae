import { z } from 'zod';
import { PageQuery, paged, ReplyTime, QueryFlag, VendorId } from '../primitives';
import { AgentMode, AgentStatus, AgentUrl } from './agent-operations';
import { BODY_ERRORS, COMMON_ERRORS, operation } from './operation';

export const AgentDetail = z
  .strictObject({
    vendorId: VendorId,
    status: AgentStatus,
    mode: AgentMode,
    agentUrl: z.string().nullable(),
    enabled: z.boolean(),
    erpType: z.string(),
    version: z.string().nullable(),
    idempotentOrders: z.boolean(),
    lastHeartbeat: ReplyTime.nullable(),
    clockSkewMs: z.int().nullable(),
    deregisteredAt: ReplyTime.nullable(),
    createdAt: ReplyTime,
    updatedAt: ReplyTime,
  })
  .meta({ id: 'Agent' });
export type AgentDetail = z.infer<typeof AgentDetail>;

const shared = { tag: 'Agents (admin)', access: 'admin', limit: 'admin' } as const;
const params = z.strictObject({ vendorId: VendorId });

export const listAgents = operation({
  ...shared,
  id: 'listAgents',
  method: 'GET',
  path: '/api/admin/agents',
  summary: 'List agents with their health',
  query: z.strictObject({ ...PageQuery, status: AgentStatus.optional(), deregistered: QueryFlag.optional() }),
  status: 200,
  reply: paged(AgentDetail),
  errors: [...COMMON_ERRORS, 'forbidden'],
});

export const getAgent = operation({
  ...shared,
  id: 'getAgent',
  method: 'GET',
  path: '/api/admin/agents/:vendorId',
  summary: 'One agent',
  params,
  status: 200,
  reply: AgentDetail,
  errors: [...COMMON_ERRORS, 'forbidden', 'not_found'],
});

export const updateAgent = operation({
  ...shared,
  id: 'updateAgent',
  method: 'PUT',
  path: '/api/admin/agents/:vendorId',
  summary: 'Change the URL of an agent, or switch it off and on',
  description: '`enabled: false` refuses its calls and holds all its jobs. `agentUrl: null` turns it to pull.',
  params,
  body: z
    .strictObject({ agentUrl: AgentUrl.nullable().optional(), enabled: z.boolean().optional() })
    .refine((body) => body.agentUrl !== undefined || body.enabled !== undefined, { error: 'must name agentUrl or enabled' }),
  status: 200,
  reply: AgentDetail,
  errors: [...COMMON_ERRORS, ...BODY_ERRORS, 'forbidden', 'not_found', 'unsafe_agent_url'],
  example: { enabled: true },
});

export const deregisterAgent = operation({
  ...shared,
  id: 'deregisterAgent',
  method: 'DELETE',
  path: '/api/admin/agents/:vendorId',
  summary: 'Deregister an agent; its history stays, only an enrolment code registers the id again',
  params,
  status: 204,
  errors: [...COMMON_ERRORS, ...BODY_ERRORS, ...BODY_ERRORS, 'forbidden', 'not_found'],
});

export const createEnrolment = operation({
  ...shared,
  id: 'createEnrolment',
  method: 'POST',
  path: '/api/admin/agents/:vendorId/enrolment',
  summary: 'Make a one-time enrolment code for a vendor id',
  params,
  status: 201,
  reply: z.strictObject({ code: z.string(), expiresAt: ReplyTime }),
  errors: [...COMMON_ERRORS, ...BODY_ERRORS, 'forbidden'],
});

export const AuditEntry = z
  .strictObject({
    id: z.string(),
    at: ReplyTime,
    actor: z.string(),
    action: z.string(),
    target: z.string(),
    vendorId: VendorId.nullable(),
    before: z.unknown(),
    after: z.unknown(),
    correlationId: z.string().nullable(),
  })
  .meta({ id: 'AuditEntry' });

export const listAudit = operation({
  ...shared,
  tag: 'Audit',
  id: 'listAudit',
  method: 'GET',
  path: '/api/admin/audit',
  summary: 'Who did what to what, when',
  query: z.strictObject({ ...PageQuery, vendorId: VendorId.optional(), action: z.string().max(100).optional() }),
  status: 200,
  reply: paged(AuditEntry),
  errors: [...COMMON_ERRORS, 'forbidden'],
});
