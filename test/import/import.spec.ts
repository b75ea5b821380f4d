import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { Unavailable } from '../../libs/errors.js';
import type { EventStore } from '../../libs/event-store/event-store.js';
import type { ImportReport } from '../../libs/import/report.js';
import { closePrograms, exported, forgetExports, program, reopened } from './program.js';
import { accounts, base, brief, company, deals, files, withSteps } from './samples.js';

afterEach(closePrograms);
afterAll(forgetExports);

describe('an import', () => {
  it('turns every row into commands, under the name of the import, at their business time', async () => {
    const { log, importing } = await (async () => {
      const opened = await program();
      const report = await opened.import(base, exported(files), { importId: 'import-1' });
      return { log: await opened.log(), importing: report };
    })();
    expect(importing).toMatchObject({
      importId: 'import-1',
      source: 'test',
      dryRun: false,
      rejections: [],
      byCode: {},
      rows: {
        accepted: 17,
        unchanged: 1,
        rejected: 0,
      },
      byTarget: {
        orgUnit: {
          accepted: 3,
          unchanged: 1,
          rejected: 0,
        },
        employee: {
          accepted: 3,
          unchanged: 0,
          rejected: 0,
        },
        customer: {
          accepted: 3,
          unchanged: 0,
          rejected: 0,
        },
        opportunity: {
          accepted: 4,
          unchanged: 0,
          rejected: 0,
        },
      },
      files: [
        {
          name: 'staff',
          path: 'staff.csv',
          rows: 3,
          ignored: 0,
        },
        {
          name: 'accounts',
          rows: 3,
        },
        {
          name: 'deals',
          rows: 4,
        },
      ],
      events: log.length,
    });
    expect(
      new Set(log.map(({ metadata }) => JSON.stringify([metadata.importId, metadata.source, metadata.actor]))),
    ).toEqual(new Set([JSON.stringify(['import-1', 'import', { id: 'import', name: 'Import of test' }])]));
    const ended = log.filter(({ type }) => /^Opportunity(Won|Lost)$/.test(type));
    expect(ended.map(({ type, occurredAt }) => [type, occurredAt])).toEqual([
      ['OpportunityWon', '2024-03-01T00:00:00.000Z'],
      ['OpportunityLost', '2024-03-02T00:00:00.000Z'],
    ]);
  });

  it('of the same again appends nothing, and keeps a report of each', async () => {
    const opened = await program();
    const folder = exported(files);
    const first = await opened.import(base, folder);
    const before = await opened.log();
    const second = await opened.import(base, folder);
    expect(second).toMatchObject({ rows: { accepted: 0, unchanged: 18, rejected: 0 }, events: 0 });
    expect(await opened.log()).toHaveLength(before.length);
    const kept = readdirSync(join(opened.folder, 'imports')).sort();
    expect(kept).toEqual([first, second].map(({ importId }) => `${importId}.json`).sort());
    const report: unknown = JSON.parse(readFileSync(join(opened.folder, 'imports', `${second.importId}.json`), 'utf8'));
    expect(report).toEqual(second);
  });

  it('is recognised after the program was started anew, and when steps have other names', async () => {
    const first = await program();
    const folder = exported(files);
    await first.import(base, folder);
    const { length } = await first.log();
    const second = await reopened(first);
    const renamed = { ...base, steps: base.steps.map((step, index) => ({ ...step, name: `step ${index}` })) };
    expect(await second.import(renamed, folder)).toMatchObject({ rows: { accepted: 0, unchanged: 18, rejected: 0 } });
    expect(await second.log()).toHaveLength(length);
  });

  it('of a later export does what has changed', async () => {
    const opened = await program();
    await opened.import(base, exported(files));
    const later = deals.replace(
      'd3,,Cleo,2024-02-03,2024-02-12,,open,50',
      'd3,,Cleo,2024-02-03,2024-02-12,2024-04-01,won,50',
    );
    const renamed = accounts.replace('West Farm', 'West Farms');
    const report = await opened.import(base, exported({ ...files, 'deals.csv': later, 'accounts.csv': renamed }));
    expect(report).toMatchObject({ rows: { accepted: 1, unchanged: 16, rejected: 1 }, events: 2 });
    expect(brief(report)).toEqual(['accounts.csv 3 customer-exists']);
    expect((await opened.log()).slice(-2)).toMatchObject([
      { type: 'ImportRowsSettled', data: { refused: [{ code: 'customer-exists', rows: [expect.any(String)] }] } },
      { type: 'OpportunityWon', data: { amount: { amount: 5_000 } } },
    ]);
  });

  it.each([3, 12, 27])(
    'that died after %i events is completed by the next one, in the same order',
    async (survives) => {
      const folder = exported(files);
      const whole = await program();
      await whole.import(base, folder);
      const dies = (store: EventStore): EventStore => {
        const append = store.appendAll.bind(store);
        let room = survives;
        store.appendAll = async (writes, checks) => {
          for (const { events } of writes) room -= events.length;
          if (room < 0) throw new Unavailable('store-unavailable', 'Nothing can be written any more.', 5);
          return append(writes, checks);
        };
        return store;
      };
      const first = await program({ around: dies });
      await expect(first.import(base, folder)).rejects.toMatchObject({ code: 'store-unavailable' });
      const second = await reopened(first);
      expect(await second.import(base, folder)).toMatchObject({ rows: { accepted: expect.any(Number), rejected: 0 } });
      const byStream = (history: readonly object[]) =>
        (history as { stream: string; revision: number }[]).toSorted(
          (a, b) => a.stream.localeCompare(b.stream) || a.revision - b.revision,
        );
      expect(byStream(await second.history())).toEqual(byStream(await whole.history()));
    },
  );

  it('stops before the next row when it is told to', async () => {
    const opened = await program();
    const stop = new AbortController();
    const progress = ({ step }: { step: string }) => step === 'teams' && stop.abort(new Error('enough'));
    const running = opened.import(base, exported(files), { signal: stop.signal, progress });
    await expect(running).rejects.toThrow('enough');
    expect((await opened.log()).length).toBeLessThan(5);
  }, 10_000);

  it('says how far it has come', async () => {
    const many = `name,team\n${Array.from({ length: 250 }, (_, index) => `Agent ${index},North`).join('\n')}\n`;
    const seen: string[] = [];
    const opened = await program({ dryRun: 'on nothing' });
    await opened.import(withSteps(...company.slice(0, 2)), exported({ 'staff.csv': many }), {
      progress: ({ step, done, rows }) => seen.push(`${step} ${done}/${rows}`),
    });
    expect(seen).toEqual(['orgUnit 0/251', 'teams 1/251', 'teams 100/251', 'teams 200/251', 'teams 251/251']);
  });
});

describe('a dry run', () => {
  it('ends as the real one would, and writes nothing', async () => {
    const broken = deals.replace('2024-02-11', '2024-02-31').replace('d4,3', 'd4,33');
    const folder = exported({ ...files, 'deals.csv': broken });
    const trial = await program({ dryRun: 'on the log' });
    const dry = await trial.import(base, folder);
    const [trialHistory, storeFiles] = [await trial.history(), readdirSync(trial.folder).sort()];
    expect(existsSync(join(trial.folder, 'imports'))).toBe(false);
    expect(storeFiles.filter((name) => name.startsWith('events'))).not.toEqual([]);

    const real = await program();
    const done = await real.import(base, folder);
    const same = ({ files: found, rows, byTarget, steps, byCode, rejections, events }: ImportReport) => [
      found,
      rows,
      byTarget,
      steps,
      byCode,
      rejections,
      events,
    ];
    expect(same(dry)).toEqual(same(done));
    expect(trialHistory).toEqual(await real.history());
    expect([dry.dryRun, done.dryRun]).toEqual([true, false]);
    expect(brief(dry)).toEqual(['deals.csv 2 date-invalid', 'deals.csv 4 reference-unknown']);
    expect(await (await reopened(trial)).log()).toEqual([]);
  });

  it('knows what was imported before', async () => {
    const first = await program();
    const folder = exported(files);
    await first.import(base, folder);
    const trial = await reopened(first, { dryRun: 'on the log' });
    expect(await trial.import(base, folder)).toMatchObject({ rows: { accepted: 0, unchanged: 18 }, events: 0 });
  });

  it('is refused on the log itself, as is the real thing on an overlay', async () => {
    const real = await program();
    await expect(real.import(base, exported(files), { dryRun: true })).rejects.toThrow('a log that is forgotten');
    const trial = await program({ dryRun: 'on nothing' });
    await expect(trial.import(base, exported(files), { dryRun: false })).rejects.toThrow('a log that is forgotten');
  });
});
