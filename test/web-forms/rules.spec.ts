import { describe, it } from '@jest/globals';
import type { EventOf } from '../../libs/event-store/event-store.js';
import { FindWebFormSender, PublishWebForm, RevokeWebForm, SubmitWebForm } from '../../libs/web-forms/commands.js';
import type { SubmissionEvents, WebFormEvents } from '../../libs/web-forms/events.js';
import { findWebFormSender, submission, submitWebForm } from '../../libs/web-forms/submission.decider.js';
import type { SenderFacts, Submission } from '../../libs/web-forms/submission.decider.js';
import { publishWebForm, revokeWebForm, webForm } from '../../libs/web-forms/web-form.decider.js';
import type { WebForm } from '../../libs/web-forms/web-form.decider.js';
import { submissionList } from '../../projections/submission-list.js';
import { webFormList } from '../../projections/web-form-list.js';
import { given } from '../support/given.js';

const formId = '01970000-0000-7000-8000-00000000f0a1';
const submissionId = '01970000-0000-7000-8000-00000000f0b1';
const customerId = '01970000-0000-7000-8000-0000000000c1';
const leadId = '01970000-0000-7000-8000-0000000001ea';
const source = { channel: 'web', campaign: 'spring', partner: null } as const;
const form = {
  name: 'Contact page',
  source,
  tokenHash: 'a'.repeat(64),
  origins: ['https://www.mill.example'],
  honeypot: 'website',
  perMinute: 10,
};
const published = { type: 'WebFormPublished' as const, data: { formId, ...form } };
const revoked: EventOf<WebFormEvents> = { type: 'WebFormRevoked', data: { formId } };
const now = '2026-03-02T09:00:00.000Z';

describe('a web form', () => {
  const publishing =
    (change: Partial<typeof form> = {}) =>
    (state: WebForm) =>
      publishWebForm(state, new PublishWebForm(formId, { ...form, ...change }));
  const revoking = (state: WebForm) => revokeWebForm(state, new RevokeWebForm(formId));

  it('is published, and revoked once', () => {
    given(webForm).when(publishing()).thenRecords(published).thenReads(webFormList, formId, { status: 'published' });
    given(webForm, published).when(revoking).thenRecords(revoked).thenReads(webFormList, formId, { status: 'revoked' });
    given(webForm, published, revoked).when(revoking).thenRecords();
    given(webForm).when(revoking).thenRefuses('web-form-unknown');
  });

  it('is refused twice, and with a honeypot that visitors would fill', () => {
    given(webForm, published).when(publishing()).thenRefuses('web-form-exists');
    given(webForm)
      .when(publishing({ honeypot: 'email' }))
      .thenRefuses('honeypot-taken');
  });
});

describe('a submission', () => {
  const submitted = {
    personName: 'Person',
    companyName: null,
    email: 'person@mill.example',
    phone: '+4930123456',
    message: 'How much is it?',
  };
  const sent: EventOf<SubmissionEvents> = {
    type: 'WebFormSubmitted',
    data: { submissionId, formId, source, submitted },
  };
  const known: WebForm = { status: 'published', ...form };
  const submitting =
    (change: object = {}, of: WebForm = known) =>
    (state: Submission) =>
      submitWebForm(
        state,
        new SubmitWebForm(submissionId, {
          formId,
          personName: 'Person',
          email: 'person@mill.example',
          phone: '+49 30 123456',
          message: 'How much is it?',
          ...change,
        }),
        now,
        { form: of },
      );
  const finding =
    (facts: Partial<SenderFacts> = {}, except: string | null = null) =>
    (state: Submission) =>
      findWebFormSender(state, new FindWebFormSender(submissionId, { except }), now, {
        customer: undefined,
        leadId,
        ...facts,
      });
  const customer = { kind: 'customer', customerId, contactIds: [] } as const;
  const found = (
    sender: SubmissionEvents['WebFormSenderFound']['sender'],
    from: string | null = null,
  ): EventOf<SubmissionEvents> => ({
    type: 'WebFormSenderFound',
    data: { submissionId, formId, sender, from, source, submitted },
  });

  it('is recorded once under its id, which no other content can have', () => {
    given(submission).when(submitting()).thenRecords(sent);
    given(submission, sent).when(submitting()).thenRecords();
    given(submission, sent)
      .when(submitting({ message: 'Another one' }))
      .thenRefuses('submission-exists');
  });

  it('is refused by a form that is revoked or not there, and with a number that can be none', () => {
    given(submission)
      .when(submitting({}, { ...known, status: 'revoked' }))
      .thenRefuses('web-form-revoked');
    given(submission)
      .when(submitting({}, { status: 'unknown' }))
      .thenRefuses('web-form-unknown');
    given(submission)
      .when(submitting({ phone: '12' }))
      .thenRefuses('phone-invalid');
  });

  it('recorded before the form was revoked is answered as it was then', () => {
    given(submission, sent)
      .when(submitting({}, { ...known, status: 'revoked' }))
      .thenRecords();
  });

  it('comes from a customer that is known, or from a lead', () => {
    given(submission, sent)
      .when(finding())
      .thenRecords(found({ kind: 'lead', leadId }));
    given(submission, sent)
      .when(finding({ customer }))
      .thenRecords(found(customer))
      .thenReads(submissionList, submissionId, { sender: customer });
  });

  it('is decided once, but for a customer that took nothing', () => {
    given(submission, sent, found(customer)).when(finding()).thenRecords();
    given(submission, sent, found(customer))
      .when(finding({ customer }, customerId))
      .thenRecords(found({ kind: 'lead', leadId }, customerId));
    given(submission, sent, found({ kind: 'lead', leadId }, customerId))
      .when(finding({}, customerId))
      .thenRecords();
    given(submission).when(finding()).thenRefuses('submission-unknown');
  });
});
