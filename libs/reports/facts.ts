import type { Projection } from '../read-models/projection.js';
import type { ReadModels } from '../read-models/read-models.js';
import type { AnyFact, Definition, Question } from './report.js';

/** Documents that are read at a time. */
const PAGE = 1_000;

type Items = Readonly<Record<string, readonly unknown[]>>;

/**
 * Everything that a report declares it must know, by name.
 * @param today the read models as they are
 * @param then those in which a projection is as it was at the moment that is asked about
 */
export async function knownFor(
  { facts }: Pick<Definition, 'facts'>,
  question: Question,
  today: ReadModels,
  then: (projection: Projection) => Promise<ReadModels>,
): Promise<Items> {
  const known: Record<string, readonly unknown[]> = {};
  for (const [name, fact] of Object.entries(facts)) {
    known[name] = await itemsOf(fact, question, () => (fact.at === 'today' ? Promise.resolve(today) : then(fact.of)));
  }
  return known;
}

/** Where in the report its facts stand, as far as they say so. */
export const keysIn = (
  { facts }: Pick<Definition, 'facts'>,
  known: Items,
): readonly Readonly<Record<string, string>>[] =>
  Object.entries(facts).flatMap(([name, { key }]) => (key ? known[name]!.map((item) => key(item as never)) : []));

async function itemsOf(
  { of, which, sort, as }: AnyFact,
  question: Question,
  readModels: () => Promise<ReadModels>,
): Promise<readonly unknown[]> {
  const filter = which(question);
  if (filter === undefined) return [];
  const asked = await readModels();
  const items: unknown[] = [];
  let cursor: string | undefined;
  do {
    const page = await asked.find(of, { filter, limit: PAGE, cursor, ...(sort && { sort }) });
    items.push(...page.items.map((document) => as(document as never)).filter((item) => item !== undefined));
    cursor = page.next;
  } while (cursor !== undefined);
  return items;
}
