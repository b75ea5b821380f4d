import { expect, it } from '@jest/globals';
import { recorded, time } from '../../apps/cli/event-words.js';

const id = '0190f5a0-0000-7000-8000-000000000001';
const [other, unnamed] = ['0190f5a0-0000-7000-8000-000000000002', '0190f5a0-0000-7000-8000-000000000003'];
const euros = (amount: number) => ({ amount, currency: 'EUR' });
const owner = (name: string) => ({ employeeId: id, name, orgUnitId: id, managerId: id });

it.each<[what: string, data: object, words: string]>([
  [
    'a tier change',
    { customerId: id, from: 'potential', to: 'important', reason: 'grows' },
    'potential → important · grows',
  ],
  [
    'a first owner',
    { customerId: id, from: null, to: owner('Ada Lin'), basis: 'supervisor' },
    'none → Ada Lin · basis supervisor',
  ],
  ['an amount', { opportunityId: id, from: null, to: euros(123_456_789) }, 'none → 1,234,567.89 EUR'],
  [
    'fields that changed',
    {
      customerId: id,
      changes: { annualRevenue: { from: null, to: euros(500) }, phone: { from: '1', to: '2' } },
    },
    'annual revenue unknown → 5.00 EUR · phone 1 → 2',
  ],
  [
    'stages',
    { opportunityId: id, lostFromStage: 'offer', toStage: 'lost', reason: 'price', note: null },
    'offer → lost · price',
  ],
  [
    'an interaction',
    { customerId: id, channel: 'call', direction: 'inbound', summary: 'asked', contactIds: [id] },
    'call · inbound · asked',
  ],
  ['nothing but ids', { customerId: id, ownerId: null }, ''],
  ['times', { visitId: id, plannedFor: '2026-01-02T03:04:05.678Z' }, 'planned for 2026-01-02 03:04'],
])('says %s in one line', (_, data, words) => {
  expect(recorded({ data })).toBe(words);
});

it.each<[what: string, data: object, words: string]>([
  [
    'a position taken up',
    { employeeId: other, positionId: id, positionTitle: 'Seller', orgUnitId: unnamed, primary: true, until: null },
    'primary · employee Ada Lin · position Seller',
  ],
  ['a head', { orgUnitId: unnamed, from: null, to: id }, 'none → Seller'],
  [
    'people that came along',
    { positionId: unnamed, from: unnamed, to: id, employeeIds: [other] },
    `${unnamed} → Seller · Ada Lin`,
  ],
  [
    'a member of a team once',
    { opportunityId: unnamed, employeeId: other, name: 'Ada Lin', role: 'engineer' },
    'Ada Lin · engineer',
  ],
  ['whose target it is', { targetId: unnamed, subject: { kind: 'employee', id: other } }, 'kind employee, Ada Lin'],
])('names %s', (_, data, words) => {
  expect(recorded({ data }, { [id]: 'Seller', [other]: 'Ada Lin' })).toBe(words);
});

it('says times to the minute', () => {
  expect(time('2026-01-02T03:04:05.678Z')).toBe('2026-01-02 03:04');
});
