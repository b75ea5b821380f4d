import { setTimeout as sleep } from 'node:timers/promises';
import { Refusal } from '../../libs/errors.js';
import type { GenerationStatus, ProjectionStatus, Rebuilds } from '../../libs/read-models/building/rebuilds.js';
import { standstill } from './caught-up.js';
import type { Step } from './progress.js';

export interface Rebuilt {
  readonly name: string;
  readonly generation: number;
  readonly definition: string;
  readonly position: number;
  /** Hash of everything in it when it was verified; the same events under the same definition give the same. */
  readonly hash: string | null;
}

type Source = Pick<Rebuilds, 'status' | 'rebuild'>;

/** How often progress is looked at, in milliseconds. */
const LOOK = 100;

/**
 * Has read models built again and waits until they serve. One that is being built already is waited for.
 * @param faultOf why nothing moves at the moment, where that is known; what has been begun goes on with the next program
 * @throws Refusal `projection-unknown` · `rebuild-failed` · `projecting-failed`
 */
export async function rebuildAndWait(
  source: Source,
  wanted: readonly string[] | 'all',
  show: (step: Step) => void,
  signal: AbortSignal,
  faultOf: () => string | undefined = () => undefined,
): Promise<readonly Rebuilt[]> {
  const all = (await source.status()).map(({ name }) => name);
  const names = wanted === 'all' ? all : [...new Set(wanted)];
  const unknown = names.find((name) => !all.includes(name));
  if (unknown !== undefined) throw unknownOf(unknown, all);
  const generations = new Map<string, number>();
  for (const name of names) generations.set(name, await begun(source, name));
  for (;;) {
    signal.throwIfAborted();
    const status = (await source.status()).filter(({ name }) => generations.has(name));
    const builds = status.map((projection) => buildOf(projection, generations.get(projection.name)!));
    show(stepOf(status[0]?.head ?? 0, builds));
    const failed = builds.find(({ state }) => state === 'failed' || state === 'cancelled');
    if (failed) {
      const why = failed.error ?? 'it was cancelled';
      throw new Refusal(
        'rebuild-failed',
        `${failed.name} was not rebuilt: ${why}. What served before goes on serving.`,
      );
    }
    if (builds.every(({ state }) => state === 'active')) return builds.map(rebuiltOf);
    const fault = faultOf();
    if (fault !== undefined) throw standstill(fault);
    await sleep(LOOK, undefined, { signal });
  }
}

async function begun(source: Source, name: string): Promise<number> {
  try {
    return (await source.rebuild(name)).id;
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== 'rebuild-running') throw error;
    return Number(error.details['generation']);
  }
}

const unknownOf = (name: string, candidates: readonly string[]): Refusal =>
  new Refusal('projection-unknown', `There is no projection ${name}.`, { candidates }, 404);

/** A read model with the copy of it that is being built. */
interface Build extends Pick<
  GenerationStatus,
  'definition' | 'position' | 'hash' | 'error' | 'rate' | 'secondsLeft' | 'state'
> {
  readonly name: string;
  readonly generation: number;
}

const GONE = {
  definition: '',
  position: 0,
  hash: null,
  error: null,
  rate: 0,
  secondsLeft: null,
  state: 'cancelled',
} as const;

/** A copy that is listed no more was dropped, which nobody does to one that is wanted. */
function buildOf({ name, active, others }: ProjectionStatus, generation: number): Build {
  const found = [active, ...others].find((each) => each?.id === generation) ?? GONE;
  return { name, generation, ...found };
}

const rebuiltOf = ({ name, generation, definition, position, hash }: Build): Rebuilt => ({
  name,
  generation,
  definition,
  position,
  hash,
});

/** The part of the log that was looked at, for all of them together; the slowest says how long it takes. */
function stepOf(head: number, builds: readonly Build[]): Step {
  const waiting = builds.filter(({ state }) => state !== 'active');
  const slowest = waiting.toSorted((a, b) => a.position - b.position)[0];
  return {
    done: builds.reduce((sum, { state, position }) => sum + (state === 'active' ? head : Math.min(head, position)), 0),
    total: head * builds.length,
    rate: slowest?.rate ?? 0,
    secondsLeft: slowest?.secondsLeft ?? null,
    doing: waiting.length === 1 ? waiting[0]!.name : `${waiting.length} read models`,
  };
}
