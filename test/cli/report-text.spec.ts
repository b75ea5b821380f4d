import { expect, it } from '@jest/globals';
import { Output } from '../../apps/cli/output.js';
import { reportText } from '../../apps/cli/report.command.js';
import type { Report } from '../../libs/reports/answer.js';
import { rfm } from '../../reports/rfm.js';

const output = new Output(false, { write: () => true, isTTY: false, columns: 80, once: () => undefined } as never);
const report: Report = {
  report: 'rfm',
  definition: 'rfm@1',
  position: 9,
  basis: 'segment',
  by: [],
  window: { from: null, to: null, asOf: null },
  axis: 'occurred',
  zone: 'UTC',
  awaited: null,
  parked: { count: 0, documents: [] },
  rows: [],
};
const awaited: Report['awaited'] = {
  definition: 'customer-value@3 Asia/Tokyo',
  zone: 'Asia/Tokyo',
  state: 'building',
  position: 1_000,
  head: 4_000,
  secondsLeft: 3,
  error: null,
};
const text = (over: Partial<Report>) => reportText(output, { ...report, ...over }, rfm).split('\n');

it('a report without notes is a heading, its definition and its rows', () => {
  expect(text({})).toEqual(['Rfm (segment), at position 9', 'definition rfm@1', 'Nothing to report.']);
});

it('a report with a window says what the window selects', () => {
  const [heading, , says] = text({ window: { from: '2024-01-01', to: null, asOf: null } });
  expect(heading).toBe('Rfm (segment), from 2024-01-01, at position 9');
  expect(says).toMatch(
    /^the window selects: Customers by the day of their last purchase .*what they bought counts as a whole/,
  );
});

it('a report whose days are those of another zone than the settings say names its own', () => {
  expect(text({ awaited })).toEqual([
    'Rfm (segment), UTC, at position 9',
    'definition rfm@1',
    'Nothing to report.',
    'Days are those of UTC; the same in Asia/Tokyo is being built, and has looked at the log up to position 1,000 of 4,000.',
  ]);
  expect(text({ awaited: { ...awaited, state: 'failed', error: 'it broke' } }).at(-1)).toBe(
    'Days are those of UTC; the same in Asia/Tokyo was not built: it broke.',
  );
  expect(text({ awaited: { ...awaited, zone: 'UTC', definition: 'rfm@2 UTC' } }).at(-1)).toBe(
    'An earlier definition answers; rfm@2 UTC is being built, and has looked at the log up to position 1,000 of 4,000.',
  );
});

it('a report names the documents that are missing in it, as far as it knows them', () => {
  const documents = [
    { document: 'a', position: 3, error: 'no figures' },
    { document: 'stream:b', position: 5, error: 'no ids' },
  ];
  expect(text({ parked: { count: 4, documents } }).at(-1)).toBe(
    '4 documents are parked: they are missing in these figures, or in them as of an earlier event. a (position 3: no figures); stream:b (position 5: no ids); 2 more.',
  );
});
