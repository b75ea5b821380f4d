import { describe, expect, it } from '@jest/globals';
import { ownerFacts } from '../../libs/customers/facts.js';
import { evolve } from '../../libs/event-store/decider.js';
import type { EventOf } from '../../libs/event-store/event-store.js';
import type { StateReader } from '../../libs/event-store/decider.js';
import { organisation } from '../../libs/organisation/organisation.decider.js';
import type { OrganisationEvents } from '../../libs/organisation/events.js';
import { past } from '../support/given.js';

const employeeId = '01970000-0000-7000-8000-0000000000e1';
const hired = { type: 'EmployeeHired', data: { employeeId, name: 'First Seller' } } as const;

/** A log that holds nothing but an organisation with this history. */
function knowing(...events: EventOf<OrganisationEvents>[]): StateReader {
  const state = events.reduce(
    (each, event) => evolve(organisation, each, { occurredAt: past, ...event }),
    organisation.initial,
  );
  return { load: () => Promise.resolve({ state, revision: events.length - 1 }) } as unknown as StateReader;
}

describe('an employee who is to answer for a customer', () => {
  it('is known with the place in the structure', async () => {
    expect(await ownerFacts(knowing(hired), employeeId)).toEqual({
      employeeId,
      name: 'First Seller',
      orgUnitId: null,
      managerId: null,
    });
  });

  it('has to exist', async () => {
    await expect(ownerFacts(knowing(), employeeId)).rejects.toMatchObject({ code: 'employee-unknown' });
  });

  it.each([
    { type: 'EmployeeSuspended', data: { employeeId, reason: 'inquiry' } },
    { type: 'EmployeeLeft', data: { employeeId } },
  ] as const)('cannot be one after $type', async (event) => {
    await expect(ownerFacts(knowing(hired, event), employeeId)).rejects.toMatchObject({
      code: 'owner-inactive',
      details: { field: 'ownerId' },
    });
  });
});
