import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestApp } from '../support/app.js';

let app: TestApp;
beforeAll(async () => {
  app = await TestApp.start();
});
afterAll(() => app.stop());

// A missing amount was told three times what it must be; test/forms.spec.ts asks this of every field.
describe('of an amount of money', () => {
  it.each([
    [
      'a missing amount',
      { currency: 'EUR' },
      'amount.amount',
      'amount must be a whole number from 0 to 9000000000000000',
    ],
    ['a missing currency', { amount: 1 }, 'amount.currency', 'currency must be an ISO 4217 currency code in use'],
  ])('%s is told once', async (_, amount, field, message) => {
    const { body } = await app.post('/opportunities/01970000-0000-7000-8000-00000000dead/amount', { amount });
    expect(body).toMatchObject({ errors: [{ field, messages: [message] }] });
  });

  it('everything is told that is wrong with a number', async () => {
    const amount = { amount: -1.5, currency: 'EUR' };
    const { body } = await app.post('/opportunities/01970000-0000-7000-8000-00000000dead/amount', { amount });
    const messages = ['amount must be a whole number from 0 to 9000000000000000'];
    expect(body).toMatchObject({ errors: [{ field: 'amount.amount', messages }] });
  });
});
