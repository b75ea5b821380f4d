import { expect, it } from '@jest/globals';
import { validate, version } from 'uuid';
import { idOfHalves, newId } from '../libs/ids.js';

it('new ids are unique, valid and ascending, also those of one millisecond', () => {
  const ids = Array.from({ length: 5_000 }, newId);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.toSorted()).toEqual(ids);
  // Two of them have random bytes in common only by chance.
  expect(new Set(ids.map((id) => id.slice(-12))).size).toBe(ids.length);
  expect(ids.every((id) => validate(id) && version(id) === 7)).toBe(true);
});

it('an id in two signed halves is the same id', () => {
  expect(idOfHalves('-2', '1')).toBe('ffffffff-ffff-fffe-0000-000000000001');
  expect(idOfHalves('81985529216486895', '-81985529216486896')).toBe('01234567-89ab-cdef-fedc-ba9876543210');
});
