import { describe, expect, it } from '@jest/globals';
import { validateSync } from 'class-validator';
import fc from 'fast-check';
import { RecordPurchase } from '../../libs/customers/commands.js';
import { MoneyBody } from '../../libs/http/validation.js';
import { asked } from '../../libs/import/asked.js';
import { fits } from '../../libs/import/form.js';
import { RegisterOpportunityBody } from '../../libs/opportunities/opportunities.dto.js';
import { StageBody } from '../../libs/opportunities/pipelines.dto.js';

const id = '3f0c1c1e-7a4b-4d7e-9f5e-0d6c1f7a2b3c';

/** Values of all kinds, right ones and wrong ones. */
const value: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(undefined, null, '', ' ', 'x', id, 'org', 'email', 'call', 'inbound', 'a@example.org', '+4930123456'),
  fc.constantFrom('2024-02-29', '2024-02-30', '2024-02-29T00:00:00.000Z', 'x'.repeat(256), 'a\u0000', '\ud800'),
  fc.constantFrom(0, 1, 1.5, -1, 2000, 1e15, NaN, true, [], [id], [id, id], ['x', 'x'], {}),
  fc
    .record({ amount: fc.constantFrom(1, -1, 'x'), currency: fc.constantFrom('EUR', 'EURO') })
    .map((money) => Object.assign(new MoneyBody(), money)),
);

const forms: [string, new () => object, string[]][] = [
  ['an opportunity', RegisterOpportunityBody, ['name', 'pipelineId', 'ownerId', 'amount', 'expectedCloseOn']],
  ['a stage', StageBody, ['id', 'name', 'kind', 'probability', 'entryGate', 'maxDays', 'allowSkip']],
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
    const values = { purchaseId: id, amount: { amount: -1, currency: 'EURO' }, product: ' ' };
    const wrong = () => asked(RecordPurchase, id, values);
    expect(wrong).toThrow(expect.objectContaining({ code: 'value-invalid' }));
    expect(wrong).toThrow(/amount.amount must be a whole number.*ISO 4217.*product must be text/);
  });
});
