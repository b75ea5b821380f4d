import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Crashes } from '../support/mongo-crashes.js';
import { mongoServer, ways } from '../support/mongo-server.js';
import type { MongoServer } from '../support/mongo-server.js';

let server: MongoServer;
let crashes: Crashes;
beforeAll(async () => {
  server = await mongoServer();
}, 300_000);
afterEach(() => crashes.close());
afterAll(() => server?.stop());

describe.each(ways)('exactly once by %s', (exactlyOnce) => {
  it('a page is whole, wherever between two writes the program is killed', async () => {
    crashes = new Crashes(server, `crash_page_${exactlyOnce}_${process.pid}`, exactlyOnce);
    await crashes.happens(0);
    await crashes.expectWhole();
    for (let n = 1; ; n += 1) {
      await crashes.happens(n);
      const killed = await crashes.killed(n);
      await crashes.expectWhole();
      if (!killed) return expect(n).toBeGreaterThan(10);
    }
  });

  it('a first building is whole, wherever it is killed', async () => {
    crashes = new Crashes(server, `crash_building_${exactlyOnce}_${process.pid}`, exactlyOnce);
    await crashes.happens(0);
    await crashes.happens(1);
    // Each goes on where the one before ended, and gets a little further.
    for (let n = 1; await crashes.killed(n); n += 2) if (n > 300) throw new Error('it never ends');
    await crashes.expectWhole();
  });
});
