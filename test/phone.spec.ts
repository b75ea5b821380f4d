import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { e164, phoneNumber, planOf } from '../libs/phone.js';
import { property } from './support/property.js';

const invalid = expect.objectContaining({ code: 'phone-invalid' });

describe('phone numbers', () => {
  it.each([
    ['+49 (0)30 123456', '49', '+4930123456'],
    ['0549 123456', '378', '+3780549123456'],
    ['1 (212) 555-0100', '1', '+12125550100'],
    ['8 (495) 123-45-67', '7', '+74951234567'],
    ['030 / 123-456', 'DE', '+4930123456'],
    ['(030) 12 34-5', '+49', '+493012345'],
    ['02 1234567', 'IT', '+39021234567'],
    ['06 1 234 5678', '36', '+3612345678'],
    ['010-62551234', '86', '+861062551234'],
    ['0043 1 5880100', '49', '+4315880100'],
    ['0043 1 5880100', 'US', '+4315880100'],
    ['011 44 20 7946 0958', 'US', '+442079460958'],
    ['011 15 2345 6789', 'AR', '+5491123456789'],
    ['+1 212 555 0100', '49', '+12125550100'],
  ])('%s in the plan of %s is %s', (written, plan, number) => {
    expect(e164(written, plan)).toBe(number);
  });

  it.each([
    ['+49 (0)30 123456', '+4930123456'],
    ['+49030123456', '+4930123456'],
    ['+７ (８) 495 123-45-67', '+74951234567'],
    ['+49\u00a030\u2011123\u200b456', '+4930123456'],
    ['0043 1 5880100', '+4315880100'],
    ['+44 7700 900123', '+447700900123'],
    ['+800 1234 5678', '+80012345678'],
  ])('%s needs no plan and is %s', (written, number) => {
    expect(e164(written)).toBe(number);
  });

  it.each([
    ['030 123456', undefined, 'calling code'],
    ['+999 123456', undefined, 'calling code'],
    ['+49 30 1234567890123', undefined, 'too many digits'],
    ['+49 30 123456 / 123457', undefined, 'too many digits'],
    ['+49 11', undefined, 'too short'],
    ['555-0100', '1', 'too short'],
    ['000000', 'DE', 'zeros in front'],
    ['+49 30 123456 ext. 12', undefined, 'extension'],
    ['1-800-FLOWERS', 'US', 'none'],
    ['call 030 123456', 'DE', 'none'],
    ['n/a', '49', 'none'],
    ['', '49', 'none'],
  ])('%j in the plan of %s cannot be one', (written, plan, reason) => {
    expect(phoneNumber(written, plan)).toBeUndefined();
    expect(() => e164(written, plan)).toThrow(invalid);
    expect(() => e164(written, plan)).toThrow(reason);
  });

  it('are what they are once they are in E.164', () => {
    const digits = fc.array(fc.nat(9), { minLength: 4, maxLength: 13 });
    const plans = fc.constantFrom('49', '1', '7', '39', '378', '86', 'AR', 'MX', 'CI', 'FI', 'HU');
    fc.assert(
      fc.property(digits, plans, (written, plan) => {
        const number = phoneNumber(written.join(''), plan);
        if (number !== undefined) expect(phoneNumber(number)).toBe(number);
      }),
      property(2_000),
    );
  });
});

describe('numbering plans', () => {
  it('are named by region or calling code', () => {
    expect(['DE', '49', '+49', '1', 'SM', '378'].map(planOf)).toEqual(['DE', 'DE', 'DE', 'US', 'SM', 'SM']);
    expect(['ZZ', 'de', '999', '0', ''].map(planOf)).toEqual([undefined, undefined, undefined, undefined, undefined]);
  });
});
