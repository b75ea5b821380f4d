import type { LeadSource } from '../leads/events.js';
import type { Harmless, Personal } from '../personal.js';

/** What a visitor wrote into a form of a web site. Null says that it was left empty. */
export interface Submitted {
  readonly personName: string;
  readonly companyName: string | null;
  readonly email: string | null;
  /** E.164. */
  readonly phone: string | null;
  readonly message: string | null;
}

/** Everything that can happen to a web form. Stored for ever: add, never rename or remove. */
export type WebFormEvents = {
  /** A web site may send what visitors write into a form. The token that it needs is recorded as a hash. */
  WebFormPublished: {
    formId: string;
    name: string;
    source: LeadSource;
    tokenHash: string;
    /** Pages that may send it, as browsers name them; empty for servers only. */
    origins: readonly string[];
    /** Field that visitors do not see, so that only programs fill it. */
    honeypot: string;
    /** Most submissions of one address in a minute. */
    perMinute: number;
  };

  /** The form takes nothing any more. */
  WebFormRevoked: { formId: string };
};

/** Who a submission comes from: a customer that is known, with the contacts that have the same address or number, or a new lead. */
export type SubmissionSender =
  | { readonly kind: 'customer'; readonly customerId: string; readonly contactIds: readonly string[] }
  | { readonly kind: 'lead'; readonly leadId: string };

/** Everything that can happen to a submission of a web form. Stored for ever: add, never rename or remove. */
export type SubmissionEvents = {
  /** A visitor sent a form. */
  WebFormSubmitted: { submissionId: string; formId: string; source: LeadSource; submitted: Submitted };

  /** It was found out who the visitor is. A customer who was put away meanwhile is replaced by a lead: `from` names that customer. */
  WebFormSenderFound: {
    submissionId: string;
    formId: string;
    sender: SubmissionSender;
    from: string | null;
    source: LeadSource;
    submitted: Submitted;
  };
};

const whatVisitorsWrite = [
  'submitted.personName',
  'submitted.companyName',
  'submitted.email',
  'submitted.phone',
  'submitted.message',
  'source.partner',
] as const;

/** Personal values, and whose they are. A partner may be a person. */
export const personal = {
  WebFormPublished: [{ of: 'formId', paths: ['source.partner'] }],
  WebFormSubmitted: [
    {
      of: 'submissionId',
      paths: whatVisitorsWrite,
    },
  ],
  WebFormSenderFound: [
    {
      of: 'submissionId',
      paths: whatVisitorsWrite,
    },
  ],
} as const satisfies Personal<WebFormEvents & SubmissionEvents>;

/** What the form is called, and pages of the company. */
export const harmless = {
  WebFormPublished: ['name', 'origins[]'],
} as const satisfies Harmless<WebFormEvents & SubmissionEvents>;
