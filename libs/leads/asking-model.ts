import { CommandBus, CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { Streams } from '../event-store/streams.js';
import type { Decided } from '../event-store/streams.js';
import { AskLeadModel, RecordLeadModelFailure, RecordLeadScore } from './commands.js';
import { lead, present } from './lead.decider.js';
import { LeadModel, ModelFailed } from './lead-model.js';

/** Asks the model while nothing is locked, then has recorded what it said or why it said nothing. */
@CommandHandler(AskLeadModel)
export class AskLeadModelHandler implements ICommandHandler<AskLeadModel> {
  constructor(
    private readonly streams: Streams,
    private readonly commands: CommandBus,
    private readonly model: LeadModel,
  ) {}

  async execute({ leadId }: AskLeadModel): Promise<Decided> {
    const { source, details } = present((await this.streams.load(lead, leadId)).state, leadId);
    const record = await this.model.score({ leadId, source, details }).then(
      (score) => new RecordLeadScore(leadId, score),
      (error: unknown) => {
        if (error instanceof ModelFailed) return new RecordLeadModelFailure(leadId, { failure: error.failure });
        throw error;
      },
    );
    // Asked a second time, after the program ended in between, a model may say something else: the first answer holds.
    Object.assign(record, { given: { leadId } });
    return this.commands.execute(record);
  }
}
