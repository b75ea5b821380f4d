import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ChangeLeadDetails, RecordLeadModelFailure, RecordLeadScore, ScoreLead } from '../../libs/leads/commands.js';
import { lead } from '../../libs/leads/lead.decider.js';
import type { Lead } from '../../libs/leads/lead.decider.js';
import * as rules from '../../libs/leads/lead.rules.js';
import * as scores from '../../libs/leads/lead-score.rules.js';
import { leadList } from '../../projections/lead-list.js';
import { TestApp } from '../support/app.js';
import { given } from '../support/given.js';
import { until } from '../support/until.js';
import { assigned, captured, judging, leadId, policy, qualified, type LeadEvent } from './samples.js';

const external = { ...judging, policy: { ...policy, model: 'external' as const } };
const asked: LeadEvent = { type: 'LeadModelAsked', data: { leadId, policyVersion: 3 } };
const factors = [{ name: 'growing fast', points: 60 }];
const byModel: LeadEvent = {
  type: 'LeadScored',
  data: { leadId, score: 90, factors, policyVersion: 3, modelVersion: 'm-1' },
};
const byPoints: LeadEvent = {
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
const graded = (to: 'A' | 'B', from: 'A' | 'B' | null = null): LeadEvent => ({
  type: 'LeadGraded',
  data: { leadId, from, to, basis: 'score', reason: null },
});
const now = '2026-03-02T14:00:00.000Z';

describe('where the policy names a model outside', () => {
  const scoring =
    (facts = external) =>
    (state: Lead) =>
      scores.scoreLead(state, new ScoreLead(leadId), now, facts);
  const answering = (state: Lead) =>
    scores.recordLeadScore(
      state,
      new RecordLeadScore(leadId, { score: 90, factors, modelVersion: 'm-1' }),
      now,
      external,
    );
  const failing = (state: Lead) =>
    scores.recordLeadModelFailure(state, new RecordLeadModelFailure(leadId, { failure: 'timeout' }), now, external);
  const failed: LeadEvent = { type: 'LeadModelFailed', data: { leadId, failure: 'timeout' } };

  it('a lead has its points first, and the model is asked', () => {
    given(lead, captured)
      .when(scoring())
      .thenRecords(byPoints, graded('B'), asked)
      .thenReads(leadList, leadId, { grade: 'B', model: { failure: null } });
    given(lead, captured, byPoints, graded('B'), asked, byModel, graded('A', 'B'))
      .when((state) =>
        rules.changeLeadDetails(state, new ChangeLeadDetails(leadId, { message: 'Soon' }), now, external),
      )
      .thenRecords(
        { type: 'LeadDetailsChanged', data: { leadId, changes: { message: { from: null, to: 'Soon' } } } },
        asked,
      );
  });

  it('an archive has points only', () => {
    given(lead, captured)
      .when(scoring({ ...external, imported: true }))
      .thenRecords(byPoints, graded('B'));
  });

  it('its score and grade are those of the lead, unless it is closed by then', () => {
    given(lead, captured, byPoints, graded('B'), asked)
      .when(answering)
      .thenRecords(byModel, graded('A', 'B'))
      .thenReads(leadList, leadId, {
        grade: 'A',
        model: null,
        score: { score: 90, factors, policyVersion: 3, modelVersion: 'm-1' },
      });
    given(lead, captured, byPoints, graded('B'), asked, {
      type: 'LeadDisqualified',
      data: { leadId, reason: 'spam', note: null },
    })
      .when(answering)
      .thenRecords();
  });

  it('the points hold where it fails, and it is seen that it did', () => {
    given(lead, captured, byPoints, graded('B'), asked)
      .when(failing)
      .thenRecords(failed)
      .thenReads(leadList, leadId, { grade: 'B', model: { failure: 'timeout' } });
    given(lead, captured, byPoints, asked, byModel, graded('A'), assigned(), qualified, asked)
      .when(failing)
      .thenRecords(failed, byPoints, graded('B', 'A'));
    given(lead, captured, byPoints, asked, failed).when(failing).thenRecords();
  });
});

describe('a model over HTTP', () => {
  let app: TestApp;
  let server: Server;
  let answer: (request: IncomingMessage, response: ServerResponse) => void;
  const sent: string[] = [];
  const json =
    (body: unknown, status = 200): typeof answer =>
    (_, response) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

  beforeAll(async () => {
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        sent.push(body);
        answer(request, response);
      });
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const { port } = server.address() as AddressInfo;
    app = await TestApp.start({ LEAD_MODEL_URL: `http://127.0.0.1:${port}/score`, LEAD_MODEL_SECONDS: 1 });
    await app.done('/lead-policies', {
      model: 'external',
      factors: [{ name: 'has an address', field: 'email', values: [], points: 30 }],
      grades: { A: 80, B: 50, C: 20 },
      responses: [],
    });
  });
  beforeEach(() => {
    sent.splice(0);
  });
  afterAll(async () => {
    await app.stop();
    server.closeAllConnections();
    server.close();
  });

  const capture = async () => {
    const details = { personName: 'Person', email: 'person@lead.example' };
    return (await app.done('/leads', { source: { channel: 'web' }, details })).id;
  };
  const read = async (id: string) => (await app.get(`/leads/${id}`)).body as Readonly<Record<string, unknown>>;

  /** Why it gave no score, once that is seen. */
  const failureOf = async (id: string) =>
    ((await read(id))['model'] as { failure: string | null } | null | undefined)?.failure ?? undefined;

  it('scores a lead with what is known of it', async () => {
    answer = json({ score: 91, factors, modelVersion: 'm-7' });
    const id = await capture();
    await until(async () => (await read(id))['grade'] === 'A');
    expect(await read(id)).toMatchObject({ score: { score: 91, factors, modelVersion: 'm-7' }, model: null });
    expect(sent.map((each) => JSON.parse(each) as object)).toMatchObject([
      { leadId: id, source: { channel: 'web' }, details: { email: 'person@lead.example' } },
    ]);
  });

  const scored = { score: 91, factors: [], modelVersion: 'm-7' };
  it.each<[string, string, () => typeof answer]>([
    ['is slow', 'timeout', () => () => undefined],
    ['stops in the middle', 'timeout', () => (_, response) => response.writeHead(200).write('{ "score": 9')],
    ['answers 500', 'status', () => json({}, 500)],
    [
      'sends to another place',
      'redirect',
      () => (_, response) => response.writeHead(302, { location: '/elsewhere' }).end(),
    ],
    ['says too much', 'too-large', () => json({ ...scored, modelVersion: 'x'.repeat(70_000) })],
    ['answers what is no JSON', 'invalid', () => (_, response) => response.end('{ "score"')],
    ['gives more than 100', 'invalid', () => json({ ...scored, score: 101 })],
    ['gives half a point', 'invalid', () => json({ ...scored, score: 1.5 })],
    ['says something else besides', 'invalid', () => json({ ...scored, more: true })],
    [
      'ends the connection',
      'unreachable',
      () =>
        ({ socket }) =>
          socket.destroy(),
    ],
  ])('that %s is seen to have failed, and the points hold', async (_, failure, what) => {
    answer = what();
    const id = await capture();
    await until(async () => (await failureOf(id)) !== undefined);
    expect(await read(id)).toMatchObject({ model: { failure }, grade: 'C', score: { score: 30 } });
    expect(sent).toHaveLength(1);
  });

  it('that failed is asked again by hand', async () => {
    answer = json({}, 500);
    const id = await capture();
    await until(async () => (await failureOf(id)) === 'status');
    answer = json(scored);
    await app.done(`/leads/${id}/score`);
    await until(async () => (await read(id))['grade'] === 'A');
  });
});

it('a policy cannot name a model where there is none', async () => {
  const app = await TestApp.start();
  const policyOf = { model: 'external', factors: [], grades: { A: 80, B: 50, C: 20 }, responses: [] };
  expect(await app.post('/lead-policies', policyOf)).toMatchObject({
    status: 422,
    body: { code: 'lead-model-missing' },
  });
  await app.stop();
});
