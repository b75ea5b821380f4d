import { expect } from '@jest/globals';
import { Refusal } from '../../libs/errors.js';
import { evolve } from '../../libs/event-store/decider.js';
import type { Decider } from '../../libs/event-store/decider.js';
import type { EventOf, RecordedEvent } from '../../libs/event-store/event-store.js';
import type { Projection } from '../../libs/read-models/projection.js';
import { frozen } from './frozen.js';

/** The business time of every event that names none. */
export const past = '2026-01-01T00:00:00.000Z';

/** Events as a log would hand them to a projection. */
export function recorded(events: readonly { type: string; data: unknown; occurredAt?: string }[]): RecordedEvent[] {
  return events.map(({ type, data, occurredAt = past }, index) => ({
    position: index + 1,
    stream: 'given-1',
    revision: index,
    id: `00000000-0000-7000-8000-${String(index).padStart(12, '0')}`,
    type,
    schemaVersion: 1,
    occurredAt,
    recordedAt: occurredAt,
    data,
    metadata: {
      actor: { id: 'tester', name: 'Tester' },
      source: 'api',
      commandId: `c${index}`,
      correlationId: `c${index}`,
    },
  }));
}

/** Given these events, when this rule runs: no store, no Nest, no clock. Neither handlers nor rules may change a state in place. */
export function given<State, Events>(of: Decider<State, Events>, ...before: EventOf<Events>[]) {
  return {
    when(rule: (state: State) => readonly EventOf<Events>[]) {
      const state = () =>
        before.reduce<State>(
          (each, event) => frozen(evolve(of, each, { occurredAt: past, ...event })),
          frozen(of.initial),
        );
      const run = () => rule(state());
      return {
        thenRecords(...expected: EventOf<Events>[]) {
          expect(run()).toEqual(expected);
          return this;
        },
        thenReads<Document>(projection: Projection<Document>, id: string, expected: Partial<Document>) {
          let document: Document | null = null;
          for (const event of recorded([...before, ...run()])) {
            if (!projection.types.includes(event.type)) continue;
            if (projection.ids(event).includes(id)) document = projection.evolve(document, event, id);
          }
          expect(document).toMatchObject(expected as object);
          return this;
        },
        thenRefuses(code: string, details: object = {}) {
          expect(run).toThrow(Refusal);
          expect(run).toThrow(expect.objectContaining({ code, details: expect.objectContaining(details) }));
        },
      };
    },
  };
}
