import type { Projection } from './read-models/projection.js';
import type { Filter } from './read-models/read-models.js';

/** Where a thing goes that an employee has: to another employee, or into a pool. */
export interface Receiver {
  readonly kind: 'employee' | 'pool';
  readonly id: string;
}

/** How something is given to another employee, or to nobody. */
export interface Giving {
  /** The employee who has it: where another one has it by now, the command is refused. */
  readonly fromOwnerId: string;
  readonly reason: string;
}

/** One thing that went from an employee to another one, to a pool, or to nobody (null). */
export interface Move {
  readonly id: string;
  readonly from: string;
  readonly to: Receiver | null;
}

/**
 * A kind of thing that employees have, and how it is handed over. Its context declares it; what an employee has to hand over before
 * they leave, and how that is done, derives from the list of contexts.
 */
export interface Belonging {
  /** Singular; names are used once. */
  readonly kind: string;
  /** The read model that lists the things. */
  readonly of: Projection;
  /** Which of its documents an employee has. */
  readonly filter: (employeeId: string) => Filter;
  /** The field of a document with the id of the thing. */
  readonly by: string;
  /** What people call it. */
  readonly named: (document: never) => string;
  /** Commands that hand one over, as far as it is handed over in that way. Their rules refuse `owner-changed`. */
  readonly toEmployee?: (id: string, given: Giving & { readonly toOwnerId: string }) => object;
  readonly toPool?: (id: string, given: Giving & { readonly poolId: string }) => object;
  readonly byRule?: (id: string, given: Pick<Giving, 'fromOwnerId'>) => object;
  /** Events by which one leaves an employee; null for those by which it does not. */
  readonly moves: Readonly<Record<string, (data: never) => Move | null>>;
}

interface Definition<Document, Events> extends Omit<Belonging, 'of' | 'by' | 'named' | 'moves'> {
  readonly of: Projection<Document>;
  readonly by: keyof Document & string;
  readonly named: (document: Document) => string;
  readonly moves?: { readonly [Type in keyof Events & string]?: (data: Events[Type]) => Move | null };
}

export function belonging<Document, Events>({ moves = {}, ...definition }: Definition<Document, Events>): Belonging {
  return { ...definition, moves } as unknown as Belonging;
}
