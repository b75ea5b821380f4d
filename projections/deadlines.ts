import type { DeadlineKind } from '../libs/deadline.js';
import type { Metadata, RecordedEvent } from '../libs/event-store/event-store.js';
import { projection } from '../libs/read-models/projection.js';
import { taskDeadlines } from '../libs/tasks/deadlines.js';

/** Every kind of time that the clock watches. */
export const deadlineKinds: readonly DeadlineKind[] = [...taskDeadlines];

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
}

type Fields = Readonly<Record<string, unknown>>;
type Events = Record<string, Fields>;

const idOf = (kind: string, subjectId: string): string => `${kind} ${subjectId}`;

const kindOf = (id: string): DeadlineKind => deadlineKinds.find(({ kind }) => id.startsWith(`${kind} `))!;

const knows = ({ sets, passes, settles }: DeadlineKind, type: string): boolean =>
  type in sets || type in passes || settles.includes(type);

/** The deadline as an event leaves it; null when there is none. */
function after(before: Deadline | null, event: RecordedEvent, id: string): Deadline | null {
  const { kind, subject, sets, passes, settles } = kindOf(id);
  const { id: eventId, type, stream, metadata, data } = event;
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
    return first(set(data as never), { deadlineId: id, kind, stream, subjectId, setBy });
  }
  if (before && passed) {
    const time = passed(data as never);
    return first(
      before.later.filter((each) => each > time),
      before,
    );
  }
  return settles.includes(type) ? null : before;
}

/** @param times ascending */
function first([dueAt, ...later]: readonly string[], rest: Omit<Deadline, 'dueAt' | 'later'>): Deadline | null {
  if (dueAt === undefined) return null;
  const { deadlineId, kind, stream, subjectId, setBy } = rest;
  return { deadlineId, kind, stream, subjectId, dueAt, later, setBy };
}

const each = <Value>(types: readonly string[], value: Value): Record<string, Value> =>
  Object.fromEntries(types.map((type) => [type, value]));

/** Everything that is to be recorded once its time has passed. The clock asks for what is due. */
export const deadlines = projection<Deadline, Events>({
  name: 'deadlines',
  version: 2,
  id: ({ type, data }) =>
    deadlineKinds.filter((kind) => knows(kind, type)).map(({ kind, subject }) => idOf(kind, String(data[subject]))),
  starts: each(
    deadlineKinds.flatMap(({ sets }) => Object.keys(sets)),
    (event: RecordedEvent, id: string) => after(null, event, id),
  ),
  on: each(
    deadlineKinds.flatMap(({ sets, passes, settles }) => [...Object.keys(sets), ...Object.keys(passes), ...settles]),
    (deadline: Deadline, event: RecordedEvent, id: string) => after(deadline, event, id),
  ),
  indexes: [['dueAt'], ['subjectId', 'dueAt']],
});
