import { describe, expect, it } from '@jest/globals';
import { validateSync } from 'class-validator';
import fc from 'fast-check';
import { AddContactBody, ChannelBody } from '../../libs/customers/contacts.dto.js';
import { InteractionBody, PurchaseBody, RegisterCustomerBody } from '../../libs/customers/customers.dto.js';
import { MoneyBody } from '../../libs/http/validation.js';
import { fits, formed } from '../../libs/import/form.js';

const id = '3f0c1c1e-7a4b-4d7e-9f5e-0d6c1f7a2b3c';

/** Values of all kinds, right ones and wrong ones. */
const value: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(undefined, null, '', ' ', 'x', id, 'org', 'email', 'call', 'inbound', 'a@example.org', '+4930123456'),
  fc.constantFrom('2024-02-29', '2024-02-30', '2024-02-29T00:00:00.000Z', 'x'.repeat(256), 'a\u0000', '\ud800'),
  fc.constantFrom(0, 1, 1.5, -1, 2000, 1e15, NaN, true, [], [id], [id, id], ['x', 'x'], {}),
  fc
    .record({ amount: fc.constantFrom(1, -1, 'x'), currency: fc.constantFrom('EUR', 'EURO') })
    .map((money) => Object.assign(new MoneyBody(), money)),
  fc
    .record({ kind: fc.constantFrom('email', 'phone', 'fax'), value: fc.constantFrom('a@b.c', '+4930123456', '') })
    .map((channel) => [Object.assign(new ChannelBody(), channel)]),
);

const forms: [string, new () => object, string[]][] = [
  ['a customer', RegisterCustomerBody, ['name', 'kind', 'tags', 'establishedIn', 'annualRevenue', 'ownerId', 'phone']],
  ['a contact', AddContactBody, ['name', 'role', 'channels', 'birthday']],
  ['an interaction', InteractionBody, ['channel', 'direction', 'summary', 'contactIds', 'occurredAt']],
  ['a purchase', PurchaseBody, ['amount', 'product', 'opportunityId']],
];

describe('whether a body fits', () => {
  it.each(forms)('is judged as class-validator does: %s', (_, form, properties) => {
    const body = fc.record(Object.fromEntries(properties.map((property) => [property, value])));
    fc.assert(
      fc.property(body, (values) => {
        const given = Object.assign(new form(), values);
        expect(fits(given)).toBe(validateSync(given).length === 0);
      }),
      { numRuns: 500 },
    );
  });

  it('is not known of what has no rules', () => {
    expect(fits({})).toBe(false);
  });

  it('is answered with everything that is wrong', () => {
    const wrong = () => formed(PurchaseBody, { amount: { amount: -1, currency: 'EURO' }, product: ' ' });
    expect(wrong).toThrow(expect.objectContaining({ code: 'value-invalid' }));
    expect(wrong).toThrow(/ISO 4217.*amount must not be less than 0.*product must be text/);
  });
});
