import type { Mapping, Step } from '../../libs/import/mapping.js';
import type { ImportReport } from '../../libs/import/report.js';

/* A small company: three people, three customers, four deals. */

export const staff = 'name,team\nAda,North\nBen,North\nCleo,South\n';
export const accounts =
  'id,name,seller,since\n1,North Mill,Ada,2024-01-10\n2,East Works,Ben,2024-01-11\n3,West Farm,Cleo,2024-01-12\n';
export const deals = [
  'id,account,seller,created,offer,closed,state,value',
  'd1,1,Ada,2024-02-01,2024-02-10,2024-03-01,won,100.00',
  'd2,2,Ben,2024-02-02,2024-02-11,2024-03-02,lost,',
  'd3,,Cleo,2024-02-03,2024-02-12,,open,50',
  'd4,3,Ada,2024-02-04,,,open,',
  '',
].join('\n');
export const files = { 'staff.csv': staff, 'accounts.csv': accounts, 'deals.csv': deals };

export const company: Step[] = [
  { target: 'orgUnit', key: ['company'], fields: { name: 'Company', kind: 'company', level: 'senior' } },
  {
    name: 'teams',
    file: 'staff',
    target: 'orgUnit',
    key: ['{team}'],
    fields: { name: '{team}', kind: 'team', level: 'front_line', parentId: { ref: 'orgUnit', key: ['company'] } },
  },
  {
    file: 'staff',
    target: 'position',
    key: ['{name}'],
    fields: { title: 'Agent', orgUnitId: { ref: 'orgUnit', key: ['{team}'] } },
  },
  {
    file: 'staff',
    target: 'employee',
    key: ['{name}'],
    fields: { name: '{name}', positionId: { ref: 'position', key: ['{name}'] } },
  },
];
export const customers: Step = {
  file: 'accounts',
  target: 'customer',
  key: ['{id}'],
  at: '{since}',
  fields: { name: '{name}', kind: 'org', ownerId: { ref: 'employee', key: ['{seller}'] } },
};
export const pipeline: Step = {
  target: 'pipeline',
  key: ['sales'],
  fields: {
    name: 'Sales',
    stages: [
      { id: 'contact', name: 'Contact', probability: 10, allowWin: false },
      { id: 'offer', name: 'Offer', probability: 50 },
      { id: 'won', name: 'Won', kind: 'won' },
      { id: 'lost', name: 'Lost', kind: 'lost' },
    ] as never,
  },
};
export const opportunities: Step = {
  file: 'deals',
  target: 'opportunity',
  key: ['{id}'],
  at: '{created}',
  fields: {
    name: 'Deal {id}',
    pipelineId: { ref: 'pipeline', key: ['sales'] },
    ownerId: { ref: 'employee', key: ['{seller}'] },
    customerId: { ref: 'customer', key: ['{account}'] },
  },
  also: [
    {
      target: 'opportunityStage',
      when: { column: 'offer', present: true },
      at: '{offer}',
      fields: { stageId: 'offer' },
    },
    {
      target: 'opportunityWon',
      when: { column: 'state', equals: 'won' },
      at: '{closed}',
      fields: { amount: '{value}' },
    },
    {
      target: 'opportunityLost',
      when: { column: 'state', equals: 'lost' },
      at: '{closed}',
      fields: { reason: 'price' },
    },
  ],
};
export const base: Mapping = {
  source: 'test',
  at: '2024-01-01',
  currency: 'EUR',
  files: { staff: { path: 'staff.csv' }, accounts: { path: 'accounts.csv' }, deals: { path: 'deals.csv' } },
  steps: [...company, customers, pipeline, opportunities],
};
export const withSteps = (...steps: Step[]): Mapping => ({ ...base, steps });

/** File, row and code of each rejection. */
export const brief = ({ rejections }: ImportReport) =>
  rejections.map(({ file, row, code }) => `${file} ${row} ${code}`);
