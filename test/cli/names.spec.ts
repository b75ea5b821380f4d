import { describe, expect, it } from '@jest/globals';
import { choose } from '../../apps/cli/names.js';
import { Refusal } from '../../libs/errors.js';

const named = (...names: string[]) => names.map((name, index) => ({ id: `id-${index}`, name }));

function refusalOf(work: () => unknown): Refusal {
  try {
    work();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

describe('what a name means', () => {
  it('is who has exactly this name, even when others begin so', () => {
    expect(choose('customer', 'Nordex', named('Nordex Works', 'Nordex', 'Nordex Trading')).id).toBe('id-1');
  });

  it('is whose name begins so, when there is one', () => {
    expect(choose('customer', 'nordex w', named('Nordex Works', 'Nordex Trading')).id).toBe('id-0');
  });

  it('does not depend on upper and lower case or blanks around it', () => {
    expect(choose('employee', '  ADA LIN ', named('Ada Lin')).id).toBe('id-0');
  });

  it('is refused when nobody is called so', () => {
    expect(refusalOf(() => choose('customer', 'Zed', named('Nordex'))).code).toBe('name-unknown');
  });

  it('is refused when several are, with those that could be meant', () => {
    const { code, details, message } = refusalOf(() => choose('customer', 'nor', named('Nordex', 'Norvane', 'Other')));
    expect(code).toBe('name-ambiguous');
    expect(message).toContain('2 are called something like nor');
    expect(details['candidates']).toEqual([
      { id: 'id-0', name: 'Nordex' },
      { id: 'id-1', name: 'Norvane' },
    ]);
  });

  it('is refused when two have the very same name', () => {
    expect(refusalOf(() => choose('customer', 'Nordex', named('Nordex', 'nordex'))).message).toContain(
      '2 are called Nordex',
    );
  });

  it('names ten candidates at most', () => {
    const many = named(...Array.from({ length: 11 }, (_, index) => `Nor ${index}`));
    const { details, message } = refusalOf(() => choose('customer', 'nor', many));
    expect(details['candidates']).toHaveLength(10);
    expect(message).toMatch(/^Many are/);
  });
});
