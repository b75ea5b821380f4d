import type { CustomerEvents, Owner } from '../libs/customers/events.js';
import type { EventOf, Metadata, NewEvent } from '../libs/event-store/event-store.js';
import type { OpportunityEvents, PipelineEvents } from '../libs/opportunities/events.js';
import type { OrganisationEvents } from '../libs/organisation/events.js';
import type { TaskEvents } from '../libs/tasks/events.js';
import type { Chance } from './chance.js';

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
  | EventOf<CustomerEvents>
  | EventOf<OpportunityEvents>
  | EventOf<PipelineEvents>
  | EventOf<OrganisationEvents>
  | EventOf<TaskEvents>;

type Actor = Pick<Owner, 'employeeId' | 'name'>;

/** Dresses what happened as the decide loop does. */
export function recorded(of: Stream, by: Actor, at: string, chance: Chance, events: readonly Happening[]): Append {
  const { stream, revision } = of;
  of.revision += events.length;
  const metadata: Metadata = {
    actor: { id: by.employeeId, name: by.name },
    source: 'api',
    commandId: chance.id(at),
    correlationId: chance.id(at),
  };
  const dressed = events.map(({ type, data }) => ({
    ...{ id: chance.id(at), type, schemaVersion: 1, occurredAt: at, data, metadata },
  }));
  return { stream, revision, events: dressed };
}
