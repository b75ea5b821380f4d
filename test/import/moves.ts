import { createHash } from 'node:crypto';
import type { Mapping, Step } from '../../libs/import/mapping.js';
import { base, company, files, pipeline, withSteps } from './samples.js';
import { exported } from './program.js';
import type { ImportProgram } from './program.js';

/** Moves of deals to other stages, the rows that rules about their order refuse. */
export const moves: Step = {
  file: 'moves',
  target: 'opportunityStage',
  at: '{at}',
  fields: { opportunityId: { ref: 'opportunity', key: ['{deal}'] }, stageId: 's{stage}' },
};

/** Deals that say nothing but what they need. */
export const deals: Step = {
  file: 'deals',
  target: 'opportunity',
  key: ['{id}'],
  at: '{created}',
  fields: {
    name: 'Deal {id}',
    pipelineId: { ref: 'pipeline', key: ['sales'] },
    ownerId: { ref: 'employee', key: ['{seller}'] },
  },
};

const stages = [1, 2, 3].map((number) => ({ id: `s${number}`, name: `Stage ${number}`, probability: number * 10 }));
const ends = [
  { id: 'won', name: 'Won', kind: 'won' },
  { id: 'lost', name: 'Lost', kind: 'lost' },
];

/** The pipeline of the deals, with three stages on the way. */
export const way: Step = {
  ...pipeline,
  fields: { name: 'Sales', stages: [...stages, ...ends] as never },
};

/** Everything there is, with the moves. */
export const history: Mapping = {
  ...withSteps(...company, way, deals, moves),
  files: { ...base.files, moves: { path: 'moves.csv' } },
};

/** The id that a move to the second stage has had since imports began. */
export function moveId(opportunityId: string, at: string): string {
  const says = `opportunityStage ${at} ${JSON.stringify({ opportunityId, details: { stageId: 's2' } })}`;
  return `import-${createHash('sha1').update(says).digest('base64url')}`;
}

/** A folder with these rows of moves: deal, stage, time. */
export const moved = (...rows: string[]) => exported({ ...files, 'moves.csv': `deal,stage,at\n${rows.join('\n')}\n` });

/** A time of the moves that the tests are about. */
export const T = '2024-02-05 00:50';

/** Stages a deal came into, in order. */
export async function stagesOf(program: ImportProgram): Promise<readonly string[]> {
  const changes = (await program.log()).filter(({ type }) => type === 'OpportunityStageChanged');
  return changes.map(({ data }) => (data as { to: string }).to);
}
