import { Module } from '@nestjs/common';
import { GetReportHandler } from './queries.js';
import { ReportsController } from './reports.controller.js';

@Module({ controllers: [ReportsController], providers: [GetReportHandler] })
export class ReportsModule {}
