import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { errorsPage, eventsPage } from '../scripts/catalogue.js';
import { envExample, readmePage } from '../scripts/settings.js';

const page = (name: string) => readFileSync(new URL(`../${name}`, import.meta.url), 'utf8');

it('docs/events.md says what libs/*/events.ts says', () => {
  expect(page('docs/events.md')).toBe(eventsPage());
});

it('docs/errors.md lists every code there is, and no other', () => {
  expect(page('docs/errors.md')).toBe(errorsPage());
});

it('README.md and .env.example list the settings of libs/config.ts', () => {
  expect(page('README.md')).toBe(readmePage(page('README.md')));
  expect(page('.env.example')).toBe(envExample());
});
