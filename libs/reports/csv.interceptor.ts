import { Injectable } from '@nestjs/common';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { map } from 'rxjs';
import type { Observable } from 'rxjs';
import { csv } from '../csv.js';
import type { Report } from './answer.js';
import { Reports } from './reports.js';
import { linesOf, table } from './table.js';

/** Answers reports as CSV if the request asks for it. What JSON says about the report is then in headers. */
@Injectable()
export class CsvInterceptor implements NestInterceptor<Report, Report | string> {
  constructor(private readonly reports: Reports) {}

  intercept(context: ExecutionContext, next: CallHandler<Report>): Observable<Report | string> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    void reply.header('vary', 'accept');
    return next.handle().pipe(map((report) => (wantsCsv(request) ? asCsv(report, this.reports, reply) : report)));
  }
}

function wantsCsv({ query, headers }: FastifyRequest): boolean {
  const { format } = query as { format?: string };
  if (format !== undefined) return format === 'csv';
  const accepted = (headers.accept ?? '').split(',').map((part) => part.split(';')[0]!.trim().toLowerCase());
  const place = (type: string) => (accepted.includes(type) ? accepted.indexOf(type) : accepted.length);
  return place('text/csv') < place('application/json');
}

function asCsv(report: Report, reports: Reports, reply: FastifyReply): string {
  const { definition, position, basis, window, axis, zone, awaited, parked } = report;
  const said = { definition, position, basis, window: JSON.stringify(window), axis, zone };
  if (awaited) {
    const { error: _, ...progress } = awaited;
    void reply.header('x-report-awaited', JSON.stringify(progress));
  }
  if (parked.count > 0) {
    // Keys may hold what no header may.
    const keys = parked.documents.map(({ document }) => encodeURIComponent(document));
    void reply.header('x-report-parked', [parked.count, ...keys].join(' '));
  }
  if (report.next !== undefined) void reply.header('x-report-next', report.next);
  for (const [name, value] of Object.entries(said)) void reply.header(`x-report-${name}`, String(value));
  void reply.header('content-type', 'text/csv; charset=utf-8; header=present');
  void reply.header('content-disposition', `attachment; filename="${report.report}.csv"`);
  return csv(linesOf(table(report, reports.of(report.report), 'data')));
}
