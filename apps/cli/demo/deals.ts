import type { Actor } from '../../../libs/event-store/event-store.js';
import {
  AddOpportunityTeamMember,
  ChangeOpportunityAmount,
  ChangeOpportunityCloseDate,
  ChangeOpportunityDetails,
  ChangeOpportunityStage,
  CheckInVisit,
  GradeOpportunity,
  LinkOpportunityContact,
  LoseOpportunity,
  OverrideOpportunityGate,
  PlanVisit,
  QualifyOpportunity,
  RegisterOpportunity,
  ReopenOpportunity,
  ReportVisit,
  VoidOpportunity,
  WinOpportunity,
} from '../../../libs/opportunities/commands.js';
import type { OpportunityGrade, OpportunityLossReason, OpportunitySource } from '../../../libs/opportunities/events.js';
import { idFrom } from '../../../libs/ids.js';
import { DAY, dayOf, HOUR, iso, MINUTE } from './calendar.js';
import type { Calendar } from './calendar.js';
import { EARLY, GRADES, HOPE, LATE, PACE, products, WANTED } from './market.js';
import { course } from './pipeline.js';
import type { Random } from './random.js';

/** A step of a deal, by its owner at that time or by another person. */
export interface Step {
  readonly at: number;
  readonly by?: Actor;
  readonly command: (owner: Actor) => object;
}

export interface Deal {
  readonly opportunityId: string;
  readonly steps: readonly Step[];
  /** When it was open, from and to. */
  readonly open: readonly (readonly [from: number, to: number])[];
  readonly closedAt: number;
  readonly won: { readonly at: number; readonly amount: number; readonly product: string } | undefined;
}

export interface Lead {
  readonly opportunityId: string;
  readonly pipelineId: string;
  readonly customerId: string;
  readonly customerName: string;
  readonly contactId: string;
  /** Whether that contact decides, in the customer's own file. */
  readonly decides: boolean;
  readonly adviser: Actor;
  readonly source: OpportunitySource;
  /** Bigger customers buy more at a time. */
  readonly size: number;
}

const [PROPOSAL, NEGOTIATION, SIGNING] = [2, 3, 4] as const;
/** Above this amount in minor units a colleague from service joins. */
const BIG = 6_000_000;

const euros = (amount: number) => ({ amount, currency: 'EUR' });

/** How one deal goes, from its registration to its end or beyond the end of the story. */
export class DealStory {
  readonly #steps: Step[] = [];
  readonly #open: [number, number][] = [];
  readonly #product: string;
  readonly #grade: OpportunityGrade;
  #at: number;
  #stage = 0;
  #amount: number;
  #expected: number;
  /** Stages whose gates it has been made ready for. */
  #prepared = 0;
  /** Whether the customer has no decision maker, so that each negotiation needs an exception. */
  #excepted = false;

  constructor(
    private readonly lead: Lead,
    private readonly random: Random,
    private readonly calendar: Calendar,
    at: number,
  ) {
    this.#at = calendar.working(random, at);
    this.#product = random.weighted(WANTED);
    this.#grade = random.weighted(GRADES);
    this.#amount = Math.max(1, Math.round((products[this.#product]! * lead.size * random.spread(4)) / 50)) * 5_000;
    this.#expected = this.#at + random.spread(50) * DAY;
  }

  tell(): Deal {
    const { opportunityId, pipelineId, customerId, customerName, source } = this.lead;
    const first = this.#at;
    const registration = {
      name: `${this.#product} for ${customerName}`,
      pipelineId,
      customerId,
      source,
      product: this.#product,
      expectedCloseOn: dayOf(this.#expected),
    };
    this.#steps.push({
      at: first,
      command: (owner) => new RegisterOpportunity(opportunityId, { ...registration, ownerId: owner.id }),
    });
    const won = this.#run(first);
    return {
      opportunityId,
      steps: this.#steps,
      open: this.#open,
      closedAt: this.#at,
      won: won ? { at: this.#at, amount: this.#amount, product: this.#product } : undefined,
    };
  }

  /** @returns whether it was won in the end */
  #run(from: number): boolean {
    const { random } = this;
    let begun = from;
    for (let turns = 0; ; turns += 1) {
      const { onward, days } = PACE[this.#stage]!;
      this.#at = this.calendar.working(random, this.#at + random.spread(days) * DAY);
      if (this.#stage === 0 && turns === 0 && random.chance(0.02)) {
        this.#do(new VoidOpportunity(this.lead.opportunityId, { reason: 'registered twice' }));
        this.#open.push([begun, this.#at]);
        return false;
      }
      if (random.chance(onward * HOPE[this.#grade])) {
        if (this.#stage === SIGNING) {
          this.#do(new WinOpportunity(this.lead.opportunityId, { amount: euros(this.#amount) }));
          this.#open.push([begun, this.#at]);
          if (!random.chance(0.025)) return true;
          this.#reopen('the order was cancelled before delivery', 20, SIGNING);
          begun = this.#at;
        } else this.#onward();
      } else if (this.#stage >= PROPOSAL && turns < 9 && random.chance(0.25)) {
        this.#stage -= 1;
        this.#do(new ChangeOpportunityStage(this.lead.opportunityId, { stageId: course[this.#stage]! }));
      } else {
        this.#lose();
        this.#open.push([begun, this.#at]);
        if (turns > 9 || !random.chance(0.13)) return false;
        this.#reopen(
          random.pick(['they asked for a new offer', 'the competitor could not deliver', 'a new budget was approved']),
          60,
          this.#stage,
        );
        begun = this.#at;
      }
    }
  }

  #onward(): void {
    const { random } = this;
    const { opportunityId } = this.lead;
    const skips = this.#stage === PROPOSAL - 1 && this.#amount < 400_000 && random.chance(0.35);
    const to = this.#stage + (skips ? 2 : 1);
    for (; this.#prepared < to; this.#prepared += 1) this.#prepare(this.#prepared + 1);
    this.#stage = to;
    if (to === NEGOTIATION && this.#excepted) {
      const [requirements, reason] = [['decisionMaker'] as const, 'the decision is made by a committee'];
      this.#do(new OverrideOpportunityGate(opportunityId, { stageId: 'negotiation', requirements, reason }));
    }
    this.#do(new ChangeOpportunityStage(opportunityId, { stageId: course[to]! }));
    if (this.#at + 10 * DAY < this.#expected || !random.chance(0.6)) return;
    const before = dayOf(this.#expected);
    this.#expected = this.#at + random.spread(30) * DAY;
    const expectedCloseOn = dayOf(this.#expected);
    if (expectedCloseOn !== before) this.#do(new ChangeOpportunityCloseDate(opportunityId, { expectedCloseOn }));
  }

  /** What has to be there before the next stage can be entered. */
  #prepare(stage: number): void {
    const { random } = this;
    const { opportunityId, contactId, decides, adviser } = this.lead;
    if (stage === 1) {
      this.#do(
        new QualifyOpportunity(opportunityId, {
          note: random.pick(['need and budget confirmed', 'replacement planned', 'pilot agreed']),
        }),
      );
      this.#do(new GradeOpportunity(opportunityId, { grade: this.#grade }));
      this.#revalue(1);
    } else if (stage === PROPOSAL) {
      if (random.chance(0.5)) this.#revalue(random.between(0.85, 1.3));
      if (this.#amount > BIG)
        this.#do(new AddOpportunityTeamMember(opportunityId, { employeeId: adviser.id, role: 'technical adviser' }));
    } else if (stage === NEGOTIATION) {
      if (random.chance(0.35)) this.#visit();
      this.#excepted = !decides && random.chance(0.12);
      if (!decides && !this.#excepted) {
        this.#do(new LinkOpportunityContact(opportunityId, { contactId, role: 'decision_maker', isPrimary: true }));
      }
    } else {
      if (random.chance(0.45)) this.#revalue(random.between(0.86, 0.98));
      this.#do(new ChangeOpportunityDetails(opportunityId, { nextStep: 'send the contract for signature' }));
    }
  }

  #revalue(factor: number): void {
    const amount = Math.max(5_000, Math.round((this.#amount * factor) / 5_000) * 5_000);
    if (amount === this.#amount && this.#stage > 0) return;
    this.#amount = amount;
    this.#do(new ChangeOpportunityAmount(this.lead.opportunityId, { amount: euros(amount) }));
  }

  #visit(): void {
    const { random } = this;
    const { opportunityId, customerName } = this.lead;
    const visitId = idFrom('visit', opportunityId);
    const plannedFor = this.calendar.working(random, this.#at + random.whole(2, 6) * DAY);
    const purpose = `show the ${this.#product} at ${customerName}`;
    this.#do(new PlanVisit(opportunityId, { visitId, plannedFor: iso(plannedFor), purpose }));
    this.#at = plannedFor;
    const [lat, lng] = [random.between(-40, 40), random.between(-100, 100)].map((each) => Number(each.toFixed(4))) as [
      number,
      number,
    ];
    this.#do(new CheckInVisit(opportunityId, { visitId, lat, lng, accuracy: random.whole(5, 40) }));
    this.#at += random.whole(1, 3) * HOUR;
    const summary = random.pick(['walked through the plant', 'saw the old installation', 'met the technical team']);
    this.#do(new ReportVisit(opportunityId, { visitId, outcome: 'interested', summary, nextStep: 'revise the offer' }));
  }

  #lose(): void {
    const reason: OpportunityLossReason = this.random.weighted<OpportunityLossReason>(
      (this.#stage < PROPOSAL ? EARLY : LATE) as Record<OpportunityLossReason, number>,
    );
    const note = reason === 'other' ? 'the project was stopped by the parent company' : null;
    const competitor = reason === 'competitor' ? 'a local supplier' : null;
    this.#do(new LoseOpportunity(this.lead.opportunityId, { reason, note, competitor }));
  }

  #reopen(reason: string, days: number, stage: number): void {
    this.#at = this.calendar.working(this.random, this.#at + this.random.spread(days) * DAY);
    this.#stage = stage;
    this.#do(new ReopenOpportunity(this.lead.opportunityId, { reason, stageId: course[stage]! }));
  }

  #do(command: object): void {
    this.#at += MINUTE;
    this.#steps.push({ at: this.#at, command: () => command });
  }
}
