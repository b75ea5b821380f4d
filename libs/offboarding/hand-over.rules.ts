import { Refusal, together } from '../errors.js';
import type { EventOf } from '../event-store/event-store.js';
import type { HandOver, RecordItemHandedOver, RecordItemKept } from './commands.js';
import type { HandOverItem, HandOverTarget, OffboardingEvents } from './events.js';
import { keyOf } from './offboarding.decider.js';
import type { Offboarding } from './offboarding.decider.js';

type Event = EventOf<OffboardingEvents>;

/** Of a hand-over. */
export interface HandOverFacts {
  /** The off-boarding of the employee; null where it has not begun. */
  readonly offboarding: { readonly handOverTo: string | null } | null;
  /** Why the person who is to have it cannot; null otherwise. */
  readonly receiver: Refusal | null;
  /** Kinds of things there are, and those that are handed over in the way that is asked for. */
  readonly kinds: readonly string[];
  readonly able: readonly string[];
  /** What the employee has of that which is asked for, and of the things that are named what they do not have. */
  readonly found: readonly HandOverItem[];
  readonly strange: readonly HandOverItem[];
}

/** Where a form says that things go; undefined where it says too much or too little. */
export function targetOf(
  { toOwnerId, toPoolId, byRule }: HandOver['form'],
  handOverTo: string | null,
): HandOverTarget | undefined {
  const said: HandOverTarget[] = [
    ...(toOwnerId === null ? [] : [{ kind: 'employee' as const, id: toOwnerId }]),
    ...(toPoolId === null ? [] : [{ kind: 'pool' as const, id: toPoolId }]),
    ...(byRule ? [{ kind: 'rule' as const, id: null }] : []),
  ];
  if (said.length > 1) return undefined;
  return said[0] ?? (handOverTo === null ? undefined : { kind: 'employee', id: handOverTo });
}

/** What is under way already is not begun a second time; what was kept is tried again. */
export function handOver(
  state: Offboarding,
  { employeeId, form }: HandOver,
  _now: string,
  { offboarding, receiver, kinds, able, found, strange }: HandOverFacts,
): Event[] {
  if (!offboarding) {
    const says = 'Only what somebody has who is going to leave is handed over: start the off-boarding first.';
    throw new Refusal('offboarding-not-started', says, { employeeId }, 409);
  }
  const to = targetOf(form, offboarding.handOverTo);
  const named = [...new Set([...form.kinds, ...form.items.map(({ kind }) => kind)])];
  const wrong: Refusal[] = [];
  if (!to) {
    wrong.push(
      new Refusal('hand-over-receiver', 'Name one receiver: an employee, a pool, or the rules.', {
        field: 'toOwnerId',
      }),
    );
  }
  if (to?.kind === 'employee' && to.id === employeeId) {
    wrong.push(new Refusal('same-owner', 'What somebody has is handed over to another one.', { field: 'toOwnerId' }));
  }
  if (receiver) wrong.push(receiver);
  const unknown = named.filter((kind) => !kinds.includes(kind));
  if (unknown.length > 0) {
    wrong.push(
      new Refusal('kind-unknown', `There is no kind ${unknown.join(', ')}.`, { field: 'kinds', known: kinds }),
    );
  }
  const unable = named.filter((kind) => kinds.includes(kind) && !able.includes(kind));
  if (to && unable.length > 0) {
    const says = `Things of the kind ${unable.join(', ')} are not handed over in this way.`;
    wrong.push(new Refusal('kind-not-handed-over', says, { field: 'kinds', kinds: unable }));
  }
  const missing = strange.filter(({ kind }) => kinds.includes(kind));
  if (missing.length > 0) {
    wrong.push(new Refusal('not-owned', 'The employee does not have all of this.', { field: 'items', items: missing }));
  }
  const [first, ...others] = wrong;
  if (first) throw together([first, ...others]);
  const items = unique(found).filter((item) => state.things.get(keyOf(item)) !== 'under-way');
  if (items.length === 0) return [];
  return [{ type: 'OffboardingHandOverStarted', data: { employeeId, to: to!, reason: form.reason, items } }];
}

const unique = (items: readonly HandOverItem[]): HandOverItem[] => [
  ...new Map(items.map((item) => [keyOf(item), item])).values(),
];

/** Also of what was kept before, and then went by hand. Of things that were never to be handed over, nothing is recorded. */
export function recordItemHandedOver(
  { things }: Offboarding,
  { employeeId, item: { kind, id }, to }: RecordItemHandedOver,
): Event[] {
  if (!things.has(keyOf({ kind, id }))) return [];
  return [{ type: 'OffboardingItemHandedOver', data: { employeeId, kind, id, to } }];
}

export function recordItemKept(
  { things }: Offboarding,
  { employeeId, item: { kind, id }, code }: RecordItemKept,
): Event[] {
  if (things.get(keyOf({ kind, id })) !== 'under-way') return [];
  return [{ type: 'OffboardingItemKept', data: { employeeId, kind, id, code } }];
}
