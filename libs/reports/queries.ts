import { Query, QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { Clock } from '../clock.js';
import { Unavailable } from '../errors.js';
import { Past } from '../read-models/asking/past.js';
import type { Generation } from '../read-models/generation.js';
import type { Sum, Sums } from '../read-models/read-models.js';
import { ReadModels } from '../read-models/read-models.js';
import { checkAxis, Reading } from '../read-models/asking/reading.js';
import type { When } from '../read-models/asking/reading.js';
import { Rebuilds } from '../read-models/building/rebuilds.js';
import type { Rollup } from '../read-models/rollup.js';
import type { Report } from './answer.js';
import { keysIn, knownFor } from './facts.js';
import { checkValues } from './known-values.js';
import { named, namesIn } from './names.js';
import { isPaged, pageOf, placeIn, ReportPages } from './pages.js';
import type { Whole } from './pages.js';
import { checkedZone, momentOf, questionOf } from './question.js';
import type { Parameters } from './question.js';
import { columnsOf } from './report.js';
import type { Definition } from './report.js';
import { Reports } from './reports.js';
import { awaited, notBuilt, parkedIn, servingReport } from './serving.js';

/** A moment that everything in the log lies before. */
const EVERYTHING = { axis: 'recorded', time: '9999-12-31T23:59:59.999Z' } as const;

/** How often sums are taken again that a page of new events has overtaken. */
const ATTEMPTS = 20;

/** A report: the one answer that HTTP and the command line give. */
export class GetReport extends Query<Report> {
  constructor(
    readonly name: string,
    readonly parameters: Parameters = {},
  ) {
    super();
  }
}

@QueryHandler(GetReport)
export class GetReportHandler implements IQueryHandler<GetReport> {
  readonly #pages = new ReportPages();

  constructor(
    private readonly readModels: ReadModels,
    private readonly reading: Reading,
    private readonly past: Past,
    private readonly clock: Clock,
    private readonly rebuilds: Rebuilds,
    private readonly reports: Reports,
  ) {}

  async execute({ name, parameters }: GetReport): Promise<Report> {
    const source = this.reports.of(name);
    if (!isPaged(parameters)) return this.#named(await this.#whole(name, parameters), source);
    const place = placeIn(name, parameters);
    let whole: Whole | undefined;
    if (!place) whole = await this.#unchanged(source, parameters);
    else if (place.position >= (parameters.after ?? 0)) whole = this.#pages.get(name, parameters, place.position);
    if (!whole) {
      whole = await this.#whole(name, parameters);
      this.#pages.keep(name, parameters, whole);
    }
    return this.#named({ ...whole, report: pageOf(whole, parameters, place) }, source);
  }

  /** Kept rows that would be the same now. Facts have positions of their own, so reports with facts are made anew. */
  async #unchanged(source: Definition, parameters: Parameters): Promise<Whole | undefined> {
    const { asOf, after = 0 } = parameters;
    if (asOf !== undefined || Object.keys(source.facts).length > 0) return undefined;
    const serving = await servingReport(this.readModels, source.rollup);
    const [generation] = serving;
    if (!generation || generation.position < after) return undefined;
    const whole = this.#pages.get(source.name, parameters, generation.position);
    if (!whole || whole.report.awaited || zoneOf(generation) !== whole.report.zone) return undefined;
    if (!whole.report.definition.startsWith(definitionOf(generation, source.rollup).join(' '))) return undefined;
    const parked = await parkedIn(this.readModels, serving);
    return JSON.stringify(parked) === JSON.stringify(whole.report.parked) ? whole : undefined;
  }

  async #named({ report, names }: Whole, source: Definition): Promise<Report> {
    const { rows, by, basis } = report;
    await namesIn(this.readModels, rows, [...by, ...Object.keys(columnsOf(source, { basis, by }))], names);
    return { ...report, rows: rows.map((row) => named(row, names)) };
  }

  async #whole(name: string, parameters: Parameters): Promise<Whole> {
    const source = this.reports.of(name);
    checkAxis(parameters);
    const [serving] = await servingReport(this.readModels, source.rollup);
    const kept = serving ? zoneOf(serving) : this.rebuilds.zone;
    const zone = checkedZone(parameters) ?? kept;
    const asOf = momentOf(parameters, zone);
    const question = questionOf(source, parameters, zone, asOf ?? this.clock.now());
    const isLive = asOf === undefined && zone === kept;
    if (isLive && !serving) throw await notBuilt(this.rebuilds, source);
    const readModels = isLive
      ? await this.reading.of(source.rollup.of, parameters)
      : await this.#past(source.rollup, { ...parameters, asOf }, zone);
    await checkValues(source.rollup, question.where, this.reading, [readModels, ...(serving ? [this.readModels] : [])]);
    const { generation, sums, parked } = await settled(readModels, source.rollup, source.asks(question));
    // What serves has changed meanwhile, and with it what was asked.
    if (isLive && zoneOf(generation) !== zone) return this.#whole(name, parameters);
    const { axis } = parameters;
    const known = await knownFor(source, question, this.readModels, (projection) =>
      this.reading.of(projection, { asOf, axis, after: generation.position }),
    );
    const { basis, by } = question;
    const keys = [...sums.flat().map(({ key }) => key), ...keysIn(source, known)];
    // Rows stand in the order of names, but pipelines in that of their ids.
    const ordering = by.filter((dimension) => dimension !== 'pipeline');
    const names = await namesIn(this.readModels, keys, ordering);
    const rows = source.rows(sums, question, { ...known, names });
    const { from = null, to = null } = question;
    const report: Report = {
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
      rows,
    };
    return { report, names };
  }

  /** Folded anew: for a moment in the past, or for another zone than reports are kept in. */
  async #past(rollup: Rollup, { asOf, axis = 'occurred', after }: When, zone: string): Promise<ReadModels> {
    if (asOf !== undefined) return this.past.of(rollup.of, { axis, time: asOf }, rollup, zone);
    if (after !== undefined) await this.reading.passed(rollup.of, after);
    return this.past.of(rollup.of, EVERYTHING, rollup, zone);
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
    // The first partition is the one furthest behind: the answer shows at least what it has projected.
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
const versionsOf = ({ name, version, bases }: Definition, basis: string): readonly string[] => [
  `${name}-report@${version}`,
  ...bases[basis]!.policies.map((policy) => `${policy.name}@${policy.version}`),
];

/** The zone stands last in the definition of whatever has reports. */
const zoneOf = ({ definition }: Generation): string => definition.split(' ').at(-1)!;
