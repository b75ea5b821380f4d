import { api, done, inDays, reason } from './asking.js';

/** Pools, and customers that go through them. */
export async function pools(orgUnitId: string, ownerId: string) {
  const create = (name: string) => done(api.POST('/pools', { body: { name, kind: 'customer' } }));
  const [{ id: poolId }, { id: other }] = [await create('South'), await create('North')];
  const params = { path: { poolId } };
  await done(api.POST('/pools/{poolId}/members', { params, body: { members: { orgUnitIds: [orgUnitId] } } }));
  const recycling = [{ name: 'quiet', conditions: [{ when: 'no-follow-up' as const, days: 90 }] }];
  const rules = { claim: { dailyLimit: 5 }, holding: { locks: 2 }, recycling, remindBeforeDays: [7, 1] };
  await done(api.POST('/pools/{poolId}/rules', { params, body: rules }));
  await done(api.POST('/what-if/pool-rule', { body: { recycling, remindBeforeDays: [7], members: null } }));
  await done(api.POST('/pools/{poolId}/disable', { params, body: {} }));
  await done(api.POST('/pools/{poolId}/enable', { params }));
  await done(
    api.POST('/pools/{poolId}/close', { params: { path: { poolId: other } }, body: { targetPoolId: poolId } }),
  );
  const { id: customerId } = await done(api.POST('/customers', { body: { kind: 'org', name: 'South Mill', ownerId } }));
  const path = { customerId };
  await done(api.POST('/customers/{customerId}/lock', { params: { path }, body: { until: inDays(2) } }));
  await done(api.POST('/customers/{customerId}/unlock', { params: { path } }));
  await done(api.POST('/customers/{customerId}/protect', { params: { path }, body: { until: inDays(9), reason } }));
  await done(api.POST('/customers/{customerId}/unprotect', { params: { path } }));
  await done(
    api.POST('/customers/{customerId}/recycling/postpone', { params: { path }, body: { until: inDays(9), reason } }),
  );
  const release = () =>
    done(api.POST('/customers/{customerId}/release', { params: { path }, body: { poolId, reason } }));
  await release();
  await done(api.POST('/customers/{customerId}/claim', { params: { path }, body: { employeeId: ownerId } }));
  await release();
  await done(api.POST('/claims', { body: { employeeId: ownerId, customerIds: [customerId] } }));
}
