import { describe, expect, it } from '@jest/globals';
import { bytesOf, KeptStates } from '../../libs/event-store/kept-states.js';

const folded = (revision: number, bytes: number) => ({ state: revision, revision, position: revision + 1, bytes });

describe('states that are kept', () => {
  it('are as few as fit, of the ones that were used last', () => {
    const states = new KeptStates(100, 10_000);
    for (let index = 0; index < 10; index += 1) states.keep(`large-${index}`, folded(0, 3_000));
    const kept = Array.from({ length: 10 }, (_, index) => states.get(`large-${index}`) !== undefined);
    expect(kept.filter(Boolean)).toHaveLength(2);
    expect(kept.slice(8)).toEqual([true, true]);
  });

  it('are one alone where a stream is longer than all that may be kept', () => {
    const states = new KeptStates(100, 10_000);
    states.keep('small-1', folded(0, 10));
    states.keep('huge-1', folded(5, 1_000_000));
    expect([states.get('small-1'), states.get('huge-1')?.revision]).toEqual([undefined, 5]);
  });

  it('are never replaced by earlier ones', () => {
    const states = new KeptStates();
    states.keep('a-1', folded(3, 1));
    states.keep('a-1', folded(2, 1));
    expect(states.get('a-1')?.revision).toBe(3);
  });

  it('are also those of streams without events, until there are some', () => {
    const states = new KeptStates();
    states.keep('a-1', folded(-1, 0));
    expect(states.get('a-1')?.revision).toBe(-1);
    states.grow('a-1', folded(0, 1), []);
    states.keep('a-1', folded(-1, 0));
    expect(states.get('a-1')?.revision).toBe(0);
  });

  it('are not given up for streams that nobody ever used', () => {
    const states = new KeptStates(10, 10_000_000);
    states.keep('a-1', folded(0, 1));
    for (let index = 0; index < 5_000; index += 1) states.keep(`unknown-${index}`, folded(-1, 0));
    expect(states.get('a-1')?.revision).toBe(0);
    expect(states.get('unknown-0')).toBeUndefined();
  });

  it('are dropped where it is not known what was appended', () => {
    const states = new KeptStates();
    for (const [stream, revision] of Object.entries({ 'a-1': 0, 'b-1': -1 })) {
      states.keep(stream, folded(revision, 1));
      states.forget(stream);
      expect(states.get(stream)).toBeUndefined();
    }
  });

  it('count what came to them', () => {
    const states = new KeptStates(100, 10_000);
    states.keep('small-1', folded(0, 10));
    states.keep('growing-1', folded(0, 10));
    states.grow('growing-1', folded(1, 0), [{ data: 'x'.repeat(9_000) }]);
    expect([states.get('small-1'), states.get('growing-1')?.bytes]).toEqual([undefined, 9_212]);
  });

  it('counts the bytes of a state that was given up while its command was decided', () => {
    const states = new KeptStates();
    states.grow('dropped-1', folded(1, 0), [{ data: 'x'.repeat(90) }], 50_000);
    expect(states.get('dropped-1')?.bytes).toBeGreaterThan(50_000);
  });

  it('are measured by the events they are folded from', () => {
    expect(bytesOf([{ data: { name: 'x'.repeat(1_000) } }, { data: null, bytes: 7 }])).toBe(1_218);
  });
});
