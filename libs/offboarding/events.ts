import type { Harmless, Personal } from '../personal.js';

/** One thing that somebody has who is going to leave. */
export interface HandOverItem {
  readonly kind: string;
  readonly id: string;
}

/** Where things are handed over to: an employee, a pool, or the person whom a rule chooses. */
export type HandOverTarget =
  { readonly kind: 'employee' | 'pool'; readonly id: string } | { readonly kind: 'rule'; readonly id: null };

type About = { employeeId: string };

/** What becomes of the things of somebody who is going to leave. Stored for ever: add, never rename or remove. */
export type OffboardingEvents = {
  /** Things were told off to be handed over; each has an outcome of its own. */
  OffboardingHandOverStarted: About & {
    to: HandOverTarget;
    reason: string;
    items: readonly HandOverItem[];
  };

  /** A thing left the employee. `to` is null when nobody has it now. */
  OffboardingItemHandedOver: About &
    HandOverItem & { to: { readonly kind: 'employee' | 'pool'; readonly id: string } | null };

  /** A thing could not be handed over, by the code of a rule; it can be tried again. */
  OffboardingItemKept: About & HandOverItem & { code: string };
};

/** Personal values, and whose they are: what is written about the employee. */
export const personal = {
  OffboardingHandOverStarted: [{ of: 'employeeId', paths: ['reason'] }],
} as const satisfies Personal<OffboardingEvents>;

export const harmless = {
  OffboardingHandOverStarted: ['items[].kind'],
  OffboardingItemHandedOver: ['kind'],
  OffboardingItemKept: ['kind', 'code'],
} as const satisfies Harmless<OffboardingEvents>;
