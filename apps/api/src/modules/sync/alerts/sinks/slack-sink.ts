import type { AlertNews } from '@repo/shared/database/alerts/untold-alerts';
import { severityOf } from '../alert-kinds';
import type { AlertSink } from './alert-sink';
import { postJson } from './post-json';

/** A Slack incoming webhook: one message a round, a line an alert. */
export class SlackSink implements AlertSink {
  readonly name = 'slack';
  readonly atOnce = 20;

  constructor(private readonly url: string) {}

  send(news: readonly AlertNews[]): Promise<void> {
    return postJson(this.name, this.url, JSON.stringify({ text: news.map(slackLine).join('\n') }));
  }
}

/** One line of a message; whatever stands in it is text, and no mention, link or format. */
export function slackLine({ kind, detail, news, raisedAt }: AlertNews): string {
  if (news === 'cleared') return `:white_check_mark: \`${kind}\` is over (since ${raisedAt.toISOString()}): ${escape(detail)}`;
  const sign = severityOf(kind) === 'critical' ? ':rotating_light:' : ':warning:';
  return `${sign} \`${kind}\`: ${escape(detail)}`;
}

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[*_~`]/g, (sign) => `${sign}\u200b`);
}
