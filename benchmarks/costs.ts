import type { Plan, Stage } from './simulation.js';
import type { Worked } from './worker-run.js';

/** What one worker spent on a whole log. */
export interface Spent {
  readonly worked: Worked;
  /** From the start until everything served. */
  readonly seconds: number;
  readonly events: number;
  /** Read models × partitions. */
  readonly shares: number;
}

/** The same work three times: as it is, in smaller pages, and cut into fewer shares. */
export interface Costs {
  readonly alone: Spent;
  readonly small: Spent;
  readonly few: Spent;
}

/** A plan's stages for so many shares, without its resources `cores` and `writer`. */
export function stagesFor(costs: Costs, plan: Pick<Plan, 'shares' | 'page' | 'events'>): Stage[] {
  const { worked, seconds, events, shares } = costs.alone;
  const reading = parted(costs, ({ reading: spent }) => spent);
  const ending = seconds - worked.starting - worked.paging - worked.filling;
  // Once for everything there is, however it is cut.
  const once = (spent: number) => ((spent / events) * plan.events) / plan.shares;
  const none = { perPage: 0, perShare: 0, perEvent: 0 };
  return [
    { ...none, at: ['cores', 'writer'], only: 'first', perShare: worked.starting / shares },
    // Every worker reads all of the log, however few shares it has.
    { ...none, at: ['cores'], perPage: reading.perPage + (reading.looking * shares + reading.doing) * plan.page },
    { ...none, at: ['cores'], beside: true, ...spread(parted(costs, beyond), costs, plan) },
    { ...none, at: ['cores'], ...spread(parted(costs, folding), costs, plan) },
    {
      ...none,
      at: ['cores', 'writer'],
      ...spread(
        parted(costs, ({ writing }) => writing),
        costs,
        plan,
      ),
    },
    { ...none, at: ['cores', 'writer'], only: 'last', perShare: once(worked.filling) },
    { ...none, at: ['cores'], only: 'last', perShare: once(ending) },
  ];
}

const folding = ({ paging, reading, writing }: Worked): number => paging - reading - writing;

/** What other threads of the process used, of memory collected and files written back. */
const beyond = ({ processors, paging }: Worked): number => Math.max(0, processors - paging);

interface Parted {
  /** Every page, however few events are in it, for all shares together. */
  readonly perPage: number;
  /** Every event, for each share: whether it is about it. */
  readonly looking: number;
  /** Every event, for all shares together: what it does to those it is about. */
  readonly doing: number;
}

/** Three measurements, three unknowns: t = perPage + (looking × shares + doing) × page, where a page's cost goes with its shares. */
function parted({ alone, small, few }: Costs, of: (worked: Worked) => number): Parted {
  const page = ({ worked, events }: Spent) => events / worked.pages;
  const time = ({ worked }: Spent) => of(worked) / worked.pages;
  const perEvent = Math.max(0, (time(alone) - time(small)) / (page(alone) - page(small)));
  const perPage = Math.max(0, time(alone) - perEvent * page(alone));
  const perEventOfFew = (time(few) - (perPage * few.shares) / alone.shares) / page(few);
  const looking = Math.min(
    Math.max(0, (perEvent - perEventOfFew) / (alone.shares - few.shares)),
    perEvent / alone.shares,
  );
  return { perPage, looking, doing: perEvent - looking * alone.shares };
}

const spread = ({ perPage, looking, doing }: Parted, { alone }: Costs, { shares }: Pick<Plan, 'shares'>) => ({
  perShare: perPage / alone.shares,
  perEvent: looking + doing / shares,
});
