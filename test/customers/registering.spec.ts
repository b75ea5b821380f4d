import { describe, it } from '@jest/globals';
import { RegisterCustomer } from '../../libs/customers/commands.js';
import type { Registration } from '../../libs/customers/commands.js';
import { registerCustomer } from '../../libs/customers/customer.rules.js';
import type { RegistrationFacts } from '../../libs/customers/customer.rules.js';
import { customer } from '../../libs/customers/customer.decider.js';
import type { CustomerEvents } from '../../libs/customers/events.js';
import { replay } from '../../libs/event-store/decider.js';
import { customerList } from '../../projections/customer-list.js';
import { customerProfile } from '../../projections/customer-profile.js';
import { given } from '../support/given.js';
import { archived, customerId, details, now, otherId, owner, registered } from './customers.js';

const nobody: RegistrationFacts = { duplicates: [], owner: null, imported: false };
const registering =
  (registration: Partial<Registration> = {}, facts: RegistrationFacts = nobody) =>
  (state: Parameters<typeof registerCustomer>[0]) =>
    registerCustomer(
      state,
      new RegisterCustomer(customerId, {
        kind: 'org',
        name: 'North Mill',
        sector: 'retail',
        region: 'north',
        ...registration,
      }),
      now,
      facts,
    );

const known = (...events: Parameters<typeof replay<never, CustomerEvents>>[1]) => replay(customer, events);

describe('registering a customer', () => {
  it('records what is known, and the rest as unknown', () => {
    given(customer)
      .when(registering())
      .thenRecords(registered)
      .thenReads(customerProfile, customerId, { status: 'prospect', details, tier: 'ordinary', owner: null })
      .thenReads(customerList, customerId, { nameKey: 'north mill', words: ['north', 'mill'], ownerId: null });
  });

  const phoned = (phone: string) => ({ phone });
  const withPhone = (phone: string) =>
    ({ ...registered, data: { ...registered.data, details: { ...details, phone } } }) as const;

  it('records a phone number in E.164', () => {
    given(customer)
      .when(registering(phoned('+49 (0)30 123456')))
      .thenRecords(withPhone('+4930123456'));
    given(customer)
      .when(registering(phoned('030 123456')))
      .thenRefuses('phone-invalid', { field: 'phone' });
  });

  it('takes a number that the log has in another form for the same', () => {
    given(customer, withPhone('+49030123456'))
      .when(registering(phoned('+4930123456')))
      .thenRecords();
  });

  it('assigns the owner in the same decision', () => {
    given(customer)
      .when(registering({ ownerId: owner.employeeId }, { ...nobody, owner }))
      .thenRecords(registered, {
        type: 'CustomerOwnerAssigned',
        data: { customerId, from: null, to: owner, basis: 'supervisor' },
      });
  });

  it('says of an owner whom an import assigns that it was one', () => {
    given(customer)
      .when(registering({ ownerId: owner.employeeId }, { ...nobody, owner, imported: true }))
      .thenRecords(registered, {
        type: 'CustomerOwnerAssigned',
        data: { customerId, from: null, to: owner, basis: 'import' },
      });
  });

  it('records each tag once', () => {
    given(customer)
      .when(registering({ tags: ['vip', 'vip', 'VIP'] }))
      .thenRecords({ ...registered, data: { ...registered.data, tags: ['vip'] } });
  });

  it('changes nothing when asked twice with the same content', () => {
    given(customer, registered).when(registering()).thenRecords();
    given(customer, registered)
      .when(registering({}, { ...nobody, duplicates: [otherId], owner }))
      .thenRecords();
  });

  it('refuses the same id with other details', () => {
    given(customer, registered)
      .when(registering({ name: 'South Mill' }))
      .thenRefuses('customer-exists');
  });

  it('names the customers of the same name and region', () => {
    given(customer)
      .when(registering({}, { ...nobody, duplicates: [otherId] }))
      .thenRefuses('possible-duplicate', { candidates: [otherId] });
  });

  it('keeps the namesakes that were accepted', () => {
    given(customer)
      .when(registering({ acceptDuplicates: [otherId] }, { ...nobody, duplicates: [otherId] }))
      .thenRecords({ ...registered, data: { ...registered.data, acceptedDuplicates: [otherId] } });
  });

  it('refuses itself, and nobody, as parent', () => {
    given(customer)
      .when(registering({ parentCustomerId: customerId }))
      .thenRefuses('parent-cycle');
    given(customer)
      .when(registering({ parentCustomerId: otherId }, { ...nobody, parent: { status: 'unknown' } }))
      .thenRefuses('parent-unknown', { field: 'parentCustomerId' });
    given(customer)
      .when(registering({ parentCustomerId: otherId }, { ...nobody, parent: null }))
      .thenRefuses('parent-unknown');
    given(customer)
      .when(registering({ parentCustomerId: otherId }, { ...nobody, parent: known(registered, archived) }))
      .thenRefuses('parent-unknown');
  });

  it('records the customer it belongs to', () => {
    given(customer)
      .when(registering({ parentCustomerId: otherId }, { ...nobody, parent: known(registered) }))
      .thenRecords({ ...registered, data: { ...registered.data, parentCustomerId: otherId } })
      .thenReads(customerList, customerId, { parentCustomerId: otherId });
  });

  it('records kind, tier and origin as they are given', () => {
    given(customer)
      .when(registering({ kind: 'person', tier: 'important', source: 'fair' }))
      .thenRecords({
        ...registered,
        data: { ...registered.data, kind: 'person', tier: 'important', details: { ...details, source: 'fair' } },
      });
  });
});
