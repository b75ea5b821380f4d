import { describe, expect, it } from '@jest/globals';
import type { Step } from '../../apps/cli/progress.js';
import { rebuildAndWait } from '../../apps/cli/rebuild-wait.js';
import { Refusal } from '../../libs/errors.js';
import type { GenerationState } from '../../libs/read-models/generation.js';
import type { GenerationStatus, ProjectionStatus, Rebuilds } from '../../libs/read-models/building/rebuilds.js';

const generation = (
  id: number,
  state: GenerationState,
  position: number,
  error: string | null = null,
): GenerationStatus => ({
  id,
  state,
  position,
  error,
  definition: 'list@1',
  partition: 0,
  partitions: 1,
  holder: null,
  lag: 100 - position,
  rate: 50,
  secondsLeft: Math.ceil((100 - position) / 50),
  startedAt: '',
  updatedAt: '',
  hash: 'abc',
});

/** Read models whose rebuild goes through these states, one at every look. */
class Scripted implements Pick<Rebuilds, 'status' | 'rebuild'> {
  readonly asked: string[] = [];
  #looks = 0;

  constructor(
    private readonly names: readonly string[],
    private readonly states: readonly [GenerationState, number, string?][],
    private readonly running = false,
  ) {}

  status(): Promise<readonly ProjectionStatus[]> {
    const [state, position, error] = this.states[Math.min(this.#looks, this.states.length) - 1] ?? ['building', 0];
    this.#looks += 1;
    return Promise.resolve(
      this.names.map((name, index) => {
        const built = generation(10 + index, state, position, error ?? null);
        const serves = state === 'active' ? built : generation(index, 'active', 100);
        return {
          name,
          definition: 'list@1',
          reports: [],
          extension: null,
          head: 100,
          active: serves,
          lag: serves.lag,
          others: state === 'active' ? [] : [built],
          parked: [],
        };
      }),
    );
  }

  rebuild(name: string): Promise<GenerationStatus> {
    this.asked.push(name);
    const id = 10 + this.names.indexOf(name);
    if (this.running) throw new Refusal('rebuild-running', 'Already.', { generation: id }, 409);
    return Promise.resolve(generation(id, 'building', 0));
  }
}

const signal = new AbortController().signal;

describe('rebuilding', () => {
  it('waits until the new copy serves, and shows how far it is', async () => {
    const steps: Step[] = [];
    const source = new Scripted(
      ['list', 'board'],
      [
        ['building', 40],
        ['active', 100],
      ],
    );
    const done = await rebuildAndWait(source, 'all', (step) => steps.push(step), signal);
    expect(done).toEqual(
      ['list', 'board'].map((name, index) => ({
        name,
        generation: 10 + index,
        definition: 'list@1',
        position: 100,
        hash: 'abc',
      })),
    );
    expect(steps).toMatchObject([
      { done: 80, total: 200, rate: 50, secondsLeft: 2, doing: '2 read models' },
      { done: 200, total: 200, secondsLeft: null },
    ]);
  });

  it('joins one that is under way', async () => {
    const source = new Scripted(['list'], [['active', 100]], true);
    await expect(rebuildAndWait(source, ['list'], () => undefined, signal)).resolves.toMatchObject([
      { generation: 10 },
    ]);
  });

  it('asks for each once, and for nothing when one is unknown', async () => {
    const source = new Scripted(['list'], [['active', 100]]);
    await expect(rebuildAndWait(source, ['list', 'lsit'], () => undefined, signal)).rejects.toMatchObject({
      code: 'projection-unknown',
      details: { candidates: ['list'] },
    });
    expect(source.asked).toEqual([]);
    await rebuildAndWait(source, ['list', 'list'], () => undefined, signal);
    expect(source.asked).toEqual(['list']);
  });

  it('says why it came to nothing', async () => {
    const source = new Scripted(['list'], [['failed', 40, 'document 7 differs from its events']]);
    await expect(rebuildAndWait(source, ['list'], () => undefined, signal)).rejects.toMatchObject({
      code: 'rebuild-failed',
      message: expect.stringContaining('document 7 differs from its events'),
    });
  });

  it('stops waiting when it is told to', async () => {
    const stop = new AbortController();
    const waiting = rebuildAndWait(new Scripted(['list'], [['building', 1]]), 'all', () => stop.abort(), stop.signal);
    await expect(waiting).rejects.toThrow(/abort/i);
  });
});
