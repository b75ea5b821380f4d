import { afterEach, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { portfolio, releasePlace, reservePlace } from '../../libs/customers/portfolio.decider.js';
import type { Portfolio } from '../../libs/customers/portfolio.decider.js';
import { Refusal } from '../../libs/errors.js';
import { Streams } from '../../libs/event-store/streams.js';
import { Upcasting } from '../../libs/event-store/upcasting.js';
import { property } from '../support/property.js';
import { as, clock, others, OwnStore, SharedStore, store, streams, use } from './accounts.js';

const employeeId = '01970000-0000-7000-8000-000000000001';

interface Step {
  readonly does: 'reserve' | 'release' | 'refuse' | 'nothing';
  readonly customerId: string;
  /** Customer for which another process takes a place while the rule is at work. */
  readonly meanwhile: string | null;
}

const customerId = fc.constantFrom('c1', 'c2', 'c3', 'c4', 'c5', 'c6');
const step: fc.Arbitrary<Step> = fc.record({
  does: fc.oneof(
    { weight: 4, arbitrary: fc.constant('reserve' as const) },
    { weight: 2, arbitrary: fc.constantFrom('release', 'refuse', 'nothing') },
  ),
  customerId,
  meanwhile: fc.option(customerId, { freq: 3 }),
});

const places = (held: Portfolio): (readonly [string, string])[] => [...held];
const reserve = (held: Portfolio, id: string) => reservePlace(held, { employeeId, customerId: id, cap: null });

const rules: Readonly<Record<Step['does'], (held: Portfolio, id: string) => ReturnType<typeof reservePlace>>> = {
  reserve,
  release: (held, id) => releasePlace(held, { employeeId, customerId: id }),
  refuse: (held, id) => {
    reserve(held, id);
    throw new Refusal('holding-limit-exceeded', 'There is no place left.');
  },
  nothing: () => [],
};

/** Does all of it; @returns every state that a rule was given, with what it held then */
async function played(steps: readonly Step[]): Promise<(readonly [Portfolio, ReturnType<typeof places>])[]> {
  const given: (readonly [Portfolio, ReturnType<typeof places>])[] = [];
  for (const { does, customerId: id, meanwhile } of steps) {
    let isFirst = true;
    const deciding = streams.decide(portfolio, employeeId, async (held) => {
      const before = places(held);
      given.push([held, before]);
      if (meanwhile !== null && isFirst) {
        isFirst = false;
        await others.decide(portfolio, employeeId, (theirs) => reserve(theirs, meanwhile));
        await streams.load(portfolio, employeeId);
      }
      const events = rules[does](held, id);
      expect(places(held)).toEqual(before);
      return events;
    });
    await deciding.catch((error: unknown) => {
      if (!(error instanceof Refusal)) throw error;
    });
    const afresh = new Streams(store, clock, new Upcasting());
    const [kept, read] = [await streams.load(portfolio, employeeId), await afresh.load(portfolio, employeeId)];
    expect(places(kept.state)).toEqual(places(read.state));
  }
  return given;
}

afterEach(() => store.close());

it('a rule never sees its state change, and what is refused or conflicts leaves what is kept as it was', async () => {
  const steps = fc.array(step, { minLength: 1, maxLength: 12 });
  await fc.assert(
    fc
      .asyncProperty(steps, async (each) => {
        use(SharedStore);
        const given = await as({}, () => played(each));
        for (const [held, before] of given) expect(places(held)).toEqual(before);
      })
      .afterEach(() => store.close()),
    property(40),
  );
});

it('other work has its turns while a long stream is folded', async () => {
  use(OwnStore);
  const reserved = (index: number) => ({
    type: 'PortfolioPlaceReserved' as const,
    data: { employeeId, customerId: `c${index}` },
  });
  await as({}, () =>
    streams.decide(portfolio, employeeId, () => Array.from({ length: 1_900 }, (_, index) => reserved(index))),
  );
  let turns = 0;
  let watching = setImmediate(function again() {
    turns += 1;
    watching = setImmediate(again);
  });
  const { state } = await new Streams(store, clock, new Upcasting()).load(portfolio, employeeId);
  clearImmediate(watching);
  expect(state.size).toBe(1_900);
  expect(turns).toBeGreaterThanOrEqual(3);
});
