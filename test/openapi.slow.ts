import { readFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { expect, it } from '@jest/globals';

it('docs/openapi.json is what the built program serves', () => {
  const script =
    "import('./scripts/catalogue.js').then(async ({ openApiPage }) => process.stdout.write(await openApiPage()))";
  const served = execFileSync(process.execPath, ['--disable-warning=ExperimentalWarning', '-e', script], {
    encoding: 'utf8',
    // The description is larger than what is taken by default.
    maxBuffer: 64 * 1024 * 1024,
  });
  expect(readFileSync(new URL('../docs/openapi.json', import.meta.url), 'utf8')).toBe(served);
});
