import { describe, expect, it } from '@jest/globals';
import { importTargets as targets } from '../../apps/program/contexts.js';
import type { Expression, Step } from '../../libs/import/mapping.js';
import { noRow, planned } from '../../libs/import/plan.js';

/*
 * A file that is imported again is known by the ids of its commands, so a later version of the program must make the same ones of
 * the same row.
 */

const id = '01970000-0000-7000-8000-00000000000';
const customerId = `${id}1`;
const contactId = `${id}2`;
const all = {
  taxId: 'DE 1',
  domain: 'example.org',
  phone: '+49 30 123456',
  sector: 'retail',
  region: 'north',
  source: 'fair',
  establishedIn: 1990,
  employees: 12,
  annualRevenue: { value: '10.50', currency: 'EUR' },
};
const consent = { customerId, contactId, channel: 'email', purpose: 'marketing' };
const talk = { customerId, channel: 'call', direction: 'inbound', summary: 'asked' };

/** Fields in another order than the definition has them. */
const stages = [
  { name: 'Talk', id: 'talk', maxDays: 9, probability: 20, entryGate: ['amount'] },
  { kind: 'won', id: 'won', name: 'Won' },
] as unknown as Expression[];

/** The name of a target, its fields, and the id that the first version of the program made of them. */
const rows: readonly (readonly [target: string, fields: NonNullable<Step['fields']>, commandId: string])[] = [
  ['customer', { name: 'North Mill', kind: 'org' }, 'import-83YF894nFglj0dRFtlnfNWSNc9k'],
  [
    'customer',
    {
      name: 'N',
      kind: 'org',
      tier: 'important',
      ...all,
      tags: ['a', 'b'],
      parentCustomerId: `${id}3`,
      ownerId: `${id}4`,
    },
    'import-DbBNU3-EF4DN1_nILFdlv7KokTo',
  ],
  ['customerDetails', { customerId, name: 'South Mill', ...all }, 'import--I2DwfptIJB4dlvtX502a7LP15s'],
  ['customerDetails', { customerId, region: 'south' }, 'import-lqL_8x6FgL9L1hg56QMcd-JyLdM'],
  ['customerParent', { customerId, parentCustomerId: `${id}3` }, 'import-GFP9_vk7fwSfXRp23IZemtZGxHM'],
  ['customerOwner', { customerId, ownerId: `${id}4` }, 'import-Qh-NSWNfOPaP221pzjhJpuErqP4'],
  ['customerTier', { customerId, tier: 'important', reason: 'bought' }, 'import-phWnMq4q6rYBpaPlA45uhLVVMpw'],
  ['customerTag', { customerId, tag: 'vip' }, 'import-cduoU7NNsK-x0XeQyQT52VGKIVM'],
  ['customerDormant', { customerId, reason: 'silent' }, 'import-Ga6v4enotjsN4xkqeOxAoM-MwiM'],
  ['customerLost', { customerId, reason: 'price' }, 'import-femiJM-r8QRxpKr01crFL6lwqcE'],
  ['customerLost', { customerId, reason: 'other', note: 'moved away' }, 'import-tuukNsy4yb6Zq0vfPz6L5p7cMho'],
  [
    'contact',
    { customerId, name: 'Kim', post: '1 Street', email: 'kim@example.org' },
    'import-ZLX7eeDqrlGrI29AepLzDSzxNbY',
  ],
  [
    'contact',
    { customerId, name: 'Kim', title: 'Dr', role: 'finance', birthday: '1990-01-02', phone: '030 1', wechat: 'kimkim' },
    'import-nhF7PPUuSi76AW4_f2JwmUNwE-g',
  ],
  ['contactConsent', { ...consent, proof: 'form 7' }, 'import-z3o8Qqv7obmFQ60llKEALntKQyI'],
  ['contactConsentWithdrawn', consent, 'import-_tTvtmVxWqFVGBZZVtg8vkLv8lk'],
  ['contactDisabled', { customerId, contactId, reason: 'left' }, 'import-q8uSjRan4Y1Y3X35fTjRVQPiDMQ'],
  [
    'contactDisabled',
    { customerId, contactId, reason: 'left', nextPrimaryId: `${id}5` },
    'import-eVzquAt6_RrfYYaS8xzls0vUOCo',
  ],
  ['interaction', talk, 'import-uqHeMzREOqFZsh2msJFgR4fUWTw'],
  [
    'interaction',
    { ...talk, contactIds: [contactId], durationMinutes: 5, location: 'here', nextStep: 'call back' },
    'import-rP3rm0dT6aOrvlee5XjjpRl9laI',
  ],
  ['purchase', { customerId, amount: { value: '1.20', currency: 'EUR' } }, 'import-BbM606XSNQ-sakKI9AoAd_ulf4U'],
  [
    'purchase',
    {
      customerId,
      amount: { value: '1.20', currency: 'HRK' },
      product: 'scale',
      reference: 'A 1',
      opportunityId: `${id}6`,
      quantity: 1.5,
    },
    'import-IhPQyVODs9Q0GOtK7b4a-64DGKw',
  ],
  ['pipeline', { name: 'Sales', stages }, 'import-jMy6VYIg0Bgmgiry04_E7h_YMZk'],
  ['opportunity', { name: 'Scales', pipelineId: `${id}8`, ownerId: `${id}4` }, 'import-GfeObcl_aE7jkPI14Wb8P-oZtLo'],
  [
    'opportunity',
    {
      name: 'Scales',
      pipelineId: `${id}8`,
      ownerId: `${id}4`,
      customerId,
      source: 'referral',
      product: 'scale',
      grade: 'A',
      amount: { value: '1.20', currency: 'EUR' },
      expectedCloseOn: '2020-05-06',
      nextStep: 'call back',
      stageId: 'won',
    },
    'import-MRmNOEtsTY_6s0U3Zp76-QsftMk',
  ],
  ['opportunityStage', { opportunityId: `${id}6`, stageId: 'won' }, 'import-yRuL27myGn4z8kUP5SBAbZdr_rc'],
  ['opportunityWon', { opportunityId: `${id}6` }, 'import-PvTn4IaBAqimvM-UP6WnhpRijkQ'],
  [
    'opportunityLost',
    { opportunityId: `${id}6`, note: 'moved', reason: 'other', competitor: 'them' },
    'import-fGfdDFJH2RoY3t8arM26hVka7rI',
  ],
  [
    'opportunityContact',
    { opportunityId: `${id}6`, contactId, role: 'finance', isPrimary: true },
    'import-G49lIk2bHzia1vKptv5xY253hyk',
  ],
];

const madeOf = (target: string, fields: NonNullable<Step['fields']>): string => {
  const isMade = ['customer', 'contact', 'interaction', 'purchase', 'pipeline', 'opportunity'].includes(target);
  const step = { target, ...(isMade && { key: ['7'] }), fields } as Step;
  const { steps } = planned({ source: 'old system', at: '2020-02-03T04:05:06Z', steps: [step] }, targets);
  return steps[0]!.intents(noRow)[0]!.commandId;
};

describe('the id of a command', () => {
  it.each(rows)('of a %s is what it was for %j', (target, fields, commandId) => {
    expect(madeOf(target, fields)).toBe(commandId);
  });
});
