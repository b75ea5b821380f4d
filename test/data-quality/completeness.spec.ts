import * as fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import { completenessOf, fieldsFor, fieldLevels, keyFields, unknownFields } from '../../libs/key-fields.js';
import type { FieldSource, KeyFieldRules, WeighedField } from '../../libs/key-fields.js';
import { property } from '../support/property.js';

const field = (name: WeighedField['field'], weight = 1, level: WeighedField['level'] = 'wanted'): WeighedField => ({
  field: name,
  level,
  weight,
});

describe('the fields that apply to a customer', () => {
  const policy: KeyFieldRules = {
    rules: [
      { kind: 'org', tiers: ['important', 'potential'], fields: [field('taxId')] },
      { kind: 'org', tiers: [], fields: [field('domain')] },
      { kind: null, tiers: ['important'], fields: [field('phone')] },
    ],
    refuseWithoutRequired: false,
  };

  it('are those of the first rule that fits its kind and tier', () => {
    const namesOf = (kind: 'org' | 'person', tier: 'ordinary' | 'potential' | 'important') =>
      fieldsFor(policy, { kind, tier }).map((each) => each.field);
    expect(namesOf('org', 'potential')).toEqual(['taxId']);
    expect(namesOf('org', 'ordinary')).toEqual(['domain']);
    expect(namesOf('person', 'important')).toEqual(['phone']);
    expect(namesOf('person', 'ordinary')).toEqual([]);
  });

  it('are seven of equal weight as long as there is no policy', () => {
    expect(fieldsFor(undefined, { kind: 'person', tier: 'ordinary' }).map((each) => each.field)).toEqual([
      'taxId',
      'domain',
      'phone',
      'sector',
      'region',
      'source',
      'employees',
    ]);
  });
});

describe('what is not known of a customer', () => {
  const person = (active: boolean, kind: string, value: string, bounced: readonly string[] = []) => ({
    active,
    channels: [{ kind, value }],
    bounced,
  });
  const missing = (contacts: FieldSource['contacts']) =>
    unknownFields({ details: { region: 'north', employees: 0, taxId: null }, contacts });

  it('is what nothing, or null, was said about; none is a number of employees', () => {
    expect(missing([])).toEqual(keyFields.filter((each) => each !== 'region' && each !== 'employees'));
  });

  it('is a person, and an address of it that works', () => {
    expect(missing([person(true, 'email', 'a@b.example')])).not.toEqual(expect.arrayContaining(['contact']));
    expect(missing([person(true, 'email', 'a@b.example')])).not.toEqual(expect.arrayContaining(['contact-email']));
    expect(missing([person(true, 'email', 'a@b.example')])).toEqual(expect.arrayContaining(['contact-phone']));
    expect(missing([person(true, 'email', 'a@b.example', ['a@b.example'])])).toEqual(
      expect.arrayContaining(['contact-email']),
    );
    expect(missing([person(false, 'phone', '+4930123456')])).toEqual(
      expect.arrayContaining(['contact', 'contact-phone']),
    );
  });
});

describe('completeness', () => {
  it('is the weight of what is known in percent, rounded down, with what is missing', () => {
    const fields = [field('taxId', 2, 'required'), field('domain', 1), field('phone', 3)];
    expect(completenessOf(fields, ['taxId', 'region'])).toEqual({
      percent: 66,
      missing: ['taxId'],
      required: ['taxId'],
    });
    expect(completenessOf([], keyFields)).toEqual({ percent: 100, missing: [], required: [] });
  });

  it('is 100 where nothing is missing only, and never falls by what becomes known', () => {
    const fields = fc.uniqueArray(
      fc.record({
        field: fc.constantFrom(...keyFields),
        level: fc.constantFrom(...fieldLevels),
        weight: fc.integer({ min: 1, max: 1_000 }),
      }),
      { selector: (each) => each.field, minLength: 1 },
    );
    fc.assert(
      fc.property(fields, fc.subarray([...keyFields]), fc.constantFrom(...keyFields), (asked, unknown, learnt) => {
        const { percent, missing, required } = completenessOf(asked, unknown);
        expect(percent === 100).toBe(missing.length === 0);
        expect(percent).toBeGreaterThanOrEqual(0);
        expect(missing).toEqual(expect.arrayContaining([...required]));
        const later = completenessOf(
          asked,
          unknown.filter((each) => each !== learnt),
        );
        expect(later.percent).toBeGreaterThanOrEqual(percent);
      }),
      property(300),
    );
  });
});
