import { Query, QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { pipelineList } from '../../projections/pipeline-list.js';
import { Clock } from '../clock.js';
import { Missing, Unavailable } from '../errors.js';
import { Past } from '../read-models/past.js';
import type { Generation, Sum, Sums } from '../read-models/read-models.js';
import { ReadModels } from '../read-models/read-models.js';
import { Reading } from '../read-models/reading.js';
import type { Rollup } from '../read-models/rollup.js';
import { stagesOf } from './funnel.js';
import { named, namesIn } from './names.js';
import { checkedZone, momentOf, questionOf } from './question.js';
import type { Parameters, PipelineStages, Question, Report, ReportName, Row, Source } from './report.js';
import { sources } from './sources.js';

/** A moment that everything in the log lies before. */
const EVERYTHING = { axis: 'recorded', time: '9999-12-31T23:59:59.999Z' } as const;

/** How often sums are taken again that a page of new events has overtaken. */
const ATTEMPTS = 20;

/** A report: the one answer that HTTP and the command line give. */
export class GetReport extends Query<Report> {
  constructor(
    readonly name: ReportName,
    readonly parameters: Parameters = {},
  ) {
    super();
  }
}

@QueryHandler(GetReport)
export class GetReportHandler implements IQueryHandler<GetReport> {
  constructor(
    private readonly readModels: ReadModels,
    private readonly reading: Reading,
    private readonly past: Past,
    private readonly clock: Clock,
  ) {}

  async execute({ name, parameters }: GetReport): Promise<Report> {
    const source = sources[name];
    const kept = zoneOf(await active(this.readModels, source.rollup));
    const zone = checkedZone(parameters) ?? kept;
    const asOf = momentOf(parameters, zone);
    const question = questionOf(source, parameters, zone, asOf ?? this.clock.now());
    const pipelines = await this.#pipelines(source, question);
    const { generation, sums } = await this.#sums(source, question, { ...parameters, asOf }, zone, kept);
    const rows = await this.#rows(source, question, sums, pipelines);
    return {
      report: name,
      definition: [...generation.definition.split(' ').filter((part) => part.includes('@')), ...source.policies(question.basis)]
        .filter((part) => isOf(source, part))
        .join(' '),
      position: generation.position,
      basis: question.basis,
      by: question.by,
      window: { from: question.from ?? null, to: question.to ?? null, asOf: asOf ?? null },
      axis: parameters.axis ?? 'occurred',
      zone,
      rows,
    };
  }
}
