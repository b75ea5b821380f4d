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

/** Interval of progress checks, in milliseconds. */
const LOOK = 100;

/**
 * Starts a rebuild of read models and waits until the new copies serve. A rebuild that is already running is joined.
 * @param faultOf reason why read models make no progress, if known; a started rebuild goes on with the next program
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

/** The progress of a copy. One that is not listed any more was dropped, and counts as cancelled. */
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

/** Progress of all rebuilds together; the remaining time is that of the slowest. */
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
