import { setTimeout as sleep } from 'node:timers/promises';
import { Missing, Refusal } from '../../libs/errors.js';
import type { GenerationStatus, ProjectionStatus, Rebuilds } from '../../libs/read-models/rebuilds.js';
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
 * @throws Refusal `projection-unknown` · `rebuild-failed`
 */
export async function rebuilt(
  source: Source,
  wanted: readonly string[] | 'all',
  show: (step: Step) => void,
  signal: AbortSignal,
): Promise<readonly Rebuilt[]> {
  const all = (await source.status()).map(({ name }) => name);
  const names = wanted === 'all' ? all : [...new Set(wanted)];
  const unknown = names.find((name) => !all.includes(name));
  if (unknown !== undefined) throw new Unknown(unknown, all);
  const generations = new Map<string, number>();
  for (const name of names) generations.set(name, await begun(source, name));
  for (;;) {
    signal.throwIfAborted();
    const status = (await source.status()).filter(({ name }) => generations.has(name));
    const built = status.map((projection) => built_(projection, generations.get(projection.name)!));
    show(stepOf(status, built));
    const failed = built.find(({ state }) => state === 'failed' || state === 'cancelled');
    if (failed) throw new Refusal('rebuild-failed', `${failed.name} was not rebuilt: ${failed.error ?? 'it was cancelled'}. What served before goes on serving.`);
    if (built.every(({ state }) => state === 'active')) return built.map(({ state: _, error: __, rate: ___, ...rest }) => rest);
    await sleep(LOOK, undefined, { signal });
  }
}

class Unknown extends Missing {
  constructor(name: string, candidates: readonly string[]) {
    super('projection', name);
    Object.assign(this.details, { candidates });
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

/** A generation that is listed no more was dropped, which nobody does to one that is wanted. */
function built_({ name, active, others }: ProjectionStatus, id: number) {
  const found = [active, ...others].find((generation): generation is GenerationStatus => generation?.id === id);
  const { state = 'cancelled', definition = '', position = 0, hash = null, error = null, rate = 0 } = found ?? {};
  return { name, generation: id, definition, position, hash, state, error, rate };
}

/** Events to look at, for all of them together; what is slowest says how long it takes. */
function stepOf(status: readonly ProjectionStatus[], built: readonly ReturnType<typeof built_>[]): Step {
  const head = status[0]?.head ?? 0;
  const waiting = built.filter(({ state }) => state !== 'active');
  const slowest = waiting.toSorted((a, b) => a.position - b.position)[0];
  const rate = slowest?.rate ?? 0;
  return {
    done: built.reduce((sum, { state, position }) => sum + (state === 'active' ? head : Math.min(head, position)), 0),
    total: head * built.length,
    rate,
    secondsLeft: slowest && rate > 0 ? Math.ceil((head - slowest.position) / rate) : null,
    doing: waiting.length === 1 ? waiting[0]!.name : `${waiting.length} read models`,
  };
}
