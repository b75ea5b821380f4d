import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { TestApp } from '../support/app.js';
import { sendShown } from '../support/shown-requests.js';

let app: TestApp;

beforeAll(async () => {
  app = await TestApp.start();
});
afterAll(() => app.stop());

it('docs/segments.md shows requests that are answered as it says', async () => {
  expect(await sendShown('segments.md', app, new Map())).toBe(4);
});
