import { Module } from '@nestjs/common';
import { customerFacts } from '../../../libs/customers/facts.js';
import { handle } from '../../../libs/event-store/handle.js';
import type { Question } from '../../../libs/event-store/handle.js';
import { ReceiveComplaint, SettleComplaint } from './commands.js';
import { complaint, receiveComplaint, settleComplaint } from './complaint.decider.js';
import type { Complaint } from './complaint.decider.js';
import { ListComplaintsHandler } from './queries.js';

const whose = async ({ command, streams }: Question<ReceiveComplaint, Complaint>) => ({
  customer: (await customerFacts(streams, command.customerId)) !== undefined,
});

@Module({
  providers: [
    handle(ReceiveComplaint, complaint, receiveComplaint, whose),
    handle(SettleComplaint, complaint, settleComplaint),
    ListComplaintsHandler,
  ],
})
export class ComplaintsModule {}
