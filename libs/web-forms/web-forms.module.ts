import { Module } from '@nestjs/common';
import { customerFacts } from '../customers/facts.js';
import type { StateReader } from '../event-store/decider.js';
import { handle } from '../event-store/handle.js';
import type { Question } from '../event-store/handle.js';
import { idFrom } from '../ids.js';
import { contactsLike, LeadMatches } from '../leads/facts.js';
import * as commands from './commands.js';
import type { Submitted } from './events.js';
import { IssueWebFormHandler } from './issuing.js';
import { GetWebFormHandler, ListSubmissionsHandler, ListWebFormsHandler } from './queries.js';
import { SubmissionRates } from './submission-rates.js';
import { findWebFormSender, submission, submitWebForm } from './submission.decider.js';
import type { SenderFacts, Submission } from './submission.decider.js';
import { MaySubmitHandler, TakeSubmissionHandler } from './submissions.js';
import { publishWebForm, revokeWebForm, webForm } from './web-form.decider.js';

const formOf = async ({ command, streams }: Question<commands.SubmitWebForm, Submission>) => ({
  form: (await streams.load(webForm, command.formId)).state,
});

/** What speaks for a customer, the strongest first. A company of the same name alone is no proof. */
const PROOFS = ['email', 'phone', 'domain'] as const;

async function customerLike(
  streams: StateReader,
  submitted: Submitted,
  matches: LeadMatches,
): Promise<SenderFacts['customer']> {
  const { email, phone } = submitted;
  const domain = email === null ? null : email.slice(email.lastIndexOf('@') + 1);
  const found = await matches.now({ personName: null, companyName: null, domain, email, phone });
  const ranked = PROOFS.flatMap((proof) => found.filter(({ by }) => by.includes(proof)));
  for (const { customerId } of ranked) {
    const customer = await customerFacts(streams, customerId);
    if (!customer || customer.status === 'archived' || customer.survivorId !== null) continue;
    return { kind: 'customer', customerId, contactIds: contactsLike(customer, submitted) };
  }
  return undefined;
}

async function sender(
  { command: { submissionId, except }, state, streams }: Question<commands.FindWebFormSender, Submission>,
  matches: LeadMatches,
): Promise<SenderFacts> {
  const isNew = state.status !== 'unknown' && state.sender === null && except === null;
  return {
    customer: isNew ? await customerLike(streams, state.submitted, matches) : undefined,
    leadId: idFrom('lead of submission', submissionId),
  };
}

@Module({
  providers: [
    LeadMatches,
    SubmissionRates,
    handle(commands.PublishWebForm, webForm, publishWebForm),
    handle(commands.RevokeWebForm, webForm, revokeWebForm),
    handle(commands.SubmitWebForm, submission, submitWebForm, formOf),
    handle(commands.FindWebFormSender, submission, findWebFormSender, { facts: sender, from: LeadMatches }),
    IssueWebFormHandler,
    MaySubmitHandler,
    TakeSubmissionHandler,
    GetWebFormHandler,
    ListWebFormsHandler,
    ListSubmissionsHandler,
  ],
})
export class WebFormsModule {}
