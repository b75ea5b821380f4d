import type { Appended, ExpectedRevision, NewEvent, RecordedEvent } from '../event-store.js';

/** What comes out of a log is what JSON keeps of what went in. */
export function asJson(event: NewEvent): string {
  if (typeof event.occurredAt !== 'string') throw new Error('an event needs its business time');
  return JSON.stringify({ ...event, data: event.data ?? null });
}

/** The same id twice in one append: nothing that is there already, and nothing that can be written. */
export const twice = (events: readonly NewEvent[], id: string): 'twice' | undefined =>
  events.filter((event) => event.id === id).length > 1 ? 'twice' : undefined;

/** The same events at the expected place, or anywhere in the stream when the place was left open: the answer of then. */
export function alreadyThere(
  stream: string,
  expected: ExpectedRevision,
  found: readonly (RecordedEvent | 'twice' | undefined)[],
): Appended | undefined {
  const there = found.filter((each) => typeof each === 'object' && each.stream === stream) as RecordedEvent[];
  const [first] = there;
  const last = there.at(-1);
  if (!first || !last || there.length < found.length) return undefined;
  if (there.some(({ revision }, index) => revision !== first.revision + index)) return undefined;
  if (expected === 'no-stream' && first.revision !== 0) return undefined;
  if (typeof expected === 'number' && first.revision !== expected + 1) return undefined;
  return { revision: last.revision, position: last.position };
}
