import { describe, expect, it } from '@jest/globals';
import type { RecordedEvent } from '../../libs/event-store/event-store.js';
import { pauseAfter } from '../../libs/read-models/building/pause.js';

const page = (count: number, scanned: number, head: number) => ({
  events: Array.from({ length: count }, () => ({}) as RecordedEvent),
  scanned,
  head,
  end: scanned === head,
});

describe('the pause after a page of serving generations', () => {
  it('lets events gather while many are written', () => {
    expect(pauseAfter(page(40, 1_000, 1_000), 5)).toBe(15);
  });

  it('is not made after a few events, whose writer may wait to see them', () => {
    expect(pauseAfter(page(3, 1_000, 1_000), 5)).toBe(0);
  });

  it('is not made behind the head of the log', () => {
    expect(pauseAfter(page(2_000, 1_000, 5_000), 100)).toBe(0);
  });

  it('has an end, however slow pages are', () => {
    expect(pauseAfter(page(2_000, 5_000, 5_000), 3_000)).toBe(200);
  });
});
