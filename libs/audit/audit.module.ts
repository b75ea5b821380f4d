import { Module } from '@nestjs/common';
import { AuditController } from './audit.controller.js';
import { GetHistoryHandler } from './queries.js';

@Module({ controllers: [AuditController], providers: [GetHistoryHandler] })
export class AuditModule {}
