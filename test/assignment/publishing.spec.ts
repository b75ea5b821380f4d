import { describe, expect, it } from '@jest/globals';
import { PublishAssignmentRule, RetireAssignmentRule } from '../../libs/assignment/commands.js';
import { desk } from '../../libs/assignment/desk.decider.js';
import type { Desk } from '../../libs/assignment/desk.decider.js';
import { ruleIdOf } from '../../libs/assignment/desk-id.js';
import type { AssignmentRule, DeskKind } from '../../libs/assignment/events.js';
import { publishAssignmentRule, retireAssignmentRule } from '../../libs/assignment/publishing.rules.js';
import type { NamedFacts } from '../../libs/assignment/publishing.rules.js';
import { assignmentDeskList } from '../../projections/assignment-desk-list.js';
import { given, past } from '../support/given.js';
import { deskId, published, rule, ruleId, who } from './samples.js';
import type { AssignmentEvent } from './samples.js';

const other = '01970000-0000-7000-8000-00000000a002';

const publishing =
  (change: Partial<AssignmentRule> = {}, deskKind: DeskKind = 'leads', facts: NamedFacts = { unknown: [] }) =>
  (state: Desk) =>
    publishAssignmentRule(
      state,
      new PublishAssignmentRule(deskId, { deskKind, ...rule(change) } as never),
      past,
      facts,
    );
const retiring =
  (id = ruleId) =>
  (state: Desk) =>
    retireAssignmentRule(state, new RetireAssignmentRule(deskId, { ruleId: id, reason: 'over' }));
const retired = (id = ruleId, version = 1): AssignmentEvent => ({
  type: 'AssignmentRuleRetired',
  data: { deskId, ruleId: id, version, reason: 'over' },
});
const leaning = published({ ruleId: other, name: 'Leaning', priority: 20, fallback: { kind: 'rule', id: ruleId } });

describe('a rule of assignment', () => {
  it('is published in versions of which none changes', () => {
    given(desk).when(publishing()).thenRecords(published());
    given(desk, published()).when(publishing()).thenRecords();
    given(desk, published())
      .when(publishing({ cap: 7 }))
      .thenRecords(published({ cap: 7 }, 2))
      .thenReads(assignmentDeskList, deskId, {
        rules: [
          expect.objectContaining({
            ruleId,
            version: 2,
            versions: [expect.objectContaining({ cap: null }), expect.objectContaining({ version: 2, cap: 7 })],
          }) as never,
        ],
      });
  });

  it('is known by its name, however that is written', () => {
    const idOf = (deskKind: DeskKind, name: string) => ruleIdOf({ deskKind, name });
    expect(idOf('leads', ' Spring  fair')).toBe(idOf('leads', 'SPRING FAIR'));
    expect(idOf('leads', 'Spring fair')).not.toBe(idOf('customers', 'Spring fair'));
  });

  it('is retired once, and comes back with its next version', () => {
    given(desk, published()).when(retiring()).thenRecords(retired());
    given(desk, published(), retired()).when(retiring()).thenRecords();
    given(desk, published(), retired()).when(publishing()).thenRecords(published({}, 2));
    given(desk).when(retiring()).thenRefuses('assignment-desk-unknown');
    given(desk, published()).when(retiring(other)).thenRefuses('assignment-rule-unknown');
  });

  it('is not retired while another one falls back on it', () => {
    given(desk, published(), leaning)
      .when(retiring())
      .thenRefuses('assignment-rule-in-use', { ruleIds: [other] });
    given(desk, published(), leaning, retired(other)).when(retiring()).thenRecords(retired());
  });

  it.each<[code: string, kind: DeskKind, change: Partial<AssignmentRule>]>([
    ['scope-empty', 'leads', { scope: { orgUnitIds: [], positionIds: [], employeeIds: [] } }],
    ['criteria-misplaced', 'leads', { criteria: { ...rule().criteria, tiers: ['important'] } }],
    ['criteria-misplaced', 'customers', { criteria: { ...rule().criteria, grades: ['A'], channels: ['web'] } }],
    ['weights-without-use', 'leads', { weights: [{ employeeId: who('a'), weight: 2 }] }],
    [
      'weight-twice',
      'leads',
      { method: 'weighted', weights: [1, 2].map((weight) => ({ employeeId: who('a'), weight })) },
    ],
    ['priority-taken', 'leads', { priority: 20 }],
    ['fallback-cycle', 'leads', { fallback: { kind: 'rule', id: other } }],
    ['fallback-cycle', 'leads', { fallback: { kind: 'rule', id: ruleId } }],
  ])('is refused: %s of %s', (code, kind, change) => {
    given(desk, published(), leaning).when(publishing(change, kind)).thenRefuses(code);
  });

  it('names everything that it names and that is not there, at once', () => {
    const unknown = [{ field: 'scope.employeeIds', id: who('a') }];
    given(desk)
      .when(publishing({ fallback: { kind: 'rule', id: other } }, 'leads', { unknown }))
      .thenRefuses('assignment-rule-names-unknown', { unknown: [...unknown, { field: 'fallback.id', id: other }] });
  });
});
