import { Module } from '@nestjs/common';
import { CleanUp } from './clean-up';
import { RetentionController } from './retention.controller';

/** What is kept no longer is removed. */
@Module({ controllers: [RetentionController], providers: [CleanUp], exports: [CleanUp] })
export class RetentionModule {}
