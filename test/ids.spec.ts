import { expect, it } from '@jest/globals';
import { validate, version } from 'uuid';
import { newId } from '../libs/ids.js';

it('new ids are unique, valid and ascending, also those of one millisecond', () => {
  const ids = Array.from({ length: 5_000 }, newId);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.toSorted()).toEqual(ids);
  // Two of them have random bytes in common only by chance.
  expect(new Set(ids.map((id) => id.slice(-12))).size).toBe(ids.length);
  expect(ids.every((id) => validate(id) && version(id) === 7)).toBe(true);
});
