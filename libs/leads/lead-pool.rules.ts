import { Refusal } from '../errors.js';
import type { EventOf } from '../event-store/event-store.js';
import { checkOwner } from '../owner-changed.js';
import { checkClaim, checkReturn } from '../pooling.js';
import type { ClaimFacts, Pool } from '../pooling.js';
import { dayIn } from '../time.js';
import type { ClaimLead, MovePooledLead, ReturnLeadToPool } from './commands.js';
import type { LeadEvents } from './events.js';
import { open } from './lead.decider.js';
import type { Lead } from './lead.decider.js';

type Event = EventOf<LeadEvents>;

/** Who claims is the owner at once. A refusal names all that stands against it. Claiming one's own lead changes nothing. */
export function claimLead(
  state: Lead,
  { leadId, employeeId }: ClaimLead,
  now: string,
  { entry }: { readonly entry: ClaimFacts | null },
): Event[] {
  const lead = open(state, leadId);
  if (lead.ownerId === employeeId) return [];
  if (entry === null) {
    const code = lead.claim ? 'pool-entry-taken' : 'lead-owned';
    if (code === 'lead-owned') throw new Refusal('lead-owned', 'Somebody answers for the lead already.', {}, 409);
    throw new Refusal('pool-entry-taken', 'Somebody else has claimed the lead.', { since: lead.heldSince }, 409);
  }
  checkClaim(lead, employeeId, now, entry);
  const { pool, claimsOfDay } = entry;
  const claimed = {
    leadId,
    poolId: pool.poolId,
    poolVersion: pool.rules.version,
    employeeId,
    pooledSince: lead.heldSince,
    day: dayIn(pool.rules.zone, now),
    claimsOfDay: claimsOfDay + 1,
  };
  return [
    { type: 'LeadClaimed', data: claimed },
    { type: 'LeadAssigned', data: { leadId, from: null, to: employeeId, basis: 'claim' } },
  ];
}

/** The pool, and the open transfer that holds the lead; null where none does. */
export interface ReturnFacts {
  readonly pool: Pool;
  readonly openTransferId: string | null;
}

export function returnLeadToPool(
  state: Lead,
  { leadId, reason, fromOwnerId }: ReturnLeadToPool,
  _now: string,
  { pool, openTransferId }: ReturnFacts,
): Event[] {
  const { ownerId: from, poolId } = open(state, leadId);
  if (from === null) throw new Refusal('lead-in-pool', 'The lead lies in a pool already.', { poolId }, 409);
  checkOwner(fromOwnerId, from);
  if (openTransferId !== null) {
    throw new Refusal('transfer-pending', 'A transfer is open for it.', { transferId: openTransferId }, 409);
  }
  checkReturn(pool, 'lead');
  return [{ type: 'LeadReturnedToPool', data: { leadId, poolId: pool.poolId, from, reason } }];
}

/** One that has left the pool meanwhile stays where it is. */
export function movePooledLead(state: Lead, { leadId, from, to }: MovePooledLead): Event[] {
  if (state.status === 'unknown' || state.poolId !== from) return [];
  return [{ type: 'LeadPoolChanged', data: { leadId, from, to } }];
}
