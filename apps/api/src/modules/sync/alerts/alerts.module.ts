import { Module } from '@nestjs/common';
import { SETTINGS, type HubSettings } from '../../../config/settings';
import { BreakerModule } from '../breaker/breaker.module';
import { AlertRounds } from './alert-rounds';
import { ALERT_SINKS, type AlertSink } from './sinks/alert-sink';
import { SlackSink } from './sinks/slack-sink';
import { WebhookSink } from './sinks/webhook-sink';
import { TellSinks } from './tell-sinks';
import { TrackConditions } from './track-conditions';
import { WatchConditions } from './watch-conditions';

/** Ops are told when something is wrong, once, and when it is over. */
@Module({
  imports: [BreakerModule],
  providers: [
    WatchConditions,
    TrackConditions,
    TellSinks,
    AlertRounds,
    {
      provide: ALERT_SINKS,
      inject: [SETTINGS],
      useFactory: ({ SLACK_WEBHOOK_URL, ALERT_WEBHOOK_URL, ALERT_WEBHOOK_SECRET }: HubSettings): AlertSink[] => [
        ...(SLACK_WEBHOOK_URL === undefined ? [] : [new SlackSink(SLACK_WEBHOOK_URL)]),
        ...(ALERT_WEBHOOK_URL === undefined || ALERT_WEBHOOK_SECRET === undefined
          ? []
          : [new WebhookSink(ALERT_WEBHOOK_URL, ALERT_WEBHOOK_SECRET)]),
      ],
    },
  ],
  exports: [WatchConditions, TrackConditions],
})
export class AlertsModule {}
