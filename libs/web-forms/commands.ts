import { command } from '../commands/command.js';
import { fromProgram, id, list, oneOf, orNull, part, pattern, text, textual, whole } from '../commands/fields.js';
import type { ValuesOf } from '../commands/fields.js';
import { EMAIL } from '../commands/text-form.js';
import { leadChannels } from '../leads/events.js';

const ORIGIN = /^https?:\/\/[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?(?::[0-9]{1,5})?$/;
const FIELD_NAME = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;

export const webForm = {
  name: text(255),
  source: part({
    channel: oneOf(leadChannels).default('web'),
    campaign: orNull(text(255)),
    partner: orNull(text(255)),
  }).describe('What leads that come by it have as their source.'),
  origins: list(pattern(ORIGIN, 'must be an origin such as https://www.example.org'), {
    most: 20,
    unique: true,
  }).describe(
    'Pages that may send it, as browsers name them in `Origin`. Empty: only a server, which sends no origin.',
  ),
  honeypot: pattern(FIELD_NAME, 'must be a name of letters, digits, - and _').describe(
    'Field that the page hides from visitors. Where it is filled, a program filled it, and nothing is recorded.',
  ),
  perMinute: whole(1, 600).describe('Most submissions of one address in a minute.'),
};

export type NewWebForm = ValuesOf<typeof webForm>;

/** Sent by `POST /web-forms`, which makes the token and shows it. */
export class PublishWebForm extends command({
  says: 'Lets a web site send what visitors write into a form.',
  about: 'formId',
  fields: { ...webForm, tokenHash: fromProgram<string>() },
}) {}

export class RevokeWebForm extends command({
  says: 'Takes nothing from the form any more.',
  post: 'web-forms/:formId/revoke',
  requires: 'web-forms.publish',
  about: 'formId',
  fields: {},
}) {}

const submission = {
  submissionId: id().optional().describe('Chosen by the page: what is sent again under the same id is recorded once.'),
  personName: text(255),
  companyName: text(255).nullish(),
  email: pattern(EMAIL, 'must be an e-mail address').nullish(),
  phone: text(64).nullish().describe('With its calling code, in any spelling; recorded in E.164.'),
  message: text(10_000).nullish(),
};

/** The fields of a submission. Beside them, a page sends the honeypot of its form under the name that this has. */
export const submissionForm = part(submission).catchall(
  textual('must be text of at most 255 characters', (value) => value.length <= 255, { maxLength: 255 }),
);

/** Names of fields that a honeypot cannot have. */
export const submissionFields: readonly string[] = Object.keys(submission);

/** Sent by `POST /web-forms/:formId/submissions`. */
export class SubmitWebForm extends command({
  says: 'Records what a visitor wrote into a form.',
  about: 'submissionId',
  fields: {
    formId: id('web-form'),
    personName: submission.personName,
    companyName: submission.companyName,
    email: submission.email,
    phone: submission.phone,
    message: submission.message,
  },
}) {}

/** Sent by the process that answers submissions. */
export class FindWebFormSender extends command({
  says: 'Finds out whether the visitor is a customer.',
  about: 'submissionId',
  fields: { except: orNull(id('customer')).describe('A customer that took nothing: then it is a lead.') },
}) {}
