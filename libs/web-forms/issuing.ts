import { Command, CommandBus, CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { Streams } from '../event-store/streams.js';
import type { Decided } from '../event-store/streams.js';
import { createdId } from '../http/new-id.js';
import { hashOfToken, newToken } from '../security/tokens.js';
import { PublishWebForm } from './commands.js';
import type { NewWebForm } from './commands.js';
import { webForm } from './web-form.decider.js';

/** Where the publication of a form lies, and what the page sends with each submission. */
export interface IssuedWebForm extends Decided {
  /** Shown this once. Null where the same request was answered before: whoever lost that answer publishes another form. */
  readonly token: string | null;
}

/** Publishes a form under a new token. */
export class IssueWebForm extends Command<IssuedWebForm> {
  constructor(readonly form: NewWebForm) {
    super();
  }
}

@CommandHandler(IssueWebForm)
export class IssueWebFormHandler implements ICommandHandler<IssueWebForm> {
  constructor(
    private readonly commands: CommandBus,
    private readonly streams: Streams,
  ) {}

  async execute({ form }: IssueWebForm): Promise<IssuedWebForm> {
    const token = newToken();
    const tokenHash = hashOfToken(token);
    const formId = createdId('web-form');
    const publish = new PublishWebForm(formId, { ...form, tokenHash });
    // The token differs each time that the same is asked for.
    Object.assign(publish, { given: form });
    const answer = await this.commands.execute(publish);
    const { state } = await this.streams.load(webForm, formId);
    return { ...answer, token: state.status !== 'unknown' && state.tokenHash === tokenHash ? token : null };
  }
}
