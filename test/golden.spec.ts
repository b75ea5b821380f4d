import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { deciders, knownEventTypes } from '../apps/program/contexts.js';
import { evolve } from '../libs/event-store/decider.js';
import type { Decider } from '../libs/event-store/decider.js';
import { Upcasting } from '../libs/event-store/upcasting.js';
import type { Versioned } from '../libs/event-store/upcasting.js';
import { upcasters } from '../libs/upcasters.js';
import { readModels } from '../apps/program/definitions.js';
import { addMilliseconds } from '../libs/time.js';
import { histories, ids } from './golden/histories.js';
import { frozen } from './support/frozen.js';
import { past, recorded } from './support/given.js';

/** Events of every type and version that was ever released, as they were written then. Lines are added, never changed. */
const golden = readFileSync(new URL('./golden/events.jsonl', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Versioned & { readonly data: Readonly<Record<string, unknown>> });
const upcasting = new Upcasting(upcasters);
const all = deciders as unknown as readonly Decider<unknown, Record<string, unknown>>[];

/** Every line that there is for a type, in the order of the file. */
const lines = Map.groupBy(golden, ({ type }) => type);
const most = Math.max(...[...lines.values()].map(({ length }) => length));

/** Events that leave the state of their decider as it is, by type or by type and version, and why. */
const unnoticed: Readonly<Record<string, string>> = {
  LeadNoted: 'a note changes nothing that a rule asks for',
};

/** Events that leave the documents of a read model as they are, likewise. */
const unseen: Readonly<Record<string, string>> = {
  'contact-list CustomerUnmerged':
    'the person is listed at this customer already: the survivor is in no history with it',
  'customer-keys ContactChanged@1': 'the line changes the title, by which nobody is recognised',
  'customer-keys CustomerDetailsChanged@1': 'the line changes the number of employees, likewise',
  'customer-keys CustomerDetailsCorrected@1': 'the line changes the sector, likewise',
  'customer-portrait InteractionCorrected@1': 'the line changes the summary, which a portrait does not hold',
  'customer-profile InteractionCorrected': 'the profile counts interactions; only its revision is another one',
  'customer-tiers CustomerDetailsChanged@1': 'the line changes the number of employees; only the region is read',
  'customer-tiers CustomerDetailsCorrected@1': 'the line changes the sector, likewise',
  'customer-profile SegmentReviewPlanned': 'only its revision is another one',
  'lead-list LeadClaimed': 'the assignment behind it says who has it; only the revision is another one',
  'segment-list SegmentMemberEntered': 'members are counted from the streams of customers, which are other histories',
  'segment-list SegmentMemberLeft': 'likewise',
  'stage-journey OpportunityDetailsChanged@1': 'the line changes the next step, which a journey does not hold',
};

interface Step {
  /** Type and version of the line. */
  readonly line: string;
  readonly shapes: readonly { readonly type: string; readonly data: unknown; readonly occurredAt: string }[];
}

/** Each category with each of its histories, of the first line of every type, of the second where there is one, and so on. */
const told = Array.from({ length: most }, (_, turn) => {
  const lineOf = (type: string) => {
    const there = lines.get(type)!;
    return there[Math.min(turn, there.length - 1)]!;
  };
  return Object.entries(histories((type) => lineOf(type).data)).flatMap(([category, each]) =>
    each.map((history) => ({
      category,
      steps: history.map((step, index): Step => {
        const [type, otherwise] = typeof step === 'string' ? [step, {}] : step;
        const line = lineOf(type);
        const same = Object.entries(line.data).flatMap(([field, value]) =>
          field in ids && value !== null ? [[field, ids[field]]] : [],
        );
        const data = { ...line.data, ...Object.fromEntries(same), ...otherwise };
        const occurredAt = addMilliseconds(past, index * 60_000);
        const shapes = upcasting.up({ ...line, data }).map((shape) => ({ ...shape, occurredAt }));
        return { line: `${type}@${line.schemaVersion}`, shapes };
      }),
    })),
  );
}).flat();

/** Immutable collections are compared by what is in them. */
const differ = (before: unknown, after: unknown): boolean => JSON.stringify(before) !== JSON.stringify(after);

/** Expects of these lines that those which change nothing are the ones that have a reason to. */
function expectChanges(of: ReadonlySet<string>, changing: ReadonlySet<string>, reasons: readonly string[]): void {
  const without = of.difference(changing);
  const reasonOf = (line: string) => reasons.find((reason) => line === reason || line.startsWith(`${reason}@`));
  expect([...without].filter((line) => !reasonOf(line))).toEqual([]);
  expect([...new Set([...without].map(reasonOf))].sort()).toEqual([...reasons].sort());
}

describe('events as they were once released', () => {
  it('are there for every type in every version up to the current one', () => {
    const there = new Set(golden.map(({ type, schemaVersion }) => `${type}@${schemaVersion}`));
    const released = [...knownEventTypes].flatMap((type) =>
      Array.from({ length: upcasting.version(type) }, (_, index) => `${type}@${index + 1}`),
    );
    expect([...there].sort()).toEqual(released.sort());
  });

  it('are told of every kind of stream', () => {
    expect([...new Set(told.map(({ category }) => category))].sort()).toEqual(
      all.map(({ category }) => category).sort(),
    );
  });

  it('change the state of their stream with every type in every version', () => {
    const changing = new Set<string>();
    for (const { category, steps } of told) {
      const decider = all.find((each) => each.category === category)!;
      let state = frozen(decider.initial);
      for (const { line, shapes } of steps) {
        const before = state;
        for (const shape of shapes) {
          expect(all.filter((each) => shape.type in each.evolve)).toEqual([decider]);
          state = frozen(evolve(decider, state, shape));
        }
        if (differ(before, state)) changing.add(line);
      }
    }
    const released = golden.map(({ type, schemaVersion }) => `${type}@${schemaVersion}`);
    expectChanges(new Set(released), changing, Object.keys(unnoticed));
  });

  it.each(readModels.flatMap(({ projection }) => (projection.stream ? [projection] : [])))(
    'are handled by $name, each of its stream, if its documents tell the revision of that stream',
    ({ stream, types, evolve: folded, ids }) => {
      const { category, evolve: all } = deciders.find((each) => stream!('').startsWith(`${each.category}-`))!;
      const events = told
        .filter((each) => each.category === category)
        .flatMap(({ steps }) => recorded(steps.flatMap(({ shapes }) => shapes)))
        .filter(({ type }) => types.includes(type));
      const tells = events.some((event) =>
        ids(event).some((id) => Object.hasOwn(folded(null, event, id) ?? {}, 'revision')),
      );
      expect(tells ? Object.keys(all).filter((type) => !types.includes(type)) : []).toEqual([]);
    },
  );

  it.each(readModels.map(({ projection, rollups }) => ({ name: projection.name, projection, rollups })))(
    'change documents of $name with every type that it reads, in every version',
    ({ name, projection, rollups }) => {
      const read = new Set<string>();
      const types = new Set<string>();
      const changing = new Set<string>();
      for (const { category, steps } of told) {
        const documents = new Map<string, unknown>();
        for (const [index, { line, shapes }] of steps.entries()) {
          // All of one revision: a document that only says how far it is read has not changed.
          const at = { stream: `${category}-1`, revision: 0 };
          for (const event of recorded(shapes).map((each) => ({ ...each, ...at, id: `${index} ${each.id}` }))) {
            if (!projection.types.includes(event.type)) continue;
            read.add(`${name} ${line}`);
            types.add(event.type);
            for (const id of projection.ids(event)) {
              expect(id).toEqual(expect.stringMatching(/./));
              const before = documents.get(id) ?? null;
              const after = frozen(projection.evolve(before, event, id));
              documents.set(id, after);
              if (differ(before, after)) changing.add(`${name} ${line}`);
              if (after === null) continue;
              for (const rollup of rollups) expect(rollup.cells(after, 'UTC')).toBeInstanceOf(Array);
            }
          }
        }
      }
      expect(types).toEqual(new Set(projection.types));
      expectChanges(
        read,
        changing,
        Object.keys(unseen).filter((each) => each.startsWith(`${name} `)),
      );
    },
  );
});
