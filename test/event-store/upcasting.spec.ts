import { describe, expect, it } from '@jest/globals';
import { Upcasting } from '../../libs/event-store/upcasting.js';
import type { Upcaster } from '../../libs/event-store/upcasting.js';

/** A person once had one name, then two, then a list; a couple was split into two persons. */
const upcasters: readonly Upcaster[] = [
  {
    type: 'Registered',
    from: 2,
    up: ({ first, last }: { first: string; last: string }) => [
      {
        type: 'Registered',
        data: { names: [first, last] },
      },
    ],
  },
  {
    type: 'Registered',
    from: 1,
    up: ({ name }: { name: string }) => {
      const [first, last] = name.split(' ');
      return [
        {
          type: 'Registered',
          data: {
            first,
            last,
          },
        },
      ];
    },
  },
  {
    type: 'CoupleRegistered',
    from: 1,
    into: ['Registered', 'Married'],
    up: ({ a, b }: { a: string; b: string }) => [
      {
        type: 'Registered',
        data: { names: [a] },
      },
      {
        type: 'Registered',
        data: { names: [b] },
      },
      {
        type: 'Married',
        data: {},
      },
    ],
  },
  {
    type: 'Moved',
    from: 1,
    into: ['Visited'],
    up: (data) => [
      {
        type: 'Moved',
        data,
      },
      {
        type: 'Visited',
        data: {},
      },
    ],
  },
];
const known = new Set(['Registered', 'Married', 'Moved', 'Visited']);
const upcasting = new Upcasting(upcasters);

describe('an event of an earlier version', () => {
  it('is brought up step by step', () => {
    expect(upcasting.up({ type: 'Registered', schemaVersion: 1, data: { name: 'Ada King' } })).toEqual([
      { type: 'Registered', schemaVersion: 3, data: { names: ['Ada', 'King'] } },
    ]);
    expect(upcasting.up({ type: 'Registered', schemaVersion: 2, data: { first: 'Ada', last: 'King' } })).toEqual([
      { type: 'Registered', schemaVersion: 3, data: { names: ['Ada', 'King'] } },
    ]);
  });

  it('is left alone when it is current', () => {
    const current = { type: 'Registered', schemaVersion: 3, data: {} };
    expect(upcasting.up(current)[0]).toBe(current);
    const unheardOf = { type: 'Unheard', schemaVersion: 1, data: {} };
    expect(upcasting.up(unheardOf)[0]).toBe(unheardOf);
  });

  it('may become several, also of its own type', () => {
    const couple = upcasting.up({ type: 'CoupleRegistered', schemaVersion: 1, data: { a: 'Ada', b: 'Bob' } });
    expect(couple).toEqual([
      { type: 'Registered', schemaVersion: 3, data: { names: ['Ada'] } },
      { type: 'Registered', schemaVersion: 3, data: { names: ['Bob'] } },
      { type: 'Married', schemaVersion: 1, data: {} },
    ]);
    const moved = upcasting.up({ type: 'Moved', schemaVersion: 1, data: { to: 'x' } });
    expect(moved.map(({ type, schemaVersion }) => [type, schemaVersion])).toEqual([
      ['Moved', 2],
      ['Visited', 1],
    ]);
  });

  it('is refused when no way leads up', () => {
    const unknown = { code: 'event-version-unknown' };
    expect(() => upcasting.up({ type: 'Registered', schemaVersion: 4, data: {} })).toThrow(
      expect.objectContaining(unknown),
    );
    expect(() => upcasting.up({ type: 'Registered', schemaVersion: 0, data: {} })).toThrow(
      expect.objectContaining(unknown),
    );
    expect(() => upcasting.up({ type: 'Married', schemaVersion: 2, data: {} })).toThrow(
      expect.objectContaining(unknown),
    );
  });
});

describe('the current versions', () => {
  it('follow from the upcasters', () => {
    expect(['Registered', 'CoupleRegistered', 'Moved', 'Married'].map((type) => upcasting.version(type))).toEqual([
      3, 2, 2, 1,
    ]);
    expect(upcasting.current('Registered', 3)).toBe(true);
    expect(upcasting.current('Registered', 2)).toBe(false);
  });

  it('are asked for together with what becomes one of them', () => {
    expect(upcasting.sources(['Married'])).toEqual(['Married', 'CoupleRegistered']);
    expect(new Upcasting().sources(['Married'])).toEqual(['Married']);
    const chain = new Upcasting([
      { type: 'B', from: 1, into: ['C'], up: (data) => [{ type: 'C', data }] },
      { type: 'A', from: 1, into: ['B'], up: (data) => [{ type: 'B', data }] },
    ]);
    expect(chain.sources(['C'])).toEqual(['C', 'B', 'A']);
  });

  it('are asked for alone where nothing else becomes one of them', () => {
    expect(upcasting.sources(['Registered', 'Moved'])).toEqual(['Registered', 'Moved', 'CoupleRegistered']);
    expect(upcasting.sources(['Unheard'])).toEqual(['Unheard']);
  });

  it('are all said by the upcaster that makes them', () => {
    const silent = new Upcasting([{ type: 'A', from: 1, up: (data) => [{ type: 'B', data }] }]);
    expect(() => silent.up({ type: 'A', schemaVersion: 1, data: {} })).toThrow('makes B, and does not say so');
  });

  it('have one way up each', () => {
    expect(() => new Upcasting([...upcasters, upcasters[0]!])).toThrow('two upcasters for Registered@2');
  });
});

describe('a log', () => {
  const stored = (...versions: [string, number][]) =>
    versions.map(([type, schemaVersion]) => ({ type, schemaVersion }));

  it('is read when every version in it reaches a current one', () => {
    const all = stored(
      ['Registered', 1],
      ['Registered', 2],
      ['Registered', 3],
      ['CoupleRegistered', 1],
      ['Moved', 1],
      ['Married', 1],
    );
    expect(() => upcasting.verify(all, known)).not.toThrow();
    expect(() => upcasting.verify([], known)).not.toThrow();
  });

  it('is refused with all that is missing', () => {
    const some = stored(['Registered', 4], ['Registered', 1], ['Married', 2], ['Unheard', 1], ['CoupleRegistered', 2]);
    expect(() => upcasting.verify(some, known)).toThrow(
      expect.objectContaining({
        code: 'log-newer-than-program',
        details: {
          missing: ['Registered version 4', 'Married version 2', 'Unheard version 1', 'CoupleRegistered version 2'],
        },
      }),
    );
  });

  it('is refused when a step in between is missing', () => {
    const holey = new Upcasting([
      { type: 'Registered', from: 3, up: (data) => [{ type: 'Registered', data }] },
      upcasters[1]!,
    ]);
    expect(() => holey.verify(stored(['Registered', 3], ['Registered', 4]), known)).not.toThrow();
    expect(() => holey.verify(stored(['Registered', 1]), known)).toThrow('Registered version 1');
    expect(() => holey.verify(stored(['Registered', 2]), known)).toThrow('Registered version 2');
  });
});
