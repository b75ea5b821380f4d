import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { deciders, knownEventTypes } from '../apps/program/contexts.js';
import { evolve } from '../libs/event-store/decider.js';
import type { Decider } from '../libs/event-store/decider.js';
import { Upcasting } from '../libs/event-store/upcasting.js';
import type { Versioned } from '../libs/event-store/upcasting.js';
import { upcasters } from '../libs/upcasters.js';
import { readModels } from '../apps/program/definitions.js';
import { recorded } from './support/given.js';

/** One event of every type and version that was ever released, as it was written then. Lines are added, never changed. */
const golden = readFileSync(new URL('./golden/events.jsonl', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Versioned & { readonly occurredAt: string });
const upcasting = new Upcasting(upcasters);
const all = deciders as unknown as readonly Decider<unknown, Record<string, unknown>>[];

describe('events as they were once released', () => {
  it('are there for every type in every version up to the current one', () => {
    const there = golden.map(({ type, schemaVersion }) => `${type}@${schemaVersion}`).sort();
    const released = [...knownEventTypes].flatMap((type) =>
      Array.from({ length: upcasting.version(type) }, (_, index) => `${type}@${index + 1}`),
    );
    expect(there).toEqual(released.sort());
  });

  it.each(golden)('$type version $schemaVersion is understood by its rules', (event) => {
    for (const shape of upcasting.up(event)) {
      const knowing = all.filter((decider) => shape.type in decider.evolve);
      expect(knowing).toHaveLength(1);
      expect(() => evolve(knowing[0]!, knowing[0]!.initial, { ...shape, occurredAt: event.occurredAt })).not.toThrow();
    }
  });

  it.each(golden)('$type version $schemaVersion is understood by what reads it', (event) => {
    for (const shape of upcasting.up(event)) {
      const [read] = recorded([{ ...shape, occurredAt: event.occurredAt }]);
      for (const { projection, rollups } of readModels.filter(({ projection: { types } }) =>
        types.includes(shape.type),
      )) {
        const ids = projection.ids(read!);
        expect(ids.every((id) => typeof id === 'string' && id !== '')).toBe(true);
        for (const id of ids) {
          const document = projection.evolve(null, read!, id);
          if (document !== null)
            for (const rollup of rollups) expect(rollup.cells(document, 'UTC')).toBeInstanceOf(Array);
        }
      }
    }
  });
});
