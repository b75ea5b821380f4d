import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { NotFoundException, ServiceUnavailableException, UnsupportedMediaTypeException } from '@nestjs/common';
import { Missing, RevisionConflict } from '../libs/errors.js';
import { problemOf } from '../libs/http/problem.filter.js';
import { errorsPage, eventsPage } from '../scripts/catalogue.js';
import { envExample, readmePage } from '../scripts/settings.js';

const page = (name: string) => readFileSync(new URL(`../${name}`, import.meta.url), 'utf8');

it('docs/events.md says what libs/*/events.ts says', () => {
  expect(page('docs/events.md')).toBe(eventsPage());
});

it('docs/errors.md lists every code there is, and no other', () => {
  expect(page('docs/errors.md')).toBe(errorsPage());
});

// Seen as they are answered, since the page is made by reading where they are made.
it.each([
  new RevisionConflict('customer-1', 3, 'by the caller'),
  new RevisionConflict('customer-1', 3, 'by the rule'),
  new Missing('customer', '1'),
  new Error('a fault'),
  new NotFoundException(),
  new UnsupportedMediaTypeException(),
  new ServiceUnavailableException(),
])('docs/errors.md lists what %s is answered with', (error) => {
  const { code, status } = problemOf(error);
  expect(page('docs/errors.md')).toContain(`\n| \`${code}\` | ${status} | `);
});

it('README.md and .env.example list the settings of libs/config.ts', () => {
  expect(page('README.md')).toBe(readmePage(page('README.md')));
  expect(page('.env.example')).toBe(envExample());
});
