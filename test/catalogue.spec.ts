import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { errorsPage, eventsPage } from '../scripts/catalogue.js';

const page = (name: string) => readFileSync(new URL(`../docs/${name}`, import.meta.url), 'utf8');

it('docs/events.md says what libs/*/events.ts says', () => {
  expect(page('events.md')).toBe(eventsPage());
});

it('docs/errors.md lists every code there is, and no other', () => {
  expect(page('errors.md')).toBe(errorsPage());
});
