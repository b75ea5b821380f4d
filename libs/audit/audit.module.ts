import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import type { Subject } from '../context.js';
import { GetHistoryHandler, Subjects } from './queries.js';

@Module({})
export class AuditModule {
  /** @param subjects kinds of things that have a history, by name */
  static forRoot(subjects: Readonly<Record<string, Subject>>): DynamicModule {
    return {
      module: AuditModule,
      providers: [GetHistoryHandler, { provide: Subjects, useValue: new Subjects(subjects) }],
    };
  }
}
