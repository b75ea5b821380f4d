import { Map } from 'immutable';
import { decider } from '../event-store/decider.js';
import type { HandOverItem, OffboardingEvents } from './events.js';

/** Of the things of one employee: those that are being handed over, and those that could not be. */
export interface Offboarding {
  readonly things: Map<string, 'under-way' | 'kept'>;
}

export const keyOf = ({ kind, id }: HandOverItem): string => `${kind} ${id}`;

export const offboarding = decider<Offboarding, OffboardingEvents>({
  category: 'offboarding',
  initial: { things: Map() },
  evolve: {
    OffboardingHandOverStarted: ({ things }, { items }) => ({
      things: things.merge(items.map((item): [string, 'under-way'] => [keyOf(item), 'under-way'])),
    }),
    OffboardingItemHandedOver: ({ things }, item) => ({ things: things.delete(keyOf(item)) }),
    OffboardingItemKept: ({ things }, item) => ({ things: things.set(keyOf(item), 'kept') }),
  },
});
