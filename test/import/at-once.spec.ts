import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import type { StreamRange } from '../../libs/event-store/event-store.js';
import { eventId } from '../../libs/event-store/command-identity.js';
import type { ImportOptions } from '../../libs/import/importer.js';
import { TestClock } from '../support/clock.js';
import { sqliteStore } from '../support/stores.js';
import { SharedStore } from '../support/shared-store.js';
import { brief } from './samples.js';
import { closePrograms, forgetExports, program, today } from './program.js';
import type { ImportProgram } from './program.js';
import { history, moved, moveId, stagesOf, T } from './moves.js';

afterEach(closePrograms);
afterAll(forgetExports);

describe('two imports of the same at the same moment', () => {
  const folder = () => moved('d1,2,2024-02-05 00:44', `d1,2,${T}`, `d1,3,${T}`, `d2,2,${T}`, `d2,2,${T}`, `d2,1,${T}`);
  const both = async (one: ImportProgram, other: ImportProgram, options: ImportOptions = {}) => {
    const files = folder();
    return Promise.all([one, other].map((each) => each.import(history, files, options)));
  };

  it('of one program take turns', async () => {
    const opened = await program();
    const [one, other] = await both(opened, opened);
    expect(other).toMatchObject({ events: 0, rows: { accepted: 0, rejected: one!.rows.rejected } });
    const alone = await program();
    await alone.import(history, folder());
    expect(await stagesOf(opened)).toEqual(await stagesOf(alone));
  });

  it('of two programs on one log do everything once, and refuse the same', async () => {
    const alone = await program();
    const expected = await alone.import(history, folder());
    const log = sqliteStore({ clock: new TestClock(today) });
    const programs = await Promise.all([1, 2].map(() => program({ around: () => new SharedStore(log) })));
    const reports = await both(programs[0]!, programs[1]!);
    for (const report of reports) expect(brief(report)).toEqual(brief(expected));
    expect(reports[0]!.rows.accepted + reports[1]!.rows.accepted).toBe(expected.rows.accepted);
    const of = (stages: readonly string[]) => stages.toSorted();
    expect(of(await stagesOf(programs[0]!))).toEqual(of(await stagesOf(alone)));
    expect((await programs[0]!.import(history, folder())).events).toBe(0);
    await log.close();
  });

  it('of two programs refuses what the other one was refused, although it went on from there', async () => {
    const log = sqliteStore({ clock: new TestClock(today) });
    const [reached, goesOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    /** Stands still between the look at what is settled and the decision on the second row. */
    class Slow extends SharedStore {
      #isSecond = false;

      override find(stream: string, id: string) {
        const opportunityId = stream.slice('opportunity-'.length);
        this.#isSecond ||= id === eventId(moveId(opportunityId, '2024-02-05T00:50:00.000Z'), 0);
        return super.find(stream, id);
      }

      override async readStream(stream: string, range?: StreamRange) {
        const page = await super.readStream(stream, range);
        if (this.#isSecond && stream.startsWith('import-')) {
          reached.resolve();
          await goesOn.promise;
        }
        return page;
      }
    }
    const slow = await program({ around: () => new Slow(log) });
    const quick = await program({ around: () => new SharedStore(log) });
    const folder = moved('d1,2,2024-02-05 00:44', `d1,2,${T}`, `d1,3,${T}`);
    const running = slow.import(history, folder);
    await reached.promise;
    await quick.import(history, folder);
    goesOn.resolve();
    expect(brief(await running)).toEqual(['moves.csv 2 stage-unchanged']);
    expect(await stagesOf(quick)).toEqual(['s2', 's3']);
    await log.close();
  });
});
