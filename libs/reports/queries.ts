import { Query, QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { pipelineList } from '../../projections/pipeline-list.js';
import { targetList } from '../../projections/target-list.js';
import { Clock } from '../clock.js';
import { Missing, Unavailable } from '../errors.js';
import { Past } from '../read-models/asking/past.js';
import type { Generation, Sum, Sums } from '../read-models/read-models.js';
import { ReadModels } from '../read-models/read-models.js';
import { Reading, untilOf } from '../read-models/asking/reading.js';
import type { When } from '../read-models/asking/reading.js';
import type { Projection } from '../read-models/projection.js';
import { Rebuilds } from '../read-models/building/rebuilds.js';
import type { Rollup } from '../read-models/rollup.js';
import { keyOfSubject, measured } from './attainment.js';
import { stagesOf } from './funnel.js';
import { checkValues } from './known-values.js';
import { named, namesIn } from './names.js';
import { checkedZone, momentOf, questionOf } from './question.js';
import { columnsOf } from './definition.js';
import type { Columns, Source } from './definition.js';
import type { Parameters, PipelineStages, Question, Report, ReportName, Row, TargetOf } from './report.js';
import { awaited, notBuilt, parkedIn, servingReport } from './serving.js';
import { sources } from './sources.js';

/** A moment that everything in the log lies before. */
const EVERYTHING = { axis: 'recorded', time: '9999-12-31T23:59:59.999Z' } as const;

/** How often sums are taken again that a page of new events has overtaken. */
const ATTEMPTS = 20;
const MOST_PIPELINES = 1_000;

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
    private readonly rebuilds: Rebuilds,
  ) {}

  async execute({ name, parameters }: GetReport): Promise<Report> {
    const source = sources[name];
    untilOf(parameters);
    const [serving] = await servingReport(this.readModels, source.rollup);
    const kept = serving ? zoneOf(serving) : this.rebuilds.zone;
    const zone = checkedZone(parameters) ?? kept;
    const asOf = momentOf(parameters, zone);
    const question = questionOf(source, parameters, zone, asOf ?? this.clock.now());
    const isLive = asOf === undefined && zone === kept;
    if (isLive && !serving) throw await notBuilt(this.rebuilds, source.rollup);
    const pipelines = await this.#pipelines(source, question);
    const readModels = isLive
      ? await this.reading.of(source.rollup.of, parameters)
      : await this.#past(source.rollup.of, { ...parameters, asOf }, zone);
    await checkValues(source.rollup, question.where, this.reading, [readModels, ...(serving ? [this.readModels] : [])]);
    const { generation, sums, parked } = await settled(readModels, source.rollup, source.asks(question));
    // What serves has changed meanwhile, and with it what was asked.
    if (isLive && zoneOf(generation) !== zone) return this.execute({ name, parameters } as GetReport);
    const { axis } = parameters;
    const targets = await this.#targets(source, question, { asOf, axis, after: generation.position });
    const names = await namesIn(
      this.readModels,
      [...sums.flat().map(({ key }) => key), ...targets.map(keyOfSubject)],
      question.by,
    );
    const rows = source.rows(sums, question, { pipelines, names, targets });
    const { from = null, to = null, basis, by } = question;
    return {
      report: name,
      definition: [...definitionOf(generation, source.rollup), ...versionsOf(source, basis)].join(' '),
      position: generation.position,
      basis,
      by,
      window: {
        from,
        to,
        asOf: asOf ?? null,
      },
      axis: axis ?? 'occurred',
      zone,
      awaited: isLive ? await awaited(this.rebuilds, generation) : null,
      parked,
      rows: await this.#named(columnsOf(source, question), rows, names),
    };
  }

  /** Folded anew: for a moment in the past, or for another zone than reports are kept in. */
  async #past(projection: Projection, { asOf, axis = 'occurred', after }: When, zone: string): Promise<ReadModels> {
    if (asOf !== undefined) return this.past.of(projection, { axis, time: asOf }, zone);
    if (after !== undefined) await this.reading.passed(projection, after);
    return this.past.of(projection, EVERYTHING, zone);
  }

  async #pipelines(source: Source, { where }: Question): Promise<readonly PipelineStages[]> {
    if (!Object.hasOwn(source.dimensions, 'pipeline')) return [];
    const { items } = await this.readModels.find(pipelineList, { sort: ['nameKey'], limit: MOST_PIPELINES });
    const unknown = where['pipeline']?.find((id) => items.every(({ pipelineId }) => pipelineId !== id));
    if (unknown !== undefined) throw new Missing('pipeline', String(unknown));
    return items.filter(({ versions }) => versions.length > 0).map(stagesOf);
  }

  /** Known at the moment that is asked about, like the figures they are compared with. */
  async #targets({ kpi }: Source, question: Question, when: When): Promise<readonly TargetOf[]> {
    const kind = kpi && measured(question);
    if (kind === undefined) return [];
    const filter = { kpi, 'subject.kind': kind, status: 'set' };
    const readModels = await this.reading.of(targetList, when);
    const targets: TargetOf[] = [];
    let cursor: string | undefined;
    do {
      const page = await readModels.find(targetList, { filter, limit: 1_000, cursor });
      targets.push(...page.items);
      cursor = page.next;
    } while (cursor !== undefined);
    return targets;
  }

  async #named(columns: Columns, rows: readonly Row[], names: Map<string, string>): Promise<readonly Row[]> {
    const all = await namesIn(this.readModels, rows, Object.keys(columns), names);
    return rows.map((row) => named(row, all));
  }
}

/** All sums of one moment: those that a page of new events has overtaken are taken again. */
async function settled(readModels: ReadModels, rollup: Rollup, asks: readonly Sums[]) {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const serving = await servingReport(readModels, rollup);
    const sums: (readonly Sum[])[] = [];
    for (const ask of asks) sums.push(await readModels.sums(rollup, ask));
    const parked = await parkedIn(readModels, serving);
    const stands = (some: readonly Generation[]) => JSON.stringify(some.map(({ id, position }) => [id, position]));
    // Of partitions the one furthest behind tells what is shown at least.
    const [generation] = serving;
    if (generation && stands(await servingReport(readModels, rollup)) === stands(serving))
      return { generation, sums, parked };
  }
  throw new Unavailable('report-overtaken', 'New events arrive faster than the report can be added up.', 1);
}

/** What is served, which may be an older definition than the program's while the new one is being built. */
const definitionOf = ({ definition }: Generation, { name, of }: Rollup): readonly string[] =>
  definition.split(' ').filter((part) => part.startsWith(`${of.name}@`) || part.startsWith(`${name}@`));

/** What makes figures of the sums: the report, and the policies it follows. */
const versionsOf = ({ name, version, bases }: Source, basis: string): readonly string[] => [
  `${name}-report@${version}`,
  ...bases[basis]!.policies.map((policy) => `${policy.name}@${policy.version}`),
];

/** The zone stands last in the definition of whatever has reports. */
const zoneOf = ({ definition }: Generation): string => definition.split(' ').at(-1)!;
