import { expect, it } from '@jest/globals';
import { Upcasting } from '../libs/event-store/upcasting.js';
import { upcasters } from '../libs/upcasters.js';

const upcasting = new Upcasting(upcasters);

it.each([
  'CustomerDetailsChanged',
  'CustomerDetailsCorrected',
  'ContactChanged',
  'InteractionCorrected',
  'OpportunityDetailsChanged',
])('%s holds its changes by field, in their order', (type) => {
  const changes = [
    { field: 'name', from: 'North Mill', to: 'North Mills' },
    { field: 'amount', from: null, to: { amount: 500, currency: 'EUR' } },
    { field: 'learntLater', to: 'x' },
  ];
  const [changed, ...others] = upcasting.up({ type, schemaVersion: 1, data: { customerId: '1', changes } });
  expect(others).toEqual([]);
  expect(changed).toMatchObject({ type, schemaVersion: 2 });
  expect(JSON.stringify(changed!.data)).toBe(
    JSON.stringify({
      customerId: '1',
      changes: {
        name: { from: 'North Mill', to: 'North Mills' },
        amount: { from: null, to: { amount: 500, currency: 'EUR' } },
        learntLater: { to: 'x' },
      },
    }),
  );
});
