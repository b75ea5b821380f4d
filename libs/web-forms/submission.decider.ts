import { Missing, Refusal } from '../errors.js';
import { decider } from '../event-store/decider.js';
import type { EventOf } from '../event-store/event-store.js';
import type { LeadSource } from '../leads/events.js';
import { e164 } from '../phone.js';
import type { FindWebFormSender, SubmitWebForm } from './commands.js';
import type { SubmissionEvents, SubmissionSender, Submitted } from './events.js';
import { present } from './web-form.decider.js';
import type { WebForm } from './web-form.decider.js';

type Event = EventOf<SubmissionEvents>;

export interface KnownSubmission {
  readonly status: 'submitted';
  readonly formId: string;
  readonly source: LeadSource;
  readonly submitted: Submitted;
  /** Null until it is found out. */
  readonly sender: SubmissionSender | null;
}

export type Submission = { readonly status: 'unknown' } | KnownSubmission;

export const submission = decider<Submission, SubmissionEvents>({
  category: 'submission',
  initial: { status: 'unknown' },
  evolve: {
    WebFormSubmitted: (_, { formId, source, submitted }) => ({
      status: 'submitted',
      formId,
      source,
      submitted,
      sender: null,
    }),
    WebFormSenderFound: (state, { sender }) => (state.status === 'unknown' ? state : { ...state, sender }),
  },
});

/** Sent again with the same content it changes nothing. */
export function submitWebForm(
  state: Submission,
  { submissionId, formId, personName, companyName, email, phone, message }: SubmitWebForm,
  _now: string,
  { form }: { readonly form: WebForm },
): Event[] {
  const { status, source } = present(form, formId);
  const submitted: Submitted = {
    personName,
    companyName: companyName ?? null,
    email: email ?? null,
    phone: typeof phone === 'string' ? e164(phone) : null,
    message: message ?? null,
  };
  if (state.status !== 'unknown') {
    if (JSON.stringify(state.submitted) === JSON.stringify(submitted)) return [];
    throw new Refusal('submission-exists', 'Something else was sent under this id before.', {}, 409);
  }
  if (status === 'revoked') throw new Refusal('web-form-revoked', 'The form takes nothing any more.');
  return [{ type: 'WebFormSubmitted', data: { submissionId, formId, source, submitted } }];
}

export interface SenderFacts {
  /** The customer that the visitor seems to be. */
  readonly customer: Extract<SubmissionSender, { kind: 'customer' }> | undefined;
  /** Id of the lead that the visitor becomes otherwise. */
  readonly leadId: string;
}

/** Decided once; a customer that took nothing, since it was put away meanwhile, is replaced by a lead. */
export function findWebFormSender(
  state: Submission,
  { submissionId, except }: FindWebFormSender,
  _now: string,
  { customer, leadId }: SenderFacts,
): Event[] {
  if (state.status === 'unknown') throw new Missing('submission', submissionId);
  const { formId, source, submitted, sender: before } = state;
  if (before && (except === null || before.kind === 'lead')) return [];
  const sender = customer && customer.customerId !== except ? customer : { kind: 'lead' as const, leadId };
  return [{ type: 'WebFormSenderFound', data: { submissionId, formId, sender, from: except, source, submitted } }];
}
