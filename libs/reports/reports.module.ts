import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { GetReportHandler } from './queries.js';
import type { Definition } from './report.js';
import { Reports } from './reports.js';

@Module({})
export class ReportsModule {
  /** The answers of these reports. */
  static forRoot(definitions: readonly Definition[]): DynamicModule {
    return {
      module: ReportsModule,
      global: true,
      providers: [{ provide: Reports, useValue: new Reports(definitions) }, GetReportHandler],
      exports: [Reports],
    };
  }
}
