import { PassThrough } from 'node:stream';
import type { WriteStream } from 'node:tty';
import { describe, expect, it } from '@jest/globals';
import { Output } from '../../apps/cli/output.js';
import { Refusal } from '../../libs/errors.js';

/** A stream that remembers, and is a terminal of some width or none. */
function stream(columns?: number) {
  const through = new PassThrough();
  const made = Object.assign(through, { isTTY: columns !== undefined, columns }) as unknown as WriteStream;
  return { made, text: () => String(through.read() ?? '') };
}

function output(json: boolean, columns?: number, coloured = false) {
  const [out, err] = [stream(columns), stream()];
  return { output: new Output(json, out.made, err.made, coloured), out, err };
}

describe('an answer', () => {
  it('is text for people and one document for programs', () => {
    const people = output(false);
    people.output.answer({ a: 1 }, () => 'a is 1');
    expect(people.out.text()).toBe('a is 1\n');
    const programs = output(true);
    programs.output.answer({ a: 1 }, () => 'a is 1');
    expect(JSON.parse(programs.out.text())).toEqual({ a: 1 });
  });

  it('is as wide as the terminal, and never cut elsewhere', () => {
    expect(output(false, 72).output.width).toBe(72);
    expect(output(false).output.width).toBe(Infinity);
    expect(output(false, undefined, true).output.colours.isColorSupported).toBe(false);
  });

  it('leaves remarks to standard error', () => {
    const { output: made, out, err } = output(true);
    made.note('working');
    expect([out.text(), err.text()]).toEqual(['', 'working\n']);
  });
});

describe('a table on a terminal', () => {
  const grid = (rows: number) => ({
    columns: [{ title: 'name' }, { title: 'amount', number: true }, { title: 'remark' }],
    rows: Array.from({ length: rows }, (_, index) => [`name ${index}`, '1,000,000', 'some remark']),
  });

  it('is what fits, with a word on how to see the rest', () => {
    const lines = output(false, 30).output.table(grid(250)).split('\n');
    expect(lines.slice(0, 2)).toEqual(['name       amount remark', 'name 0  1,000,000 some remark']);
    expect(lines.slice(101)).toEqual([
      '… 150 more rows. Pipe it, as',
      'in | less -S, to see all of',
      'it, or ask for --json.',
    ]);
    expect(output(false, 24).output.table(grid(1)).split('\n')).toEqual([
      'name      amount …',
      'name 0 1,000,000 …',
      '… no room for remark.',
      'Pipe it, as in | less',
      '-S, to see all of it, or',
      'ask for --json.',
    ]);
  });

  it('is whole where it fits, and for other programs', () => {
    expect(output(false, 80).output.table(grid(100)).split('\n')).toHaveLength(101);
    expect(output(false).output.table(grid(250)).split('\n')).toHaveLength(251);
  });
});

describe('a refusal', () => {
  const refusal = new Refusal('name-ambiguous', 'Two are called so.', {
    candidates: [
      { id: '1', name: 'A' },
      { id: '2', name: 'B' },
    ],
  });

  it('is a code and a sentence on standard error, with what could have been meant', () => {
    const { output: made, out, err } = output(false);
    made.refuse(refusal);
    expect([out.text(), err.text()]).toEqual(['', 'name-ambiguous: Two are called so.\n  1  A\n  2  B\n']);
  });

  it('is the one document for programs', () => {
    const { output: made, out, err } = output(true);
    made.refuse(refusal);
    expect(JSON.parse(out.text())).toMatchObject({ code: 'name-ambiguous', detail: 'Two are called so.', status: 422 });
    expect(err.text()).toBe('');
  });

  it('says where to look when the program itself failed', () => {
    const { output: made, out, err } = output(true);
    made.refuse(new TypeError('oops'));
    expect(JSON.parse(out.text())).toMatchObject({ code: 'internal', status: 500 });
    expect(err.text()).toMatch(/^internal: TypeError: oops\n {4}at /);
  });
});
