import type { DeadlineKind } from '../libs/deadline.js';
import type { Metadata, RecordedEvent } from '../libs/event-store/event-store.js';
import { projection } from '../libs/read-models/projection.js';
import type { Projection } from '../libs/read-models/projection.js';

/**
 * A time that is to be recorded once it has passed; gone once it was, or no longer matters. One document per subject and kind, so
 * that the event which settles it can name it.
 */
export interface Deadline {
  readonly deadlineId: string;
  readonly kind: string;
  /** The stream whose rule decides what has become of it. */
  readonly stream: string;
  readonly subjectId: string;
  readonly dueAt: string;
  /** Times of the same kind that come after `dueAt`, ascending. */
  readonly later: readonly string[];
  /** The event that set it, with its correlation and the row it was imported from: what the clock does goes back to it. */
  readonly setBy: Pick<Metadata, 'correlationId' | 'importId' | 'importRow'> & { readonly eventId: string };
  /** Position of the event that gave it its present time: the clock asks for what changed since its last look. */
  readonly changedAt: number;
}

/** The kinds of times that the clock watches, by name, and the read model in which it finds them. */
export interface Deadlines {
  readonly kinds: ReadonlyMap<string, DeadlineKind>;
  readonly projection: Projection<Deadline>;
}

type Fields = Readonly<Record<string, unknown>>;
type Events = Record<string, Fields>;

const idOf = (kind: string, subjectId: string): string => `${kind} ${subjectId}`;

const knows = ({ sets, passes, settles }: DeadlineKind, type: string): boolean =>
  type in sets || type in passes || settles.includes(type);

/** The deadline as an event leaves it; null when there is none. */
function after(before: Deadline | null, event: RecordedEvent, of: DeadlineKind): Deadline | null {
  const { kind, subject, sets, passes, settles } = of;
  const { id: eventId, type, stream, metadata, data, position: changedAt } = event;
  const [set, passed] = [sets[type], passes[type]];
  if (set) {
    const subjectId = String((data as Fields)[subject]);
    const { correlationId, importId, importRow } = metadata;
    const setBy = {
      eventId,
      correlationId,
      ...(importId !== undefined && { importId }),
      ...(importRow !== undefined && { importRow }),
    };
    return first(set(data as never), { deadlineId: idOf(kind, subjectId), kind, stream, subjectId, setBy, changedAt });
  }
  if (before && passed) {
    const time = passed(data as never);
    return first(
      before.later.filter((each) => each > time),
      { ...before, changedAt },
    );
  }
  return settles.includes(type) ? null : before;
}

/** @param times ascending */
function first([dueAt, ...later]: readonly string[], rest: Omit<Deadline, 'dueAt' | 'later'>): Deadline | null {
  if (dueAt === undefined) return null;
  const { deadlineId, kind, stream, subjectId, setBy, changedAt } = rest;
  return { deadlineId, kind, stream, subjectId, dueAt, later, setBy, changedAt };
}

const each = <Value>(types: readonly string[], value: Value): Record<string, Value> =>
  Object.fromEntries(types.map((type) => [type, value]));

/** Everything that is to be recorded once its time has passed, of these kinds. */
export function deadlinesOf(all: readonly DeadlineKind[]): Deadlines {
  const kindOf = (id: string): DeadlineKind => all.find(({ kind }) => id.startsWith(`${kind} `))!;
  return {
    kinds: new Map(all.map((kind) => [kind.kind, kind])),
    projection: projection<Deadline, Events>({
      name: 'deadlines',
      version: 3,
      id: ({ type, data }) =>
        all.filter((kind) => knows(kind, type)).map(({ kind, subject }) => idOf(kind, String(data[subject]))),
      starts: each(
        all.flatMap(({ sets }) => Object.keys(sets)),
        (event: RecordedEvent, id: string) => after(null, event, kindOf(id)),
      ),
      on: each(
        all.flatMap(({ sets, passes, settles }) => [...Object.keys(sets), ...Object.keys(passes), ...settles]),
        (deadline: Deadline, event: RecordedEvent, id: string) => after(deadline, event, kindOf(id)),
      ),
      indexes: [['dueAt'], ['changedAt'], ['subjectId', 'dueAt']],
    }),
  };
}
