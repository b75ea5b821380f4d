import { DefinePipeline } from '../../../libs/opportunities/pipeline.commands.js';
import type { StageDetails } from '../../../libs/opportunities/pipeline.commands.js';
import { HOUR } from './calendar.js';
import type { Chronicle } from './chronicle.js';
import type { Company } from './company.js';

/** The open stages, from the first to the last. */
export const course = ['identified', 'qualified', 'proposal', 'negotiation', 'signing'] as const;

/** Day from which on signing asks for a next step. */
const REVISED = 330;

const stages = (revised: boolean): readonly StageDetails[] => [
  { id: 'identified', name: 'Identified', probability: 10, exitGate: ['primaryContact'], maxDays: 30 },
  {
    id: 'qualified',
    name: 'Qualified',
    probability: 25,
    entryGate: ['customer', 'qualified', 'amount'],
    allowWin: false,
  },
  {
    id: 'proposal',
    name: 'Proposal',
    probability: 50,
    forecastCategory: 'best_case',
    entryGate: ['product', 'expectedCloseOn'],
    maxDays: 45,
  },
  {
    id: 'negotiation',
    name: 'Negotiation',
    probability: revised ? 75 : 70,
    forecastCategory: 'most_likely',
    entryGate: ['decisionMaker'],
    maxDays: 30,
    allowSkip: false,
  },
  {
    id: 'signing',
    name: 'Signing',
    probability: 90,
    forecastCategory: 'commit',
    entryGate: revised ? ['grade', 'nextStep'] : ['grade'],
  },
  { id: 'won', name: 'Won', kind: 'won' },
  { id: 'lost', name: 'Lost', kind: 'lost' },
  { id: 'void', name: 'Void', kind: 'void' },
];

/** The pipeline, and its second version after most of a year. */
export function tellPipeline(chronicle: Chronicle, company: Company): void {
  const pipelineId = company.id('pipeline');
  const head = company.person('sales-head');
  for (const [day, revised] of [
    [0, false],
    [REVISED, true],
  ] as const) {
    const details = { name: 'Direct sales', stages: stages(revised) };
    chronicle.tell(chronicle.calendar.day(day) + 7 * HOUR, head, [], new DefinePipeline(pipelineId, details));
  }
}
