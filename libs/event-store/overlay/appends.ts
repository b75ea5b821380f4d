import type { Appended, ExpectedRevision, NewEvent, RecordedEvent } from '../event-store.js';

/** Serialises an event, so that reads return what JSON keeps of its data. */
export function asJson(event: NewEvent): string {
  if (typeof event.occurredAt !== 'string') throw new Error('an event needs its business time');
  return JSON.stringify({ ...event, data: event.data ?? null });
}

/** Detects an event id that occurs twice in one append, which is always an error. */
export const twice = (events: readonly NewEvent[], id: string): 'twice' | undefined =>
  events.filter((event) => event.id === id).length > 1 ? 'twice' : undefined;

/** The original answer, if the same events are already at the expected revision, or with `any` anywhere in the stream. */
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
