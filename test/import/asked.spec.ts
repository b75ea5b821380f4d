import { expect, it } from '@jest/globals';
import { RecordPurchase } from '../../libs/customers/commands.js';
import { asked } from '../../libs/import/asked.js';

const id = '3f0c1c1e-7a4b-4d7e-9f5e-0d6c1f7a2b3c';

it('a row is refused with everything that is wrong', () => {
  const wrong = () =>
    asked(RecordPurchase, id, { purchaseId: id, amount: { amount: -1, currency: 'EURO' }, product: ' ' });
  expect(wrong).toThrow(expect.objectContaining({ code: 'value-invalid' }));
  expect(wrong).toThrow(/amount.amount must be a whole number.*ISO 4217.*product must be text/);
});
