import { Module } from '@nestjs/common';
import { handle } from '../event-store/handle.js';
import type { Question } from '../event-store/handle.js';
import { employeeFacts, orgUnitFacts } from '../organisation/facts.js';
import { ReviseTarget, SetTarget, WithdrawTarget } from './commands.js';
import { GetTargetHandler, ListTargetsHandler } from './queries.js';
import * as rules from './target.decider.js';
import { target } from './target.decider.js';
import type { Target } from './target.decider.js';

async function whose({ command, streams }: Question<SetTarget, Target>) {
  const { kind, id } = command.target.subject;
  const found = kind === 'employee' ? await employeeFacts(streams, id) : await orgUnitFacts(streams, id);
  return { subject: found !== undefined };
}

@Module({
  providers: [
    handle(SetTarget, target, rules.setTarget, whose),
    handle(ReviseTarget, target, rules.reviseTarget),
    handle(WithdrawTarget, target, rules.withdrawTarget),
    GetTargetHandler,
    ListTargetsHandler,
  ],
})
export class TargetsModule {}
