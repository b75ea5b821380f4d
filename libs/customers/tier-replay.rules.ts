import { List } from 'immutable';
import { activityIn, activityOfBoth } from '../dealings.js';
import type { CarriedDealings } from '../dealings.js';
import type { EventOf } from '../event-store/event-store.js';
import { tiers } from '../tiering.js';
import type { Activity, InteractionDay, PurchaseDay, ScoredInput, Tier } from '../tiering.js';
import { addMilliseconds, millisecondsBetween } from '../time.js';
import type { CustomerEvents } from './events.js';
import { newTierStanding, tierStandingAfter, unwatched } from './tier-standing.decider.js';
import type { TierEvents, TierStanding } from './tier-standing.decider.js';
import { evaluated } from './tier.rules.js';
import type { VersionedRules } from './tier.rules.js';

/** A change of tier that a policy would have made. */
export interface ReplayedChange {
  readonly at: string;
  readonly from: Tier;
  readonly to: Tier;
  readonly score: number;
  readonly inputs: readonly ScoredInput[];
}

/** What a policy would have made of a customer by the end of the window. */
export interface Replayed {
  readonly tier: Tier;
  /** What the customer really had then. */
  readonly actualTier: Tier;
  readonly changes: readonly ReplayedChange[];
  /** When the clock had something to record: the end of a grace or of what was set by hand, a review. */
  readonly looks: readonly string[];
}

/** What matters of a fact: five numbers instead of an event, for a log has very many. */
const WIDTH = 5;
const SPOKEN = 0;
const BOUGHT = 1;
const SET_BY_HAND = 2;
/** A tier that the policies of that time gave: it is what the customer comes with where the replay begins later. */
const GIVEN = 3;
const ARCHIVED = 4;
const RESTORED = 5;
/** A day of a customer that is merged into it. */
const DAY_OF_MERGED = 6;

const ENDLESS = -1;

/** The window of a replay: the policy is in force from a moment on, and until one. */
export interface ReplayWindow {
  /** Absent for the whole history: then nobody has a tier but from the registration or by hand. */
  readonly from: string | undefined;
  /** Not included. */
  readonly to: string;
}

const EPOCH = '1970-01-01T00:00:00.000Z';
const momentOf = (time: string): number => millisecondsBetween(EPOCH, time);
const iso = (moment: number): string => addMilliseconds(EPOCH, moment);

/** Each day of it by itself. */
function daysIn(dealings: CarriedDealings): Activity[] {
  const { purchases, interactions } = activityIn(dealings);
  return [
    ...purchases.map((day) => ({ purchases: List([day]), interactions: List<InteractionDay>() })),
    ...interactions.map((day) => ({ purchases: List<PurchaseDay>(), interactions: List([day]) })),
  ];
}

const DAY = 86_400_000;
const beginOf = ({ purchases, interactions }: Activity): number =>
  (purchases.first() ?? interactions.first()!).day * DAY;

/** Words that many facts share, by number. */
export class Words {
  readonly #numbers = new Map<string, number>();
  readonly #words: string[] = [];

  numberOf(word: string): number {
    const known = this.#numbers.get(word);
    if (known !== undefined) return known;
    this.#numbers.set(word, this.#words.length);
    return this.#words.push(word) - 1;
  }

  word(number: number): string {
    return this.#words[number]!;
  }
}

/** The facts of one customer in the order of the log, which is not always that of time. */
export class CustomerFactsOfTier {
  readonly #facts: number[] = [];
  /** What customers that are merged into it did, by customer. */
  readonly #merged = new Map<string, readonly Activity[]>();
  readonly #registeredAt: number;
  readonly #tier: Tier;
  constructor(
    tier: Tier,
    at: string,
    public name: string,
    private readonly words: Words,
  ) {
    this.#tier = tier;
    this.#registeredAt = momentOf(at);
  }

  add({ type, data }: EventOf<CustomerEvents>, occurredAt: string): void {
    const note = (kind: number, ...more: number[]) =>
      this.#facts.push(momentOf(occurredAt), kind, more[0] ?? 0, more[1] ?? 0, more[2] ?? 0);
    switch (type) {
      case 'InteractionLogged':
        return void note(SPOKEN);
      case 'PurchaseRecorded': {
        const { amount, product } = data;
        const what = product === null ? ENDLESS : this.words.numberOf(product);
        return void note(BOUGHT, amount.amount, this.words.numberOf(amount.currency), what);
      }
      case 'CustomerTierOverridden':
        return void note(
          SET_BY_HAND,
          tiers.indexOf(data.to),
          data.until === undefined ? ENDLESS : momentOf(data.until),
        );
      case 'CustomerTierOverrideExpired':
      case 'CustomerTierUpgraded':
      case 'CustomerTierDowngraded':
        return void note(GIVEN, tiers.indexOf(data.to));
      case 'CustomerAbsorbed':
        return void this.#merged.set(data.loserId, daysIn(data.dealings));
      case 'CustomerSeparated':
        return void this.#merged.delete(data.loserId);
      case 'CustomerArchived':
      case 'CustomerMerged':
        return void note(ARCHIVED);
      case 'CustomerRestored':
      case 'CustomerUnmerged':
        return void note(RESTORED);
      default:
    }
  }

  /**
   * What a policy would have made of these facts, as of the times when they were true.
   * @returns undefined for a customer that came later
   */
  replay(customerId: string, policy: VersionedRules, { from, to }: ReplayWindow): Replayed | undefined {
    const begin = from === undefined ? -Infinity : momentOf(from);
    const end = momentOf(to);
    if (this.#registeredAt >= end) return undefined;
    let actualTier = this.#tier;
    const replay = new Replay(customerId, policy, newTierStanding(this.#tier, iso(this.#registeredAt)), begin);
    const days = [...this.#merged.values()].flat();
    const merged = days.flatMap((day, index) => [beginOf(day), DAY_OF_MERGED, index, 0, 0]);
    const facts = merged.length === 0 ? this.#facts : [...this.#facts, ...merged];
    const order = Array.from({ length: facts.length / WIDTH }, (_, index) => index * WIDTH);
    // Stable: of the same moment in the order of the log.
    order.sort((one, other) => facts[one]! - facts[other]!);
    for (const place of order) {
      const at = facts[place]!;
      if (at >= end) break;
      replay.passTo(at);
      const kind = facts[place + 1];
      if (kind === SET_BY_HAND || kind === GIVEN) actualTier = tiers[facts[place + 2]!]!;
      if (kind === DAY_OF_MERGED) replay.dayOfMerged(days[facts[place + 2]!]!, iso(at));
      else this.#tell(replay, place, iso(at));
    }
    replay.passTo(end - 1);
    return { ...replay.outcome(), actualTier };
  }

  #tell(replay: Replay, place: number, at: string): void {
    const [kind, one, two, three] = this.#facts.slice(place + 1, place + WIDTH) as [number, number, number, number];
    if (kind === SPOKEN) replay.fact('InteractionLogged', {} as CustomerEvents['InteractionLogged'], at);
    else if (kind === BOUGHT) {
      const amount = { amount: one, currency: this.words.word(two) };
      const product = three === ENDLESS ? null : this.words.word(three);
      replay.fact('PurchaseRecorded', { amount, product } as CustomerEvents['PurchaseRecorded'], at);
    } else if (kind === SET_BY_HAND) replay.setByHand(tiers[one]!, two === ENDLESS ? undefined : iso(two), at);
    else if (kind === GIVEN) replay.given(tiers[one]!, at);
    else if (kind === ARCHIVED) replay.archive(true, at);
    else replay.archive(false, at);
  }
}

/** The customer on its way through the facts. */
class Replay {
  readonly #changes: ReplayedChange[] = [];
  readonly #looks: string[] = [];
  #begun: boolean;
  #archived = false;

  constructor(
    private readonly customerId: string,
    private readonly policy: VersionedRules,
    private standing: TierStanding,
    private readonly begin: number,
  ) {
    this.#begun = momentOf(standing.decidedAt) >= begin;
  }

  /** What the clock does until a moment: it begins the policy, and looks at each time that has come. */
  passTo(moment: number): void {
    if (!this.#begun && this.begin <= moment) {
      this.#begun = true;
      this.#evaluate(iso(this.begin));
    }
    for (;;) {
      const { byHand, graceUntil, reviewAt } = this.standing;
      const due = byHand?.until ?? graceUntil ?? reviewAt;
      if (!this.#begun || this.#archived || due === null || momentOf(due) > moment) return;
      if (!this.#evaluate(due)) return;
      this.#looks.push(due);
    }
  }

  fact<Type extends 'InteractionLogged' | 'PurchaseRecorded'>(type: Type, data: TierEvents[Type], at: string): void {
    this.standing = tierStandingAfter[type](this.standing, data, at);
    if (this.#begun) this.#evaluate(at);
  }

  /** What a customer that is merged into it did on a day counts as its own. */
  dayOfMerged(day: Activity, at: string): void {
    this.standing = { ...this.standing, ...activityOfBoth(this.standing, day) };
    if (this.#begun) this.#evaluate(at);
  }

  /** As its rule does: the tier that the customer has already is not set once more. */
  setByHand(to: Tier, until: string | undefined, at: string): void {
    const { tier: from, byHand } = this.standing;
    if (from === to && (byHand?.until ?? null) === (until ?? null)) return;
    const data = { customerId: this.customerId, from, to, reason: '', ...(until !== undefined && { until }) };
    this.standing = tierStandingAfter.CustomerTierOverridden(this.standing, data, at);
  }

  given(tier: Tier, at: string): void {
    if (this.#begun) return;
    this.standing = { ...unwatched(this.standing), tier, byHand: null, decidedAt: at };
  }

  archive(archived: boolean, at: string): void {
    this.#archived = archived;
    if (archived) this.standing = unwatched(this.standing);
    else if (this.#begun) this.#evaluate(at);
  }

  outcome(): Omit<Replayed, 'actualTier'> {
    return { tier: this.standing.tier, changes: this.#changes, looks: this.#looks };
  }

  /** @returns whether anything came of it */
  #evaluate(at: string): boolean {
    if (this.#archived) return false;
    const moment = at < this.standing.decidedAt ? this.standing.decidedAt : at;
    const events = evaluated(this.customerId, this.standing, this.policy, { at: moment });
    for (const event of events) {
      this.standing = after(this.standing, event);
      if (event.type !== 'CustomerTierUpgraded' && event.type !== 'CustomerTierDowngraded') continue;
      const { from, to, score, inputs } = event.data;
      this.#changes.push({ at: event.occurredAt!, from, to, score, inputs });
    }
    return events.length > 0;
  }
}

function after(standing: TierStanding, { type, data, occurredAt }: EventOf<CustomerEvents>): TierStanding {
  const change = tierStandingAfter[type as keyof typeof tierStandingAfter] as (
    before: TierStanding,
    of: unknown,
    at: string,
  ) => TierStanding;
  return change(standing, data, occurredAt!);
}
