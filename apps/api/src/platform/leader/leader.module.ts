import { Global, Module } from '@nestjs/common';
import { Leader } from './leader';
import { LeaderGauge } from './leader-gauge';

@Global()
@Module({ providers: [Leader, LeaderGauge], exports: [Leader] })
export class LeaderModule {}
