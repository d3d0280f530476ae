import { Entity, VendorId } from '@repo/contracts/primitives';
import { z } from 'zod';

const clockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: 'must be a time of day such as 03:30' });

/** What the file `erp-agent.yaml` holds. Paths in it are relative to its folder. Secrets are kept elsewhere. */
export const AgentConfig = z.strictObject({
  hub: z.strictObject({
    /** Of the hub, with a path if it has one. */
    url: z.url({ protocol: /^https?$/, error: 'must be an address such as https://hub.example' }),
  }),
  vendorId: VendorId,
  /** Free text for people: which ERP this is. */
  erpType: z.string().min(1).max(50),
  /** What is read and written; the connector of this kind knows the rest. */
  source: z.looseObject({ kind: z.enum(['csv', 'sql']) }),
  push: z
    .strictObject({
      /** Which entities are sent; all that the source has unless said otherwise. */
      entities: z.array(Entity).min(1).optional(),
      /** How often the source is looked at, in seconds. */
      everySeconds: z.number().min(1).max(86_400).default(30),
      /** When everything is read once a day, in the machine's time. */
      fullAt: clockTime.default('03:00'),
    })
    .prefault({}),
  orders: z
    .strictObject({
      /** False: this agent takes no orders. */
      enabled: z.boolean().default(true),
      /** How many are worked off at once. */
      atOnce: z.int().min(1).max(50).default(4),
      /** Where the agent listens, for a hub that can reach it; without it the agent polls. */
      listen: z
        .strictObject({
          host: z.string().default('0.0.0.0'),
          port: z.int().min(1).max(65_535),
          /** How the hub reaches it from outside. */
          publicUrl: z.url({ protocol: /^https?$/ }),
        })
        .optional(),
      /** How long a request to the ERP may still take effect after the agent died: what is not found counts as not there only then. */
      inFlightSeconds: z.number().min(0.1).max(3600).default(60),
      /** The ERP recognises a job that it was given before by itself. */
      idempotent: z.boolean().default(false),
    })
    .prefault({}),
  heartbeat: z.strictObject({ everySeconds: z.number().min(5).max(300).default(20) }).prefault({}),
  /** Where the agent keeps what it has sent and taken. */
  state: z.string().min(1).default('erp-agent.db'),
  log: z
    .strictObject({
      level: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
      /** A folder; without it the log goes to standard output. */
      folder: z.string().optional(),
      /** A file is put aside when it has this many megabytes. */
      megabytes: z.int().min(1).default(20),
      /** How many that were put aside are kept. */
      keep: z.int().min(1).default(10),
    })
    .prefault({}),
});
export type AgentConfig = z.infer<typeof AgentConfig>;
