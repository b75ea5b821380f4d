import type { Upcaster } from './event-store/upcasting.js';

/** Version 1 lists changes, each with the name of its field; version 2 holds them by field. */
const byField = (type: string): Upcaster => ({
  type,
  from: 1,
  up: ({ changes, ...data }: { readonly changes: readonly { readonly field: string }[] }) => [
    { type, data: { ...data, changes: Object.fromEntries(changes.map(({ field, ...change }) => [field, change])) } },
  ],
});

/** Every shape an event ever had and no longer has, with the way to the next. Released events only ever get entries here. */
export const upcasters: readonly Upcaster[] = [
  byField('CustomerDetailsChanged'),
  byField('CustomerDetailsCorrected'),
  byField('ContactChanged'),
  byField('InteractionCorrected'),
  byField('OpportunityDetailsChanged'),
];
