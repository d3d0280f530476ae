import { Global, Module } from '@nestjs/common';
import { LocalEventBus } from './local-events';

@Global()
@Module({ providers: [LocalEventBus], exports: [LocalEventBus] })
export class EventsModule {}
