import type { AlertNews } from '@repo/shared/database/alerts/untold-alerts';
import { slackLine } from './slack-sink';

const news: AlertNews = {
  id: '0195a000-0000-7000-8000-000000000000',
  kind: 'agent_offline',
  subject: 'v1',
  vendorId: 'v1',
  detail: 'no word of v1',
  raisedAt: new Date('2026-01-02T03:04:05Z'),
  clearedAt: null,
  news: 'raised',
};

it('says what came, and that it is over', () => {
  expect(slackLine(news)).toBe(':warning: `agent_offline`: no word of v1');
  expect(slackLine({ ...news, news: 'cleared' })).toBe(
    ':white_check_mark: `agent_offline` is over (since 2026-01-02T03:04:05.000Z): no word of v1',
  );
});

it('lets nothing in it mention, link or format', () => {
  const line = slackLine({ ...news, detail: '<!channel> & <http://x|y> *b* `c`' });
  expect(line).toContain('&lt;!channel&gt; &amp; &lt;http://x|y&gt;');
  expect(line).not.toMatch(/\*b\*|`c`/);
});
