import { z } from 'zod';
import { BODY_ERRORS, COMMON_ERRORS, operation } from './operation';

export const runRetention = operation({
  id: 'runRetention',
  tag: 'Maintenance',
  access: 'admin',
  limit: 'admin',
  method: 'POST',
  path: '/api/admin/retention',
  summary: 'Remove what is kept no longer, or count it',
  description:
    'Removes in batches what is older than the `RETENTION_…` settings say; never an open job or an open dead letter. It ends after a ' +
    'while, with what was removed until then: call it again until it says `finished`. `dryRun` removes nothing and counts what is due.',
  body: z.strictObject({ dryRun: z.boolean() }),
  status: 200,
  reply: z.strictObject({
    removed: z.record(z.string(), z.int().min(0)).meta({ description: 'Rows by table.' }),
    finished: z
      .boolean()
      .meta({ description: 'False: its time was over before all that was due was removed. A dry run has always finished.' }),
  }),
  errors: [...COMMON_ERRORS, ...BODY_ERRORS, 'forbidden'],
  example: { dryRun: true },
});
