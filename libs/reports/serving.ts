import { Unavailable } from '../errors.js';
import { holdsReport } from '../read-models/report-readiness.js';
import { servingOf } from '../read-models/partitions.js';
import type { Generation } from '../read-models/generation.js';
import type { ReadModels } from '../read-models/read-models.js';
import type { Rebuilds } from '../read-models/building/rebuilds.js';
import type { Rollup } from '../read-models/rollup.js';
import type { Awaited, ParkedDocuments } from './answer.js';
import type { Definition } from './report.js';

/** Parked documents an answer names; `/projections` lists all of them. */
const MOST_NAMED = 20;
/** Seconds after which asking again makes sense at the soonest and at the latest. */
const [SOONEST, LATEST] = [1, 60];

/** What answers a report, the partition furthest behind first; nothing where it is not built. */
export async function servingReport(readModels: ReadModels, rollup: Rollup): Promise<readonly Generation[]> {
  const serving = servingOf(await readModels.generations(), rollup.of.name);
  return serving.every((generation) => holdsReport(generation, rollup)) ? serving : [];
}

/** Documents that what serves could not fold, or not count: their figures are missing, or are older than the others. */
export async function parkedIn(readModels: ReadModels, serving: readonly Generation[]): Promise<ParkedDocuments> {
  const ids = new Set(serving.map(({ id }) => id));
  const parked = (await readModels.parked()).filter(
    ({ consumer }) => typeof consumer === 'number' && ids.has(consumer),
  );
  const documents = parked
    .sort((a, b) => a.position - b.position)
    .slice(0, MOST_NAMED)
    .map(({ key, position, error }) => ({ document: key, position, error }));
  return { count: parked.length, documents };
}

/** What the program would rather answer from: null where it does. */
export async function awaited(rebuilds: Rebuilds, generation: Generation): Promise<Awaited | null> {
  if (rebuilds.definitionOf(generation.name) === generation.definition) return null;
  return progress(rebuilds, generation.name);
}

/** The answer in the place of a report that is not built, by the name it was asked for under, with how far it is. */
export async function notBuilt(rebuilds: Rebuilds, { name, rollup }: Definition): Promise<Unavailable> {
  const { zone: _, ...next } = await progress(rebuilds, rollup.of.name);
  const { state, error, position, head, secondsLeft } = next;
  const seconds = Math.min(LATEST, Math.max(SOONEST, secondsLeft ?? SOONEST));
  const details = { report: name, ...next };
  if (state === 'failed')
    return new Unavailable('report-failed', `The report ${name} could not be built: ${error}.`, LATEST, details);
  const stands = `it has looked at the log up to position ${position.toLocaleString('en')} of ${head.toLocaleString('en')}`;
  const message =
    state === null ? `The report ${name} is not built yet.` : `The report ${name} is being built: ${stands}.`;
  return new Unavailable('report-building', message, seconds, details);
}

async function progress(rebuilds: Rebuilds, name: string): Promise<Awaited> {
  const { definition, others, head } = await rebuilds.statusOf(name);
  const built = others.filter((each) => each.definition === definition && each.state !== 'retained');
  const set = built.sort((a, b) => a.position - b.position)[0];
  const { state = null, position = 0, secondsLeft = null, error = null } = set ?? {};
  // The zone stands last in the definition of whatever has reports.
  return { definition, zone: definition.split(' ').at(-1)!, state, position, head, secondsLeft, error };
}
