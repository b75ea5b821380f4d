import { customerList } from '../../projections/customer-list.js';
import { employeeList } from '../../projections/employee-list.js';
import { opportunityBoard } from '../../projections/opportunity-board.js';
import { pipelineList } from '../../projections/pipeline-list.js';
import { structureChart } from '../../projections/structure-chart.js';
import type { ChartEntry } from '../../projections/structure-chart.js';
import type { Subject } from '../../libs/audit/queries.js';
import { Refusal } from '../../libs/errors.js';
import { isId } from '../../libs/ids.js';
import type { Projection } from '../../libs/read-models/projection.js';
import type { Filter, ReadModels } from '../../libs/read-models/read-models.js';
import type { Parameters } from '../../libs/reports/question.js';
import type { Definition } from '../../libs/reports/report.js';
import { thingOf } from '../../libs/reports/things.js';
import { baseForm, normalForm } from '../../libs/text.js';

export interface Named {
  readonly id: string;
  readonly name: string;
  /** Put away as a mistake: meant only where nothing else is called so. */
  readonly archived?: boolean;
}

/** Candidates that are named at most; who has more says more of the name. */
const MOST = 10;

/** Where the names of each subject stand. A prefix finds names that begin so; without one, all of them. */
const names: { readonly [Kind in Subject]?: (readModels: ReadModels, prefix: string) => Promise<readonly Named[]> } = {
  customer: (readModels, prefix) =>
    found(readModels, customerList, 'nameKey', prefix, ({ customerId, name, status }) => [
      { id: customerId, name, archived: status === 'archived' },
    ]),
  opportunity: (readModels, prefix) =>
    found(readModels, opportunityBoard, 'order.name', prefix, ({ opportunityId, name }) => [
      { id: opportunityId, name },
    ]),
  employee: (readModels, prefix) =>
    found(readModels, employeeList, 'nameKey', prefix, ({ employeeId, name }) => [{ id: employeeId, name }]),
  pipeline: (readModels) =>
    found(readModels, pipelineList, 'nameKey', '', ({ pipelineId, name }) => [{ id: pipelineId, name }]),
  position: (readModels) =>
    everything(readModels, (entry) =>
      entry.entry === 'position' ? [{ id: entry.positionId, name: entry.title }] : [],
    ),
  'org-unit': (readModels) =>
    everything(readModels, (entry) => (entry.entry === 'unit' ? [{ id: entry.orgUnitId, name: entry.name }] : [])),
};

/** The id that is meant by an id or a name. @throws Refusal `name-unknown` · `name-ambiguous` */
export async function idOf(readModels: ReadModels, subject: Subject, given: string): Promise<string> {
  if (isId(given)) return given.toLowerCase();
  const look = names[subject];
  return choose(subject, given, look ? await look(readModels, baseForm(given)) : []).id;
}

type Where = NonNullable<Parameters['where']>;

/**
 * What a report is filtered by, with ids in the place of names. Dimensions that the report does not have stay as they are: it
 * refuses them itself.
 * @throws Refusal `name-unknown` · `name-ambiguous`
 */
export async function idsIn(
  readModels: ReadModels,
  { dimensions }: Pick<Definition, 'dimensions'>,
  where: Where,
): Promise<Where> {
  const ids: Record<string, (string | null)[]> = {};
  for (const [dimension, values] of Object.entries(where)) {
    const subject = Object.hasOwn(dimensions, dimension) ? thingOf(dimension)?.kind : undefined;
    ids[dimension] = [];
    for (const value of values)
      ids[dimension].push(subject && value !== null ? await idOf(readModels, subject, value) : value);
  }
  return ids;
}

/**
 * Who has exactly this name, or else whose name begins so. Case and marks make no difference to how it begins.
 * @throws Refusal `name-unknown` · `name-ambiguous`, with candidates
 */
export function choose(subject: string, given: string, all: readonly Named[]): Named {
  const [key, base] = [normalForm(given), baseForm(given)];
  const exact = all.filter(({ name }) => normalForm(name) === key);
  const called = exact.length > 0 ? exact : all.filter(({ name }) => baseForm(name).startsWith(base));
  const fitting = called.some(({ archived }) => !archived) ? called.filter(({ archived }) => !archived) : called;
  const [first] = fitting;
  if (!first) throw new Refusal('name-unknown', `There is no ${subject} called ${given}.`, { subject }, 404);
  if (fitting.length === 1) return first;
  const many = fitting.length > MOST ? 'Many are' : `${fitting.length} are`;
  throw new Refusal(
    'name-ambiguous',
    `${many} called ${exact.length > 0 ? '' : 'something like '}${given}: say more of the name, or the id.`,
    {
      subject,
      candidates: fitting.slice(0, MOST).map(({ id, name }) => ({ id, name })),
    },
  );
}

/** One more than are named, so that it is known when there are more. */
async function found<Document>(
  readModels: ReadModels,
  projection: Projection<Document>,
  path: string,
  prefix: string,
  named: (document: Document) => Named[],
): Promise<readonly Named[]> {
  const filter: Filter = prefix === '' ? {} : { [path]: { $prefix: prefix } };
  const { items } = await readModels.find(projection, {
    filter,
    sort: [path],
    limit: prefix === '' ? 1_000 : MOST + 1,
  });
  return items.flatMap(named);
}

async function everything(readModels: ReadModels, named: (entry: ChartEntry) => Named[]): Promise<readonly Named[]> {
  const { items } = await readModels.find(structureChart, { limit: 10_000 });
  return items.flatMap(named);
}
