import type { Type } from '@nestjs/common';
import type { Belonging } from './belonging.js';
import type { DeadlineKind } from './deadline.js';
import type { Decider } from './event-store/decider.js';
import type { Target } from './import/steps/step.js';
import type { Process } from './processes/process.js';
import type { Sweep } from './processes/sweep.js';
import type { Projection } from './read-models/projection.js';
import type { ReadModel } from './read-models/rollup.js';
import type { Listed } from './reports/reports.js';

/** What a context says of itself to the rest of the program: all that is generic derives from the list of contexts. */
export interface Context {
  readonly name: string;
  /** What carries out its commands and answers its queries; loaded where it is needed, which is not where read models are built. */
  readonly module: () => Promise<Type>;
  /** Controllers of its HTTP API; loaded by a program that serves. */
  readonly routes: () => Promise<readonly Type[]>;
  /** How the state of each kind of its streams is folded. */
  readonly deciders: readonly AnyDecider[];
  /** What of it has a history, by the name under which people ask for it. */
  readonly subjects?: Readonly<Record<string, Subject>>;
  /** What rows of an imported file can become, by name. */
  readonly steps?: Readonly<Record<string, Target>>;
  /** What employees have of it, and how that is handed over. */
  readonly belongings?: readonly Belonging[];
  /** The times that the clock watches. */
  readonly deadlines?: readonly DeadlineKind[];
  /** What reacts to events with commands of this context. */
  readonly processes?: readonly Process[];
  /** What follows from an event for each of many things. */
  readonly sweeps?: readonly Sweep[];
  /** What its queries are answered from. */
  readonly readModels?: readonly ReadModel[];
  /** In the order of the documentation. */
  readonly reports?: readonly Listed[];
}

/** A decider of any state and events. */
// oxlint-disable-next-line typescript/no-explicit-any -- it takes and gives its own state, which no other type stands for both ways
export type AnyDecider = Decider<any, any>;

/** A kind of thing that events are about. */
export interface Subject {
  /** One sentence for the documentation of its history. */
  readonly says: string;
  /** The collection of the HTTP API that it is in. */
  readonly collection: string;
  /** The stream that holds its events. */
  readonly stream: (id: string) => string;
  /** The field of an event that names it, where the stream holds events of other subjects too. */
  readonly field?: string;
  /** Whether events on streams of other kinds belong to its history too: those that `related-streams` lists. */
  readonly related?: true;
  /** Where it is found by its name; without it, by its id only. */
  readonly found?: Lookup;
}

/** A read model in which things are found by their names. */
export interface Lookup {
  readonly projection: Projection;
  /** Path of the normal form of the name, by which its beginning is looked for; without it, all documents are looked at. */
  readonly by?: string;
  /** What a document is called; null when it is another kind of thing. */
  readonly named: (document: never) => Named | null;
}

export interface Named {
  readonly id: string;
  readonly name: string;
  /** Put away as a mistake: meant only where nothing else is called so. */
  readonly archived?: boolean;
}

/** A lookup in the documents of one read model. */
export const lookup = <Document>(
  projection: Projection<Document>,
  by: string | undefined,
  named: (document: Document) => Named | null,
): Lookup => ({ projection: projection as unknown as Projection, named, ...(by !== undefined && { by }) });
