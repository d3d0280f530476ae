import { signCall } from '@repo/contracts/agent-protocol/sign-call';
import type { AlertNews } from '@repo/shared/database/alerts/untold-alerts';
import { severityOf } from '../alert-kinds';
import type { AlertSink } from './alert-sink';
import { postJson } from './post-json';

/** Any receiver of Standard Webhooks: one signed call an alert. A repeated call has the id of the first. */
export class WebhookSink implements AlertSink {
  readonly name = 'webhook';
  readonly atOnce = 1;

  constructor(
    private readonly url: string,
    private readonly secret: string,
  ) {}

  async send(news: readonly AlertNews[]): Promise<void> {
    for (const each of news) {
      const body = JSON.stringify({ type: `alert.${each.news}`, timestamp: timeOf(each).toISOString(), data: dataOf(each) });
      const id = `${each.id}-${each.news}`;
      const timestamp = Math.floor(Date.now() / 1000);
      const signature = signCall({ id, timestamp, body }, [this.secret]);
      await postJson(this.name, this.url, body, {
        'webhook-id': id,
        'webhook-timestamp': String(timestamp),
        'webhook-signature': signature,
      });
    }
  }
}

const timeOf = ({ news, raisedAt, clearedAt }: AlertNews) => (news === 'cleared' ? (clearedAt ?? raisedAt) : raisedAt);

function dataOf({ id, kind, vendorId, detail, raisedAt, clearedAt }: AlertNews): Record<string, unknown> {
  return { id, kind, severity: severityOf(kind), vendorId, detail, raisedAt, clearedAt };
}
