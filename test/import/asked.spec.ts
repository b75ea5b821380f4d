import { expect, it } from '@jest/globals';
import { RecordPurchase } from '../../libs/customers/commands.js';
import { asked } from '../../libs/import/asked.js';

const id = '3f0c1c1e-7a4b-4d7e-9f5e-0d6c1f7a2b3c';

it('a row is refused with everything that is wrong', () => {
  const wrong = () =>
    asked(RecordPurchase, id, { purchaseId: id, amount: { amount: -1, currency: 'EURO' }, product: ' ' });
  expect(wrong).toThrow(expect.objectContaining({ code: 'value-invalid' }));
  expect(wrong).toThrow(/^amount must not be below zero; amount.currency must.*ISO 4217.*product must be text/);
});

it.each([
  [-123_450, 'EUR', 'amount must not be below zero'],
  [9_000_000_000_000_001, 'EUR', 'amount must be at most 9000000000000000, which is 90000000000000.00 EUR'],
  [90_000_000_000_001, 'JPY', 'amount must be at most 90000000000000, which is 90000000000000 JPY'],
])('an amount of %d minor units of %s is refused in the words of a row', (amount, currency, message) => {
  const wrong = () => asked(RecordPurchase, id, { purchaseId: id, amount: { amount, currency } });
  expect(wrong).toThrow(
    expect.objectContaining({ message: expect.stringContaining(message), details: { fields: ['amount'] } }),
  );
});
