import { describe, expect, it } from '@jest/globals';
import { CaptureLead, ChangeLeadDetails, GradeLead, PublishLeadPolicy, ScoreLead } from '../../libs/leads/commands.js';
import type { LeadDetails } from '../../libs/leads/events.js';
import { lead } from '../../libs/leads/lead.decider.js';
import type { Lead } from '../../libs/leads/lead.decider.js';
import {
  gradeOf,
  leadPolicy,
  publishLeadPolicy,
  responseRuleFor,
  scoreOf,
} from '../../libs/leads/lead-policy.decider.js';
import * as rules from '../../libs/leads/lead.rules.js';
import * as scores from '../../libs/leads/lead-score.rules.js';
import { leadList } from '../../projections/lead-list.js';
import { calendarId } from '../calendars/samples.js';
import { given } from '../support/given.js';
import {
  captured,
  judging,
  leadDetails,
  leadId,
  ownerId,
  policy,
  responseDue,
  source,
  unjudged,
  type LeadEvent,
} from './samples.js';

const monday = '2026-03-02T14:00:00.000Z';

const capturing =
  (change: Partial<LeadDetails> = {}, owner: string | null = null, facts = judging) =>
  (state: Lead) =>
    rules.captureLead(
      state,
      new CaptureLead(leadId, { source, details: { ...leadDetails, ...change }, ownerId: owner }),
      monday,
      facts,
    );

const scored: LeadEvent = {
  type: 'LeadScored',
  data: {
    leadId,
    score: 70,
    factors: [
      { name: 'our sector', points: 40 },
      { name: 'can be written to', points: 30 },
    ],
    policyVersion: 3,
  },
};
const graded: LeadEvent = {
  type: 'LeadGraded',
  data: { leadId, from: null, to: 'B', basis: 'score', reason: null },
};

describe('capturing a lead', () => {
  it('scores and grades it, and says by when it is answered, in working time', () => {
    given(lead).when(capturing()).thenRecords(captured, scored, graded, responseDue).thenReads(leadList, leadId, {
      status: 'new',
      grade: 'B',
      firstResponse: 'open',
      responseDueAt: '2026-03-03T09:00:00.000Z',
    });
  });

  it('may give it an owner at once', () => {
    given(lead)
      .when(capturing({}, ownerId, unjudged))
      .thenRecords(captured, { type: 'LeadAssigned', data: { leadId, from: null, to: ownerId, basis: 'capture' } });
  });

  it('without a policy only records it; from an archive it has nothing to be answered', () => {
    given(lead)
      .when(capturing({}, null, unjudged))
      .thenRecords(captured);
    given(lead)
      .when(capturing({}, null, { ...judging, imported: true }))
      .thenRecords(captured, scored, graded);
  });

  it('again with the same changes nothing, with other details it is refused', () => {
    given(lead, captured).when(capturing()).thenRecords();
    given(lead, captured)
      .when(capturing({ region: 'north' }))
      .thenRefuses('lead-exists');
    given(lead, captured).when(capturing({}, ownerId)).thenRefuses('lead-exists');
    const owned: LeadEvent = { type: 'LeadAssigned', data: { leadId, from: null, to: ownerId, basis: 'capture' } };
    given(lead, captured, owned).when(capturing({}, ownerId)).thenRecords();
  });

  it('is refused without any name, and with a number that can be none', () => {
    given(lead)
      .when(capturing({ personName: null, companyName: null }))
      .thenRefuses('lead-nameless');
    given(lead)
      .when(capturing({ phone: '12' }))
      .thenRefuses('phone-invalid', { field: 'details.phone' });
  });
});

describe('what is known of a lead', () => {
  const changing = (change: Partial<LeadDetails>) => (state: Lead) =>
    rules.changeLeadDetails(state, new ChangeLeadDetails(leadId, change), monday, judging);

  it('is scored anew when it changes, and graded when that makes a difference', () => {
    given(lead, captured, scored, graded)
      .when(changing({ region: 'abroad' }))
      .thenRecords(
        { type: 'LeadDetailsChanged', data: { leadId, changes: { region: { from: null, to: 'abroad' } } } },
        {
          type: 'LeadScored',
          data: {
            leadId,
            score: 0,
            factors: [
              { name: 'our sector', points: 40 },
              { name: 'can be written to', points: 30 },
              { name: 'far away', points: -100 },
            ],
            policyVersion: 3,
          },
        },
        { type: 'LeadGraded', data: { leadId, from: 'B', to: 'D', basis: 'score', reason: null } },
      );
    given(lead, captured, scored, graded)
      .when(changing({ region: null }))
      .thenRecords();
    given(lead, captured)
      .when(changing({ personName: null, companyName: null }))
      .thenRefuses('lead-nameless');
  });

  it('keeps a grade that was given by hand', () => {
    const grading = (state: Lead) =>
      scores.gradeLead(state, new GradeLead(leadId, { grade: 'A', reason: 'met at the fair' }));
    const byHand: LeadEvent = {
      type: 'LeadGraded',
      data: { leadId, from: 'B', to: 'A', basis: 'hand', reason: 'met at the fair' },
    };
    given(lead, captured, scored, graded).when(grading).thenRecords(byHand);
    given(lead, captured, scored, graded, byHand).when(grading).thenRecords();
    const events = given(lead, captured, byHand).when((state) =>
      scores.scoreLead(state, new ScoreLead(leadId), monday, judging),
    );
    events.thenRecords(scored);
    given(lead, captured)
      .when((state) => scores.scoreLead(state, new ScoreLead(leadId), monday, unjudged))
      .thenRefuses('lead-policy-missing');
  });
});

describe('a policy', () => {
  const { version: _, ...wanted } = policy;
  const publishing =
    (change: Partial<typeof wanted> = {}, unknown: string[] = [], isModelThere = true) =>
    (state: Parameters<typeof publishLeadPolicy>[0]) =>
      publishLeadPolicy(state, new PublishLeadPolicy('policy', { ...wanted, ...change }), monday, {
        unknown,
        isModelThere,
      });

  it('has versions, of which the same one is not published twice', () => {
    const first = { type: 'LeadPolicyPublished' as const, data: { policyId: 'policy', version: 1, ...wanted } };
    given(leadPolicy).when(publishing()).thenRecords(first);
    given(leadPolicy, first).when(publishing()).thenRecords();
    given(leadPolicy, first)
      .when(publishing({ factors: [] }))
      .thenRecords({ type: 'LeadPolicyPublished', data: { policyId: 'policy', ...wanted, version: 2, factors: [] } });
  });

  it('is refused with grades that do not descend, factors of one name, and calendars that are not there', () => {
    given(leadPolicy)
      .when(publishing({ grades: { A: 50, B: 50, C: 20 } }))
      .thenRefuses('grades-not-descending');
    given(leadPolicy)
      .when(
        publishing({
          factors: [
            policy.factors[0]!,
            { ...policy.factors[0]!, name: 'Our  SECTOR' },
            { name: 'by bird', field: 'channel', values: ['Web', 'pigeon'], points: 1 },
          ],
        }),
      )
      .thenRefuses('factors-wrong', {
        problems: [
          { code: 'factor-twice', factor: 1, name: 'Our  SECTOR' },
          { code: 'channel-unknown', factor: 2, name: 'pigeon' },
        ],
      });
    given(leadPolicy)
      .when(publishing({}, [calendarId]))
      .thenRefuses('calendar-unknown', { unknown: [calendarId] });
  });

  it('may name a model outside, where there is one', () => {
    given(leadPolicy)
      .when(publishing({ model: 'external' }))
      .thenRecords({
        type: 'LeadPolicyPublished',
        data: { policyId: 'policy', version: 1, ...wanted, model: 'external' },
      });
    given(leadPolicy)
      .when(publishing({ model: 'external' }, [], false))
      .thenRefuses('lead-model-missing');
  });

  it('compares values as names are, and keeps scores between 0 and 100', () => {
    const of = (change: Partial<LeadDetails>, factors = policy.factors) =>
      scoreOf({ ...policy, factors }, source, { ...leadDetails, ...change }).score;
    expect(of({ sector: 'PUMPS ' })).toBe(70);
    expect(of({ sector: 'Pump' })).toBe(30);
    expect(of({}, [{ name: 'much', field: 'channel', values: [], points: 100 }, policy.factors[1]!])).toBe(100);
    expect([80, 79, 50, 20, 19].map((score) => gradeOf(policy, score))).toEqual(['A', 'B', 'B', 'C', 'D']);
  });

  it('has the first rule hold that fits', () => {
    const minutes = (grade: 'A' | 'B' | 'C' | null, channel: 'web' | 'phone') =>
      responseRuleFor(policy, grade, { ...source, channel })?.minutes;
    expect([minutes('A', 'web'), minutes('B', 'web'), minutes('B', 'phone'), minutes('C', 'web')]).toEqual([
      60,
      180,
      undefined,
      undefined,
    ]);
    expect(minutes(null, 'web')).toBeUndefined();
  });
});
