import { Controller, Get, Inject, UseInterceptors } from '@nestjs/common';
import type { Type } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiNotFoundResponse, ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { Asked } from '../http/asked.js';
import { Requires } from '../security/requires.js';
import { fieldsOf, parametersOf } from './asked.js';
import { CsvInterceptor } from './csv.interceptor.js';
import { GetReport } from './queries.js';
import type { Reports } from './reports.js';

/** A controller with a route for each report. */
export function reportRoutes(reports: Reports): Type {
  class ReportsController {
    constructor(@Inject(QueryBus) readonly queries: QueryBus) {}
  }
  const asked = Asked(fieldsOf(reports));
  for (const { name, says, summary = says } of reports.all) {
    const method = {
      value(this: ReportsController, query: Parameters<typeof parametersOf>[0]) {
        return this.queries.execute(new GetReport(name, parametersOf(query)));
      },
      writable: true,
      configurable: true,
    };
    const { prototype } = ReportsController;
    Object.defineProperty(prototype, name, method);
    // What the compiler says of a method that it sees: every parameter is checked by a form.
    Reflect.defineMetadata('design:paramtypes', [Object], prototype, name);
    asked(prototype, name, 0);
    for (const decorate of [
      Get(name),
      Requires('reports.read'),
      ApiOperation({ summary, operationId: `ReportsController_${name}` }),
      ApiOkResponse({ schema: { $ref: '#/components/schemas/Report' } }),
    ])
      decorate(prototype, name, method);
  }
  for (const decorate of [
    Controller('reports'),
    ApiTags('reports'),
    ApiProduces('application/json', 'text/csv'),
    ApiNotFoundResponse(),
    UseInterceptors(CsvInterceptor),
  ])
    decorate(ReportsController);
  return ReportsController;
}
