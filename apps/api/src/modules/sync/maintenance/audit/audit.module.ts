import { Module } from '@nestjs/common';
import { AuditController } from './audit.controller';

/** Reading the audit log; every feature writes its own entries. */
@Module({ controllers: [AuditController] })
export class AuditModule {}
