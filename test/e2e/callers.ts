import type { RecordedEvent } from '../../libs/event-store/event-store.js';

import type { CustomerEvents } from '../../libs/customers/events.js';
import type { OpportunityEvents, PipelineEvents } from '../../libs/opportunities/events.js';
import type { EmployeeEvents } from '../../libs/organisation/events.js';
import type { TaskEvents } from '../../libs/tasks/events.js';

/** What a caller asked for, and what came of it. */
export interface Sent {
  readonly key: string;
  readonly status: number;
  readonly code: string | undefined;
}

/** A number below a size, by chance. */
export type Pick = (size: number) => number;

/** The same seed calls for the same, in an order that the callers make of it. */
export function randomOf(seed: number): Pick {
  let state = seed >>> 0;
  return (size) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * size);
  };
}

type Events = CustomerEvents & OpportunityEvents & PipelineEvents & EmployeeEvents & TaskEvents;
type Handlers = {
  readonly [Type in keyof Events & string]?: (
    data: Readonly<Events[Type]>,
    stream: string,
  ) => string | undefined | void;
};

/** What has to hold at every position of a log that many callers wrote to at once, folded event by event. */
export class Invariants {
  readonly faults: string[] = [];
  readonly archived = new Set<string>();
  readonly #left = new Set<string>();
  readonly #retired = new Set<string>();
  readonly #taxIds = new Map<string, string>();
  readonly #parents = new Map<string, string | null>();
  readonly #owners = new Map<string, string>();
  /** What refers to a customer: a stream, or a customer below it. */
  readonly #references = new Map<string, string>();

  /** @param cap most customers one employee may hold */
  constructor(private readonly cap: number) {}

  see({ position, stream, type, data }: RecordedEvent): void {
    const handler = this.#handlers[type as keyof Handlers] as
      ((given: unknown, of: string) => string | undefined | void) | undefined;
    const fault = handler?.(data, stream);
    if (fault) this.faults.push(`${position} ${type} ${stream}: ${fault}`);
  }

  /** What refers to an archived customer. One that was archived before may stay below it: it refers to nothing that counts. */
  referringToArchived(): (readonly [string, string])[] {
    return [...this.#references].filter(([of, customerId]) => this.archived.has(customerId) && !this.archived.has(of));
  }

  readonly #handlers: Handlers = {
    CustomerRegistered: ({ customerId, details, parentCustomerId }) => {
      return this.#taken(customerId, details.taxId) ?? this.#linked(customerId, parentCustomerId);
    },
    CustomerDetailsChanged: ({ customerId, changes }) => {
      return changes.taxId && this.#taken(customerId, changes.taxId.to);
    },
    CustomerParentLinked: ({ customerId, to }) => this.#linked(customerId, to),
    CustomerOwnerAssigned: ({ customerId, to }) => {
      const { employeeId } = to;
      this.#owners.set(customerId, employeeId);
      const held = [...this.#owners.values()].filter((each) => each === employeeId).length;
      return held > this.cap ? `${employeeId} holds ${held}` : this.#present(employeeId);
    },
    CustomerArchived: ({ customerId }) => {
      this.archived.add(customerId);
      this.#owners.delete(customerId);
      for (const [taxId, holder] of this.#taxIds) if (holder === customerId) this.#taxIds.delete(taxId);
    },
    CustomerRestored: ({ customerId }) => void this.archived.delete(customerId),
    OpportunityRegistered: ({ customerId, owner, pipelineId }, stream) => {
      if (customerId !== null) this.#references.set(stream, customerId);
      if (this.#retired.has(pipelineId)) return `${pipelineId} is retired`;
      return this.#standing(customerId) ?? this.#present(owner.employeeId);
    },
    OpportunityOwnerChanged: ({ to }) => this.#present(to.employeeId),
    TaskCreated: ({ customerId, assigneeId }, stream) => {
      if (customerId !== null) this.#references.set(stream, customerId);
      return this.#standing(customerId) ?? this.#present(assigneeId);
    },
    TaskAssigned: ({ to }) => this.#present(to),
    EmployeeLeft: ({ employeeId }) => void this.#left.add(employeeId),
    PipelineRetired: ({ pipelineId }) => void this.#retired.add(pipelineId),
  };

  #taken(customerId: string, taxId: string | null): string | undefined {
    for (const [each, holder] of this.#taxIds) if (holder === customerId) this.#taxIds.delete(each);
    if (taxId === null) return undefined;
    const holder = this.#taxIds.get(taxId);
    this.#taxIds.set(taxId, customerId);
    return holder && `${taxId} belongs to ${holder}`;
  }

  #linked(customerId: string, to: string | null): string | undefined {
    this.#parents.set(customerId, to);
    if (to !== null) this.#references.set(customerId, to);
    else this.#references.delete(customerId);
    for (let above = to; above !== null; above = this.#parents.get(above) ?? null) {
      if (above === customerId) return 'belongs to itself';
    }
    return this.#standing(to);
  }

  #standing(customerId: string | null): string | undefined {
    return customerId !== null && this.archived.has(customerId) ? `${customerId} is archived` : undefined;
  }

  #present(employeeId: string | null): string | undefined {
    return employeeId !== null && this.#left.has(employeeId) ? `${employeeId} has left` : undefined;
  }
}
