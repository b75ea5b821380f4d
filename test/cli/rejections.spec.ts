import { expect, it } from '@jest/globals';
import { brokenOff, listedOf } from '../../apps/cli/import.command.js';
import { Unavailable } from '../../libs/errors.js';
import type { Rejection } from '../../libs/import/report.js';

const rejection = (line: number, code: string) => ({ line, code }) as Rejection;

it('of many rejections lists some of every code, in the order of the file', () => {
  const frequent = Array.from({ length: 500 }, (_, index) => rejection(index, 'date-invalid'));
  const listed = listedOf([...frequent, rejection(600, 'value-invalid'), rejection(601, 'opportunity-closed')]);
  expect(listed).toHaveLength(20);
  expect(listed.map(({ line }) => line)).toEqual([...Array.from({ length: 18 }, (_, index) => index), 600, 601]);
  expect(listedOf(frequent.slice(0, 3))).toEqual(frequent.slice(0, 3));
});

it('an import that a full disk ends says what stays, and how to go on', () => {
  const fault = 'The disk of events.db is full.';
  const error = new Unavailable('storage-full', `${fault} Nothing was changed: make room.`, 5, { fault });
  expect(brokenOff(error)).toBe(error);
  expect(error.message).toBe(
    `${fault} What was imported by then is recorded and stays: the same import again goes on from there.`,
  );
});
