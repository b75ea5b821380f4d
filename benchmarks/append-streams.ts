import type { ApprovalEvents, ApprovalFlowEvents } from '../libs/approvals/events.js';
import type { AssignmentEvents } from '../libs/assignment/events.js';
import type { CalendarEvents } from '../libs/calendars/events.js';
import type { CustomerEvents, Owner, PortfolioEvents } from '../libs/customers/events.js';
import type { DataQualityEvents } from '../libs/data-quality/events.js';
import type { EventOf, Metadata, NewEvent } from '../libs/event-store/event-store.js';
import { Upcasting } from '../libs/event-store/upcasting.js';
import type { LeadEvents, LeadPolicyEvents } from '../libs/leads/events.js';
import type { OffboardingEvents } from '../libs/offboarding/events.js';
import type { OpportunityEvents, PipelineEvents } from '../libs/opportunities/events.js';
import type { OrganisationEvents } from '../libs/organisation/events.js';
import type { PoolEvents } from '../libs/pools/events.js';
import type { SegmentEvents } from '../libs/segments/events.js';
import type { TargetEvents } from '../libs/targets/events.js';
import type { TaskEvents } from '../libs/tasks/events.js';
import type { TierPolicyEvents } from '../libs/tiers/events.js';
import type { SubmissionEvents, WebFormEvents } from '../libs/web-forms/events.js';
import type { TransferEvents, TransferPolicyEvents } from '../libs/transfers/events.js';
import { upcasters } from '../libs/upcasters.js';
import { Chance } from './chance.js';

/** The versions in which events are written now. */
export const upcasting = new Upcasting(upcasters);

/** Events that one command would have recorded. */
export interface Append {
  readonly stream: string;
  /** Revision of the stream before, -1 when there is none. */
  readonly revision: number;
  readonly events: readonly NewEvent[];
}

/** A stream, and how far it has come. */
export interface Stream {
  readonly id: string;
  readonly stream: string;
  revision: number;
}

export type Happening =
  | EventOf<ApprovalEvents>
  | EventOf<ApprovalFlowEvents>
  | EventOf<AssignmentEvents>
  | EventOf<CalendarEvents>
  | EventOf<CustomerEvents>
  | EventOf<DataQualityEvents>
  | EventOf<LeadEvents>
  | EventOf<LeadPolicyEvents>
  | EventOf<PortfolioEvents>
  | EventOf<OffboardingEvents>
  | EventOf<OpportunityEvents>
  | EventOf<PipelineEvents>
  | EventOf<PoolEvents>
  | EventOf<OrganisationEvents>
  | EventOf<SegmentEvents>
  | EventOf<TargetEvents>
  | EventOf<TransferEvents>
  | EventOf<TransferPolicyEvents>
  | EventOf<TaskEvents>
  | EventOf<TierPolicyEvents>
  | EventOf<WebFormEvents>
  | EventOf<SubmissionEvents>;

/** Dresses what happens as the decide loop does, the same way every time. */
export class Recorder {
  readonly chance: Chance;

  /** @param time business time of what happens next; whoever tells the history moves it */
  constructor(
    seed: number,
    public time: string,
  ) {
    this.chance = new Chance(seed);
  }

  id(): string {
    return this.chance.id(this.time);
  }

  begin(category: string, id = this.id()): Stream {
    return { id, stream: `${category}-${id}`, revision: -1 };
  }

  record(of: Stream, by: Pick<Owner, 'employeeId' | 'name'>, events: readonly Happening[]): Append {
    const { stream, revision } = of;
    of.revision += events.length;
    const metadata: Metadata = {
      actor: { id: by.employeeId, name: by.name },
      source: 'api',
      commandId: this.id(),
      correlationId: this.id(),
    };
    const dressed = events.map(({ type, data }) => ({
      id: this.id(),
      type,
      schemaVersion: upcasting.version(type),
      occurredAt: this.time,
      data,
      metadata,
    }));
    return { stream, revision, events: dressed };
  }
}
