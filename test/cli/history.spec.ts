import { PassThrough } from 'node:stream';
import type { WriteStream } from 'node:tty';
import { describe, expect, it } from '@jest/globals';
import { historyText } from '../../apps/cli/history.command.js';
import { Output } from '../../apps/cli/output.js';
import { entryLine, entryTitles } from '../../libs/audit/entry-lines.js';
import type { HistoryEntry } from '../../libs/audit/queries.js';
import { csv } from '../../libs/csv.js';

const entry: HistoryEntry = {
  position: 7,
  stream: 'customer-a',
  revision: 0,
  eventId: 'e7',
  type: 'CustomerTierOverridden',
  occurredAt: '2024-01-31T23:30:00.000Z',
  recordedAt: '2024-02-02T08:15:00.000Z',
  actor: { id: 'p1', name: 'Ida' },
  source: 'api',
  reason: null,
  rule: null,
  causedBy: null,
  correlationId: 'c1',
  importId: null,
  importRow: null,
  data: { from: 'ordinary', to: 'important' },
};
const explained: HistoryEntry = {
  ...entry,
  reason: 'said "no", twice',
  rule: { name: 'tiers', version: 3 },
  importId: 'i1',
  importRow: { step: 'customers', file: 'accounts.csv', row: 3 },
  actor: { id: 'rule', name: '=Rule', onBehalfOf: 'p1' },
};
const textOf = (entries: readonly HistoryEntry[], columns?: number) => {
  const out = Object.assign(new PassThrough(), { isTTY: columns !== undefined, columns }) as unknown as WriteStream;
  return historyText(new Output(false, out, out, false), {
    subject: 'customer',
    id: 'a',
    position: 9,
    entries,
    names: {},
  }).split('\n');
};

describe('a history as text', () => {
  it('says when it was true, when it was recorded, what, who and why', () => {
    expect(textOf([explained]).slice(1)).toEqual([
      '#    occurred (UTC)    recorded (UTC)  event                   what                  who    why',
      '7  2024-01-31 23:30  2024-02-02 08:15  CustomerTierOverridden  ordinary → important  =Rule  said "no", twice · rule tiers 3',
    ]);
  });

  it('has the same columns whatever happened', () => {
    const [, titles] = textOf([entry]);
    for (const title of ['#', 'occurred (UTC)', 'recorded (UTC)', 'event', 'what', 'who', 'why'])
      expect(titles).toContain(title);
  });

  it('keeps both times on a narrow terminal, and says what it has left out', () => {
    expect(textOf([explained], 80).join('\n')).toContain('2024-01-31 23:30 2024-02-02 08:15');
    const narrow = textOf([explained], 72).join('\n');
    expect(narrow).toMatch(/\n# +occurred \(UTC\) +recorded \(UTC\) event +what +who +…\n/);
    expect(narrow).toContain('2024-01-31 23:30 2024-02-02 08:15');
    expect(narrow.replaceAll('\n', ' ')).toContain('no room for why.');
  });
});

describe('a history as CSV', () => {
  it('is a line for each event, its data as JSON', () => {
    const [titles, first, second] = csv([entryTitles, entryLine(entry), entryLine(explained)]).split('\r\n');
    expect(titles).toBe(
      'position,stream,revision,eventId,type,occurredAt,recordedAt,actorId,actorName,onBehalfOf,source,reason,rule,' +
        'ruleVersion,causedBy,correlationId,importId,importStep,importFile,importRow,data',
    );
    expect(first).toBe(
      '7,customer-a,0,e7,CustomerTierOverridden,2024-01-31T23:30:00.000Z,2024-02-02T08:15:00.000Z,p1,Ida,,api,,,,,c1,,,,,' +
        '"{""from"":""ordinary"",""to"":""important""}"',
    );
    expect(second).toContain(`,rule,'=Rule,p1,api,"said ""no"", twice",tiers,3,,c1,i1,customers,accounts.csv,3,`);
  });
});
