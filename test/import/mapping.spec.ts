import { describe, expect, it } from '@jest/globals';
import { importTargets as targets } from '../../apps/program/contexts.js';
import { Invalid } from '../../libs/errors.js';
import { checkedMapping, readMapping } from '../../libs/import/mapping-check.js';
import { planned } from '../../libs/import/plan.js';
import { exported, forgetExports } from './program.js';
import { afterAll } from '@jest/globals';
import { join } from 'node:path';

afterAll(forgetExports);

/** All that is wrong with a mapping. */
function problems(mapping: unknown): readonly string[] {
  try {
    planned(checkedMapping(mapping, targets), targets);
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(Invalid);
    expect(error).toMatchObject({ code: 'mapping-invalid' });
    return (error as Invalid).details['problems'] as string[];
  }
}

const customer = { file: 'a', target: 'customer', key: ['{id}'], at: '{at}', fields: { name: '{name}', kind: 'org' } };
const mapping = (change: object = {}, step: object = {}) => ({
  source: 'test',
  files: { a: { path: 'a.csv' } },
  steps: [
    {
      ...customer,
      ...step,
    },
  ],
  ...change,
});

describe('a mapping', () => {
  it('that is right has no problems', () => {
    expect(problems(mapping())).toEqual([]);
  });

  const wrong: [string, unknown, string][] = [
    ['is no object', [], 'the mapping must be object'],
    ['is null', null, 'the mapping must be object'],
    ['names no source', { steps: [customer] }, 'the mapping needs "source"'],
    ['has no steps', mapping({ steps: [] }), 'steps must NOT have fewer than 1 items'],
    ['has an unknown entry', mapping({ fils: {} }), 'the mapping has an entry "fils"'],
    ['has an unknown target', mapping({}, { target: 'client' }), 'steps[0].target must be one of orgUnit,'],
    [
      'has an unknown field',
      mapping({}, { fields: { ...customer.fields, nme: 'x' } }),
      'steps[0].fields has an entry "nme"',
    ],
    ['lacks a field', mapping({}, { fields: { name: 'x' } }), 'steps[0].fields needs "kind"'],
    ['lacks a key', mapping({ steps: [{ ...customer, key: undefined }] }), 'steps[0] needs "key"'],
    [
      'has an unknown encoding',
      mapping({ files: { a: { path: 'a', encoding: 'ebcdic' } } }),
      'files.a.encoding must be one of utf-8,',
    ],
    [
      'has two conditions in one',
      mapping({}, { when: { column: 'x', equals: 'y', in: ['z'] } }),
      'steps[0].when must be one condition',
    ],
    ['has a condition without column', mapping({}, { when: { equals: 'y' } }), 'steps[0].when must be one condition'],
    [
      'has two sources in one',
      mapping({}, { key: [{ column: 'x', text: 'y' }] }),
      'steps[0].key[0] must be one source',
    ],
    [
      'has a reference without kind',
      mapping({}, { fields: { ...customer.fields, ownerId: { ref: 'person', key: ['x'] } } }),
      'steps[0].fields.ownerId.ref must be one of',
    ],
    [
      'has a bad stage',
      mapping({
        steps: [
          {
            target: 'pipeline',
            key: ['x'],
            at: '2024-01-01',
            fields: { name: 'x', stages: [{ id: 'A B', name: 'x' }] },
          },
        ],
      }),
      'steps[0].fields.stages[0].id must match pattern',
    ],
    ['reads a file that is none', mapping({}, { file: 'b' }), 'steps[0] reads "b"'],
    [
      'reads columns of no file',
      mapping({ steps: [{ ...customer, file: undefined }] }),
      'reads column "id", but the step names no file',
    ],
    [
      'asks for columns of no file',
      mapping({
        steps: [
          {
            target: 'orgUnit',
            at: '2024-01-01',
            when: { column: 'x', present: true },
            key: ['x'],
            fields: { name: 'x', kind: 'team', level: 'senior' },
          },
        ],
      }),
      'steps[0].when asks for columns',
    ],
    ['has no business time', mapping({ steps: [{ ...customer, at: undefined }] }), 'steps[0] needs a business time'],
    ['has a constant that is no date', mapping({}, { at: '2024-02-30' }), 'steps[0].at "2024-02-30" is no date'],
    ['has no such zone', mapping({ zone: 'Europe/Atlantis' }), 'zone "Europe/Atlantis" is no time zone'],
    [
      'lacks what a further step is about',
      mapping({}, { also: [{ target: 'taskStarted' }] }),
      'steps[0].also[0] needs the field "taskId"',
    ],
  ];
  it.each(wrong)('that %s is refused', (_, given, problem) => {
    expect(problems(JSON.parse(JSON.stringify(given)))).toEqual(
      expect.arrayContaining([expect.stringContaining(problem)]),
    );
  });

  it('is told all its problems at once', () => {
    const found = problems(mapping({ zone: 'x', decimal: ';' }, { target: 'client', when: {}, file: 7 }));
    expect(found.length).toBeGreaterThanOrEqual(4);
    const meant = problems(
      mapping({ zone: 'x' }, { file: 'b', at: 'soon', fields: { name: '{', kind: 'x', annualRevenue: 'y' } }),
    );
    expect(meant.length).toBeGreaterThanOrEqual(6);
  });

  it('is read from a file, with a byte order mark or without', async () => {
    const folder = exported({ 'm.json': '\ufeff{"a":1}', 'bad.json': '{"a":' });
    expect(await readMapping(join(folder, 'm.json'))).toEqual({ a: 1 });
    await expect(readMapping(join(folder, 'bad.json'))).rejects.toMatchObject({
      code: 'mapping-unreadable',
      status: 400,
    });
    await expect(readMapping(join(folder, 'none.json'))).rejects.toMatchObject({ code: 'mapping-unreadable' });
  });
});
