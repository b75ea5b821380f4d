import type { Changes } from '../libs/changes.js';
import type { CustomerEvents, InteractionDetails, TierEvidence } from '../libs/customers/events.js';
import type { OpportunityEvents } from '../libs/opportunities/events.js';
import { decimal } from '../libs/money.js';
import { projection } from '../libs/read-models/projection.js';
import type { Recorded } from '../libs/read-models/projection.js';
import type { TaskEvents } from '../libs/tasks/events.js';

/** One thing that happened with a customer, in words a colleague understands at a glance. */
export interface TimelineEntry {
  /** Id of the interaction, the purchase or the event. */
  readonly entryId: string;
  readonly customerId: string;
  /** Business time. */
  readonly at: string;
  readonly kind: 'status' | 'tier' | 'owner' | 'contact' | 'interaction' | 'purchase' | 'opportunity' | 'task';
  readonly title: string;
  readonly text: string | null;
  readonly actor: string;
}

type Events = Pick<
  CustomerEvents,
  | 'CustomerRegistered'
  | 'CustomerOwnerAssigned'
  | 'CustomerTierOverridden'
  | 'CustomerTierOverrideExpired'
  | 'CustomerTierUpgraded'
  | 'CustomerTierDowngraded'
  | 'CustomerTierDowngradeDue'
  | 'CustomerTierDowngradeAverted'
  | 'CustomerWentDormant'
  | 'CustomerReactivated'
  | 'CustomerLost'
  | 'CustomerArchived'
  | 'CustomerRestored'
  | 'CustomerMerged'
  | 'CustomerUnmerged'
  | 'CustomerAbsorbed'
  | 'CustomerSeparated'
  | 'ContactAdded'
  | 'InteractionLogged'
  | 'InteractionCorrected'
  | 'PurchaseRecorded'
> &
  Pick<
    OpportunityEvents,
    'OpportunityRegistered' | 'OpportunityStageChanged' | 'OpportunityWon' | 'OpportunityLost' | 'OpportunityReopened'
  > &
  Pick<TaskEvents, 'TaskCreated' | 'TaskCompleted'>;

type Event = Recorded<Events>;
/** What the handler of one type adds to an entry; nothing when the event is about no customer. */
type Words = Pick<TimelineEntry, 'kind' | 'title'> & { readonly text?: string | null };

const entry = (event: Event, id: string, { kind, title, text = null }: Words): TimelineEntry | null => {
  const { customerId } = event.data;
  if (customerId === null) return null;
  return { entryId: id, customerId, at: event.occurredAt, kind, title, text, actor: event.metadata.actor.name };
};

export const customerTimeline = projection<TimelineEntry, Events>({
  name: 'customer-timeline',
  version: 2,
  id: (event) => ('interactionId' in event.data ? event.data.interactionId : event.id),
  indexes: [['customerId', 'at']],
  starts: {
    CustomerRegistered: (event, id) =>
      entry(event, id, { kind: 'status', title: 'registered', text: event.data.details.name }),
    CustomerOwnerAssigned: (event, id) => entry(event, id, { kind: 'owner', title: `owner: ${event.data.to.name}` }),
    CustomerTierOverridden: (event, id) =>
      entry(event, id, { kind: 'tier', title: `${event.data.from} → ${event.data.to}`, text: event.data.reason }),
    CustomerTierOverrideExpired: (event, id) =>
      entry(event, id, {
        kind: 'tier',
        title: `${event.data.from} → ${event.data.to}`,
        text: 'end of a tier set by hand',
      }),
    CustomerTierUpgraded: (event, id) =>
      entry(event, id, { kind: 'tier', title: `${event.data.from} → ${event.data.to}`, text: scoreOf(event.data) }),
    CustomerTierDowngraded: (event, id) =>
      entry(event, id, { kind: 'tier', title: `${event.data.from} → ${event.data.to}`, text: scoreOf(event.data) }),
    CustomerTierDowngradeDue: (event, id) =>
      entry(event, id, {
        kind: 'tier',
        title: `${event.data.from}, soon ${event.data.to}`,
        text: `${scoreOf(event.data)}, until ${event.data.dueAt.slice(0, 10)} to recover`,
      }),
    CustomerTierDowngradeAverted: (event, id) =>
      entry(event, id, { kind: 'tier', title: `${event.data.tier} after all`, text: scoreOf(event.data) }),
    CustomerWentDormant: (event, id) => entry(event, id, { kind: 'status', title: 'dormant', text: event.data.reason }),
    CustomerReactivated: (event, id) =>
      entry(event, id, { kind: 'status', title: 'reactivated', text: event.data.reason }),
    CustomerLost: (event, id) =>
      entry(event, id, { kind: 'status', title: `lost: ${event.data.reason}`, text: event.data.note }),
    CustomerArchived: (event, id) => entry(event, id, { kind: 'status', title: 'archived', text: event.data.reason }),
    CustomerRestored: (event, id) =>
      entry(event, id, { kind: 'status', title: 'restored', text: event.data.references.join(', ') }),
    CustomerMerged: (event, id) =>
      entry(event, id, { kind: 'status', title: `merged into ${event.data.survivorId}`, text: event.data.reason }),
    CustomerUnmerged: (event, id) =>
      entry(event, id, {
        kind: 'status',
        title: `no longer merged into ${event.data.survivorId}`,
        text: event.data.reason ?? event.data.refused,
      }),
    CustomerAbsorbed: (event, id) =>
      entry(event, id, { kind: 'status', title: `stands for ${event.data.loserId} too` }),
    CustomerSeparated: (event, id) =>
      entry(event, id, { kind: 'status', title: `no longer stands for ${event.data.loserId}` }),
    ContactAdded: (event, id) =>
      entry(event, id, {
        kind: 'contact',
        title: `contact: ${event.data.details.name}`,
        text: event.data.details.role,
      }),
    InteractionLogged: (event, id) =>
      entry(event, id, {
        kind: 'interaction',
        title: `${event.data.channel}, ${event.data.direction}`,
        text: event.data.summary,
      }),
    PurchaseRecorded: (event, id) =>
      entry(event, id, {
        kind: 'purchase',
        title: `bought for ${decimal(event.data.amount)} ${event.data.amount.currency}`,
        text: event.data.quantity === undefined ? event.data.product : boughtOf(event.data),
      }),
    OpportunityRegistered: (event, id) =>
      entry(event, id, { kind: 'opportunity', title: `opportunity: ${event.data.name}`, text: event.data.product }),
    OpportunityStageChanged: (event, id) =>
      entry(event, id, { kind: 'opportunity', title: `stage ${event.data.from} → ${event.data.to}` }),
    OpportunityWon: (event, id) =>
      entry(event, id, {
        kind: 'opportunity',
        title: event.data.amount ? `won ${decimal(event.data.amount)} ${event.data.amount.currency}` : 'won',
        text: event.data.product,
      }),
    OpportunityLost: (event, id) =>
      entry(event, id, { kind: 'opportunity', title: `lost: ${event.data.reason}`, text: event.data.note }),
    OpportunityReopened: (event, id) =>
      entry(event, id, { kind: 'opportunity', title: 'reopened', text: event.data.reason }),
    TaskCreated: (event, id) => entry(event, id, { kind: 'task', title: `task: ${event.data.title}` }),
    TaskCompleted: (event, id) =>
      entry(event, id, {
        kind: 'task',
        title: `task done: ${event.data.outcome ?? event.data.kind}`,
        text: event.data.note,
      }),
  },
  on: { InteractionCorrected: (line, { data: { changes } }) => corrected(line, changes) },
});

function corrected(line: TimelineEntry, { channel, direction, summary }: Changes<InteractionDetails>): TimelineEntry {
  const [before, way] = line.title.split(', ');
  const title = `${channel?.to ?? before}, ${direction?.to ?? way}`;
  return { ...line, title, text: summary?.to ?? line.text };
}

const scoreOf = ({ score, policyVersion }: TierEvidence): string => `score ${score} by policy ${policyVersion}`;

/** What was bought, and how much of it. */
const boughtOf = ({ product, quantity }: Pick<CustomerEvents['PurchaseRecorded'], 'product' | 'quantity'>): string =>
  product === null ? String(quantity) : `${quantity} × ${product}`;
