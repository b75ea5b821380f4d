import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { GetReportHandler } from './queries.js';
import type { Definition } from './report.js';
import { Reports } from './reports.js';
import { reportRoutes } from './routes.js';

@Module({})
export class ReportsModule {
  /** The routes and answers of these reports. */
  static forRoot(definitions: readonly Definition[]): DynamicModule {
    const reports = new Reports(definitions);
    return {
      module: ReportsModule,
      controllers: [reportRoutes(reports)],
      providers: [{ provide: Reports, useValue: reports }, GetReportHandler],
      exports: [Reports],
    };
  }
}
