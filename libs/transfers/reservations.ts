import type { Reservation } from '../event-store/decider.js';
import { isStale, reservation } from '../event-store/reservations.js';
import { freeSubject, holdSubject, transferHold } from './hold.decider.js';

/** What only one open transfer may hold. @throws Refusal `transfer-pending` */
export const subjectHold = (subjectId: string, transferId: string): Reservation =>
  reservation(transferHold, subjectId, {
    async take(state, { holds, now }) {
      const { transferId: holder, since } = state;
      const stale = holder !== null && isStale(since, now) && !(await holds(holder));
      return holdSubject(state, { subjectId, transferId }, stale);
    },
    free: (state) => freeSubject(state, { subjectId, transferId }),
  });
