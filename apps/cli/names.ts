import type { Lookup, Named } from '../../libs/context.js';
import { Refusal } from '../../libs/errors.js';
import { isId } from '../../libs/ids.js';
import type { Find, ReadModels } from '../../libs/read-models/read-models.js';
import type { Parameters } from '../../libs/reports/question.js';
import type { Definition } from '../../libs/reports/report.js';
import { thingOf as heldBy } from '../../libs/reports/things.js';
import { baseForm, normalForm } from '../../libs/text.js';
import { subjects } from '../program/contexts.js';

/** Maximum number of candidates in a message; for more of them the name has to be more precise. */
const MOST = 10;
/** Documents that are looked at where names have no index. */
const ALL = 10_000;

/** The id that is meant by an id or a name. @throws Refusal `name-unknown` · `name-ambiguous` */
export const idOf = async (readModels: ReadModels, subject: string, given: string): Promise<string> =>
  (await thingOf(readModels, subject, given)).id;

/**
 * What is meant by a name or how it begins, with its whole name, or by an id, which then stands for the name too.
 * @throws Refusal `name-unknown` · `name-ambiguous`
 */
export async function thingOf(readModels: ReadModels, subject: string, given: string): Promise<Named> {
  if (isId(given)) return { id: given.toLowerCase(), name: given.toLowerCase() };
  const found = subjects[subject]?.found;
  return choose(subject, given, found ? await candidates(readModels, found, baseForm(given)) : []);
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
    const subject = Object.hasOwn(dimensions, dimension) ? heldBy(dimension)?.kind : undefined;
    ids[dimension] = [];
    for (const value of values)
      ids[dimension].push(subject && value !== null ? await idOf(readModels, subject, value) : value);
  }
  return ids;
}

/**
 * Chooses the candidate with exactly this name, or else the one whose name begins with it, ignoring case and diacritics.
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

/**
 * What is called by a name that begins so; documents that are looked at one by one are bounded. One more than are named, so
 * that it is known when there are more.
 */
async function candidates(
  readModels: ReadModels,
  { projection, by, named }: Lookup,
  prefix: string,
): Promise<readonly Named[]> {
  const wanted: Find =
    by === undefined ? { limit: ALL } : { filter: { [by]: { $prefix: prefix } }, sort: [by], limit: MOST + 1 };
  const { items } = await readModels.find(projection, wanted);
  return items.flatMap((document) => named(document as never) ?? []);
}
