import { describe, expect, it } from '@jest/globals';
import { ReleasePortfolioPlace } from '../../libs/customers/commands.js';
import { identifier, releaseIdentifier, reserveIdentifier } from '../../libs/customers/identifier.decider.js';
import { portfolio, releaseFormerPlace, releasePlace, reservePlace } from '../../libs/customers/portfolio.decider.js';
import { taxNumber } from '../../libs/customers/reservations.js';
import { given } from '../support/given.js';
import { customerId, now, otherId, otherOwner, owner } from './customers.js';

describe('what only one may have', () => {
  const { employeeId } = owner;
  const held = { type: 'PortfolioPlaceReserved', data: { employeeId, customerId } } as const;

  const freed = { type: 'PortfolioPlaceReleased', data: { employeeId, customerId } } as const;
  const leaving = (ownerId: string | null) => (state: Parameters<typeof releaseFormerPlace>[0]) =>
    releaseFormerPlace(state, new ReleasePortfolioPlace(employeeId, { customerId }), now, { ownerId });

  it('a place in a portfolio, up to the cap', () => {
    const reserve = (id: string, cap: number | null) => (state: Parameters<typeof reservePlace>[0]) =>
      reservePlace(state, { employeeId, customerId: id, cap });
    given(portfolio).when(reserve(customerId, 1)).thenRecords(held);
    given(portfolio, held).when(reserve(customerId, 1)).thenRecords();
    given(portfolio, held)
      .when(reserve(otherId, 1))
      .thenRefuses('holding-limit-exceeded', { cap: 1, held: 1, remaining: 0 });
    given(portfolio, held)
      .when(reserve(otherId, null))
      .thenRecords({ type: 'PortfolioPlaceReserved', data: { employeeId, customerId: otherId } });
    given(portfolio, held)
      .when((state) => reservePlace(state, { employeeId, customerId: otherId, cap: 1, stale: [customerId] }))
      .thenRecords(
        { type: 'PortfolioPlaceReleased', data: { employeeId, customerId } },
        { type: 'PortfolioPlaceReserved', data: { employeeId, customerId: otherId } },
      );
  });

  it('is freed once, and not while it is used again', () => {
    given(portfolio, held)
      .when((state) => releasePlace(state, { employeeId, customerId }))
      .thenRecords(freed);
    given(portfolio)
      .when((state) => releasePlace(state, { employeeId, customerId }))
      .thenRecords();
  });

  it.each([otherOwner.employeeId, null])('is given back once the customer is with %s', (ownerId) => {
    given(portfolio, held, { type: 'PortfolioPlaceReserved', data: { employeeId, customerId: otherId } })
      .when(leaving(ownerId))
      .thenRecords(freed);
    given(portfolio, held, freed).when(leaving(ownerId)).thenRecords();
    given(portfolio).when(leaving(ownerId)).thenRecords();
  });

  it('is kept when the customer came back meanwhile', () => {
    given(portfolio, held).when(leaving(employeeId)).thenRecords();
  });

  it('a place that a crash left behind does not count, and only what is needed does', () => {
    const more = { type: 'PortfolioPlaceReserved', data: { employeeId, customerId: 'more' } } as const;
    given(portfolio, held, more)
      .when((state) => reservePlace(state, { employeeId, customerId: otherId, cap: 1, stale: [customerId] }))
      .thenRefuses('holding-limit-exceeded', { cap: 1, held: 1, remaining: 0 });
  });

  const identifierId = 'hash';
  const owned = { type: 'CustomerIdentifierReserved', data: { identifierId, customerId } } as const;
  const givenBack = { type: 'CustomerIdentifierReleased', data: { identifierId, customerId } } as const;

  it('a tax number, reserved once', () => {
    const reserve = (state: Parameters<typeof reserveIdentifier>[0]) =>
      reserveIdentifier(state, { identifierId, customerId, stale: false });
    given(identifier).when(reserve).thenRecords(owned);
    given(identifier, owned).when(reserve).thenRecords();
    given(identifier, owned, givenBack).when(reserve).thenRecords(owned);
  });

  it.each(['de 12-3', 'DE\u201312.3', '\uff24\uff251\uff0d23', 'DE123\u200b', 'D\u00adE\u00a0123'])(
    'a tax number, the same one however it is written: %j',
    (taxId) => {
      expect(taxNumber(taxId, customerId).stream).toBe(taxNumber('DE123', customerId).stream);
      expect(taxNumber(`${taxId}4`, customerId).stream).not.toBe(taxNumber('DE123', customerId).stream);
    },
  );

  it('a tax number, given back once, by the customer that has it', () => {
    const release = (id: string) => (state: Parameters<typeof releaseIdentifier>[0]) =>
      releaseIdentifier(state, { identifierId, customerId: id });
    given(identifier, owned).when(release(customerId)).thenRecords(givenBack);
    given(identifier, owned, givenBack).when(release(customerId)).thenRecords();
    given(identifier, owned).when(release(otherId)).thenRecords();
    given(identifier).when(release(customerId)).thenRecords();
  });

  it('a tax number, unless who holds it turned out not to use it', () => {
    const taken = { type: 'CustomerIdentifierReserved', data: { identifierId, customerId: otherId } } as const;
    const reserve = (stale: boolean) => (state: Parameters<typeof reserveIdentifier>[0]) =>
      reserveIdentifier(state, { identifierId, customerId, stale });
    given(identifier, taken)
      .when(reserve(false))
      .thenRefuses('tax-id-taken', { field: 'taxId', candidates: [otherId] });
    given(identifier, taken)
      .when(reserve(true))
      .thenRecords(
        { type: 'CustomerIdentifierReleased', data: { identifierId, customerId: otherId } },
        { type: 'CustomerIdentifierReserved', data: { identifierId, customerId } },
      );
  });
});
