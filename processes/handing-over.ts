import type { AssignmentEvents } from '../libs/assignment/events.js';
import type { Belonging, Move } from '../libs/belonging.js';
import { RecordItemHandedOver, RecordItemKept } from '../libs/offboarding/commands.js';
import type { HandOverItem, OffboardingEvents } from '../libs/offboarding/events.js';
import { process } from '../libs/processes/process.js';
import type { Process, Reaction } from '../libs/processes/process.js';

type Started = OffboardingEvents['OffboardingHandOverStarted'];

/** What hands a thing over, by the context that has it. */
function commandFor(belonging: Belonging | undefined, { id }: HandOverItem, started: Started): object | undefined {
  const { employeeId: fromOwnerId, to, reason } = started;
  switch (to.kind) {
    case 'employee':
      return belonging?.toEmployee?.(id, { fromOwnerId, reason, toOwnerId: to.id });
    case 'pool':
      return belonging?.toPool?.(id, { fromOwnerId, reason, poolId: to.id });
    case 'rule':
      return belonging?.byRule?.(id, { fromOwnerId });
  }
}

const kept = (employeeId: string, { kind, id }: HandOverItem, code: string): Reaction => ({
  command: new RecordItemKept(employeeId, { item: { kind, id }, code }),
});

/**
 * Hands over what somebody has who is going to leave, and records what becomes of each thing: that it left its owner, whatever made it,
 * or the code by which it stays.
 *
 * The second step changes another stream than the first. When a program ends between them, the first is sent again: it is answered for
 * a thing that has left its owner, and refused for one that another person has by now. A thing is recorded as kept only while it waits.
 */
export function handingOver(belongings: readonly Belonging[]): Process {
  const moves = new Map<string, (data: never) => Reaction[]>();
  for (const { kind, moves: own } of belongings) {
    for (const [type, moveOf] of Object.entries(own)) {
      const before = moves.get(type);
      moves.set(type, (data) => [...(before?.(data) ?? []), ...moved(kind, moveOf(data))]);
    }
  }
  const reactions = Object.fromEntries(
    Array.from(moves, ([type, reaction]) => [type, ({ data }: { readonly data: unknown }) => reaction(data as never)]),
  );
  return process<OffboardingEvents & AssignmentEvents>({
    name: 'handing-over',
    version: 1,
    from: 'installation',
    on: {
      ...reactions,
      OffboardingHandOverStarted: ({ data }) =>
        data.items.map((item): Reaction => {
          const command = commandFor(
            belongings.find(({ kind }) => kind === item.kind),
            item,
            data,
          );
          if (!command) return kept(data.employeeId, item, 'kind-not-handed-over');
          return { command, otherwise: ({ code }) => kept(data.employeeId, item, code) };
        }),
      AssignmentFailed: ({ data: { subject, from } }) =>
        from === null ? [] : [kept(from, subject, 'assignee-missing')],
    },
  });
}

const moved = (kind: string, move: Move | null): Reaction[] =>
  move === null ? [] : [{ command: new RecordItemHandedOver(move.from, { item: { kind, id: move.id }, to: move.to }) }];
