import { setImmediate as turn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Query, QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { calendarFacts } from '../calendars/facts.js';
import { Clock } from '../clock.js';
import { Missing } from '../errors.js';
import { EventStore } from '../event-store/event-store.js';
import { Streams } from '../event-store/streams.js';
import { placeFacts } from '../organisation/facts.js';
import { checkRecycling, isWithin, NO_RULES } from '../pooling.js';
import type { Pool, Scope } from '../pooling.js';
import { checkWindow } from '../read-models/asking/reading.js';
import { ChangePoolMembers, ChangePoolRules } from '../pools/commands.js';
import { addMilliseconds } from '../time.js';
import type { Calendar } from '../working-time.js';
import type { Owner } from './events.js';
import { RecyclingReplay, REPLAYED } from './recycling-replay.rules.js';
import type { Replayed, ReplayedEvent } from './recycling-replay.rules.js';

/** Rules of recycling that are tried. */
export interface TriedRules extends Pick<Pool['rules'], 'recycling' | 'remindBeforeDays'> {
  /** Whose customers they concern; null for everybody's. */
  readonly members: Scope | null;
}

/** Days, in UTC: the rules are in force from the first on, and until the day before the last. */
export interface RecyclingWindow {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** A customer that rules would have warned of, or put back. */
export interface RecyclingWhatIfCustomer extends Omit<Replayed, 'wasOwned'> {
  readonly customerId: string;
  readonly name: string;
  /** `warned` is one that was kept in time, or is not due yet. */
  readonly outcome: 'recycled' | 'warned';
}

export interface RecyclingWhatIfTotals {
  /** Customers that somebody answered for while the rules were in force. */
  readonly customers: number;
  readonly recycled: number;
  /** Of whom an owner was warned, and which were not put back. */
  readonly warned: number;
  /** Neither warned of nor put back. */
  readonly kept: number;
}

type Told = ReplayedEvent & { readonly occurredAt: string };

/** Customers that are replayed before other work has its turn. */
const AT_ONCE = 200;
const ALWAYS = '0001-01-01T00:00:00.000Z';
/** Of everything else an event tells, nothing decides about recycling. */
const KEPT = ['to', 'until', 'tier', 'opportunityId', 'dealings'];

/**
 * Replays the log under other rules of recycling: who would have been warned of, who put back into the pool, when and on what evidence.
 * Nothing is recorded. Ownership is what it really was; a customer that would have been put back is nobody's until it really got
 * another owner. Who is a member is judged by the structure as it is now.
 */
@Injectable()
export class RecyclingWhatIf {
  constructor(
    private readonly store: EventStore,
    private readonly streams: Streams,
    private readonly clock: Clock,
  ) {}

  /**
   * @param each is given the customers that would have been warned of or put back, one after the other
   * @throws Refusal `rule-name-taken` · `remind-too-early` · Missing `calendar-unknown` · Invalid `window-invalid`
   */
  async run(
    rules: TriedRules,
    { from, to }: RecyclingWindow,
    each: (customer: RecyclingWhatIfCustomer) => void | Promise<void>,
  ): Promise<RecyclingWhatIfTotals> {
    checkRecycling(rules);
    checkWindow('to', from, to);
    const calendars = await this.#calendars(rules);
    const { names, told } = await this.#told();
    const tried = {
      pool: poolOf(rules),
      calendars,
      isMember: await this.#membership(rules.members, told),
      from: from === undefined ? ALWAYS : startOf(from),
      to: to === undefined ? addMilliseconds(this.clock.now(), 1) : startOf(to),
    };
    const totals = { customers: 0, recycled: 0, warned: 0, kept: 0 };
    let count = 0;
    for (const [customerId, events] of told) {
      if ((count += 1) % AT_ONCE === 0) await turn();
      told.delete(customerId);
      // Stable: what happened at one moment stays in the order of the log.
      events.sort((one, other) => (one.occurredAt < other.occurredAt ? -1 : Number(one.occurredAt > other.occurredAt)));
      const { wasOwned, ...replayed } = RecyclingReplay.of(customerId, events, tried);
      if (!wasOwned) continue;
      totals.customers += 1;
      const outcome = replayed.recycled.length > 0 ? 'recycled' : replayed.warnings.length > 0 ? 'warned' : 'kept';
      totals[outcome] += 1;
      if (outcome !== 'kept') await each({ customerId, name: names.get(customerId)!, outcome, ...replayed });
    }
    return totals;
  }

  /** What happened to each customer, in the order of their registration. */
  async #told(): Promise<{ readonly names: Map<string, string>; readonly told: Map<string, Told[]> }> {
    const [names, told] = [new Map<string, string>(), new Map<string, Told[]>()];
    for (let after = 0, end = false; !end;) {
      const page = await this.store.readLog({ after, types: REPLAYED });
      for (const { type, data, occurredAt } of page.events) {
        const { customerId, details, changes } = data as Named;
        if (customerId === null) continue;
        const name = details?.name ?? changes?.name?.to;
        if (name !== undefined) names.set(customerId, name);
        if (type === 'OpportunityCustomerChanged') followed(told, data as Moved);
        if (changes && type !== 'CustomerAbsorbed' && type !== 'CustomerSeparated') continue;
        const kept = Object.fromEntries(
          Object.entries(data as object).filter(([field]) => KEPT.includes(field)),
        ) as unknown;
        const events = told.get(customerId);
        const event = { type, data: kept, occurredAt } as Told;
        if (events) events.push(event);
        else told.set(customerId, [event]);
      }
      ({ scanned: after, end } = page);
    }
    return { names, told };
  }

  async #calendars({ recycling }: TriedRules): Promise<ReadonlyMap<string, Calendar>> {
    const ids = [...new Set(recycling.flatMap(({ calendarId }) => calendarId ?? []))];
    const found = await Promise.all(
      ids.map(async (id) => {
        const facts = await calendarFacts(this.streams, id);
        if (!facts) throw new Missing('calendar', id);
        return [id, facts.calendar] as const;
      }),
    );
    return new Map(found);
  }

  async #membership(members: Scope | null, told: ReadonlyMap<string, readonly Told[]>) {
    if (members === null) return () => true;
    const isMember = new Map<string, boolean>();
    for (const events of told.values()) {
      for (const event of events) {
        if (event.type !== 'CustomerOwnerAssigned') continue;
        const { employeeId } = event.data.to;
        if (isMember.has(employeeId)) continue;
        isMember.set(employeeId, isWithin(members, await placeFacts(this.streams, employeeId)));
      }
    }
    return ({ employeeId }: Owner) => isMember.get(employeeId) === true;
  }
}

interface Moved {
  readonly opportunityId: string;
  readonly from: string;
  readonly customerId: string;
}

/** An opportunity that followed a merge of customers counts for the one that it is about now, from its beginning on. */
function followed(told: Map<string, Told[]>, { opportunityId, from, customerId }: Moved): void {
  const isOfIt = ({ data }: Told): boolean => 'opportunityId' in data && data.opportunityId === opportunityId;
  const { of = [], others = [] } = Object.groupBy(told.get(from) ?? [], (each) => (isOfIt(each) ? 'of' : 'others'));
  told.set(from, others);
  told.set(customerId, [...(told.get(customerId) ?? []), ...of]);
}

interface Named {
  readonly customerId: string | null;
  readonly details?: { readonly name: string };
  readonly changes?: { readonly name?: { readonly to: string } };
}

/** A pool of these rules, that stands for the one they would be laid down for. */
const poolOf = ({ recycling, remindBeforeDays, members }: TriedRules): Pool => ({
  poolId: 'tried',
  name: 'tried',
  kind: 'customer',
  status: 'enabled',
  assignMode: 'self',
  members,
  admins: { orgUnitIds: [], positionIds: [], employeeIds: [] },
  rules: {
    ...NO_RULES,
    version: 1,
    recycling,
    remindBeforeDays: remindBeforeDays.toSorted((one, other) => other - one),
  },
});

const startOf = (day: string): string => `${day}T00:00:00.000Z`;

/** What rules of recycling would have made of the customers there are. */
export interface PoolRuleOutcome {
  readonly totals: RecyclingWhatIfTotals;
  /** The first of those that would have been warned of or put back, in the order of their registration, as many as were asked for. */
  readonly customers: readonly RecyclingWhatIfCustomer[];
}

/** Customers that are answered with when nothing is said. */
const LIMIT = 50;

export class TryPoolRule extends Query<PoolRuleOutcome> {
  constructor(
    readonly rules: TriedRules,
    readonly asked: RecyclingWindow & { readonly limit?: number | undefined } = {},
  ) {
    super();
  }
}

@QueryHandler(TryPoolRule)
export class TryPoolRuleHandler implements IQueryHandler<TryPoolRule> {
  constructor(private readonly whatIf: RecyclingWhatIf) {}

  async execute({ rules, asked: { limit = LIMIT, ...window } }: TryPoolRule): Promise<PoolRuleOutcome> {
    const customers: RecyclingWhatIfCustomer[] = [];
    const totals = await this.whatIf.run(rules, window, (customer) => {
      if (customers.length < limit) customers.push(customer);
    });
    return { totals, customers };
  }
}

/** What of the rules of a pool is tried, as they are laid down. */
export const triedFields = {
  recycling: ChangePoolRules.definition.fields.recycling,
  remindBeforeDays: ChangePoolRules.definition.fields.remindBeforeDays,
  members: ChangePoolMembers.definition.fields.members,
};
