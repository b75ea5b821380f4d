import { Command, CommandBus, CommandHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { ICommandHandler, IQueryHandler } from '@nestjs/cqrs';
import type { z } from 'zod';
import { Problems } from '../commands/problems.js';
import { Refusal } from '../errors.js';
import { envelope, under } from '../event-store/envelope.js';
import { Streams } from '../event-store/streams.js';
import { idFrom, newId } from '../ids.js';
import { isToken } from '../security/tokens.js';
import { Tallies } from '../tallies.js';
import { submissionFields, SubmitWebForm } from './commands.js';
import type { submissionForm } from './commands.js';
import { SubmissionRates } from './submission-rates.js';
import { present, webForm } from './web-form.decider.js';
import type { KnownWebForm } from './web-form.decider.js';

/** Asks whether pages of an origin may send a form. */
export class MaySubmit extends Query<void> {
  constructor(
    readonly formId: string,
    readonly origin: string,
  ) {
    super();
  }
}

@QueryHandler(MaySubmit)
export class MaySubmitHandler implements IQueryHandler<MaySubmit> {
  constructor(private readonly streams: Streams) {}

  async execute({ formId, origin }: MaySubmit): Promise<void> {
    checkOrigin(present((await this.streams.load(webForm, formId)).state, formId), origin);
  }
}

/** @throws Refusal `origin-foreign` */
function checkOrigin({ origins }: KnownWebForm, origin: string): void {
  if (origins.includes(origin)) return;
  throw new Refusal('origin-foreign', 'Pages of this origin do not send this form.', {}, 403);
}

/** Where a submission comes from. */
export interface Sent {
  /** Empty where a server sends it. */
  readonly origin: string;
  readonly token: string;
  readonly address: string;
}

/** A submission that is recorded, or was before. */
export interface Accepted {
  readonly submissionId: string;
}

/** Takes what a page sent by a form. */
export class TakeSubmission extends Command<Accepted> {
  constructor(
    readonly formId: string,
    readonly body: z.output<typeof submissionForm>,
    readonly sent: Sent,
  ) {
    super();
  }
}

@CommandHandler(TakeSubmission)
export class TakeSubmissionHandler implements ICommandHandler<TakeSubmission> {
  constructor(
    private readonly commands: CommandBus,
    private readonly streams: Streams,
    private readonly rates: SubmissionRates,
    private readonly tallies: Tallies,
  ) {}

  /**
   * @throws Missing `web-form-unknown` · Refusal `origin-foreign` · `token-wrong` · TooMany `submissions-too-many` · Invalid
   * `validation-failed` for fields that the form does not have
   */
  async execute({ formId, body, sent }: TakeSubmission): Promise<Accepted> {
    const form = present((await this.streams.load(webForm, formId)).state, formId);
    const { honeypot, perMinute, tokenHash } = form;
    if (sent.origin !== '') checkOrigin(form, sent.origin);
    await this.rates.count(formId, perMinute, sent.address);
    if (!isToken(sent.token, tokenHash)) {
      throw new Refusal('token-wrong', 'The header x-form-token has not the token of this form.', {}, 403);
    }
    const { correlationId, commandId } = envelope();
    // What a program fills in for the page, the page sees: an id of its own, the key of its request, or a new one.
    const submissionId = body.submissionId ?? (commandId === undefined ? newId() : idFrom('key of a page', commandId));
    checkFields(body, honeypot);
    if ((body as Readonly<Record<string, unknown>>)[honeypot]) {
      this.tallies.trappedSubmissions += 1;
      return { submissionId };
    }
    const { personName, companyName, email, phone, message } = body;
    const values = { formId, personName, companyName, email, phone, message };
    const actor = { id: `web-form:${formId}`, name: 'web form' };
    // Ids that pages choose are their own: a form sees nothing of another one.
    const submit = new SubmitWebForm(idFrom('submission', formId, submissionId), values);
    await under({ actor, source: 'api', correlationId }, () => this.commands.execute(submit));
    return { submissionId };
  }
}

function checkFields(body: object, honeypot: string): void {
  const unknown = Object.keys(body).filter((name) => name !== honeypot && !submissionFields.includes(name));
  if (unknown.length === 0) return;
  const problems = new Problems();
  for (const name of unknown) problems.unknown('', name);
  throw problems.refusal();
}
