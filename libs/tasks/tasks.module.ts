import { Module } from '@nestjs/common';
import { customerFacts, mergePath } from '../customers/facts.js';
import { handle } from '../event-store/handle.js';
import type { Question } from '../event-store/handle.js';
import { opportunityFacts } from '../opportunities/facts.js';
import { employeeFacts } from '../organisation/facts.js';
import {
  AssignTask,
  CancelTask,
  CompleteTask,
  CreateTask,
  MarkTaskOverdue,
  MoveTaskByMerge,
  RemindOfTask,
  RescheduleTask,
  StartTask,
  TransferTask,
} from './commands.js';
import { interactionIdOf } from './facts.js';
import { GetTaskHandler, ListTasksHandler } from './queries.js';
import * as rules from './task.decider.js';
import type { CompletionFacts, CreationFacts, Task } from './task.decider.js';
import { task } from './task.decider.js';

async function creation({ command, streams, now }: Question<CreateTask, Task>): Promise<CreationFacts> {
  const { assigneeId, subject } = command.task;
  return {
    assignee: assigneeId ? await employeeFacts(streams, assigneeId, now) : undefined,
    customer: subject?.customerId ? await customerFacts(streams, subject.customerId) : undefined,
    opportunity: subject?.opportunityId ? await opportunityFacts(streams, subject.opportunityId) : undefined,
  };
}

const assignment = async ({ command, streams, now }: Question<AssignTask, Task>) => ({
  assignee: await employeeFacts(streams, command.assigneeId, now),
});

const receiver = async ({ command, streams, now }: Question<TransferTask, Task>) => ({
  assignee: await employeeFacts(streams, command.toOwnerId, now),
});

async function completion({ command, state, streams }: Question<CompleteTask, Task>): Promise<CompletionFacts> {
  const customerId = 'customerId' in state ? state.customerId : null;
  const customer =
    command.result.interaction && customerId !== null ? await customerFacts(streams, customerId) : undefined;
  const contactIds = customer?.contacts.map(({ contactId }) => contactId) ?? [];
  return { contactIds, registeredAt: customer?.registeredAt ?? null, interactionId: interactionIdOf(command.taskId) };
}

const following = async ({ command, streams }: Question<MoveTaskByMerge, Task>) => ({
  path: await mergePath(streams, command),
});

@Module({
  providers: [
    handle(CreateTask, task, rules.createTask, creation),
    handle(AssignTask, task, rules.assignTask, assignment),
    handle(TransferTask, task, rules.transferTask, receiver),
    handle(StartTask, task, rules.startTask),
    handle(RescheduleTask, task, rules.rescheduleTask),
    handle(CompleteTask, task, rules.completeTask, completion),
    handle(CancelTask, task, rules.cancelTask),
    handle(MarkTaskOverdue, task, rules.markTaskOverdue),
    handle(MoveTaskByMerge, task, rules.moveTaskByMerge, following),
    handle(RemindOfTask, task, rules.remindOfTask),
    GetTaskHandler,
    ListTasksHandler,
  ],
})
export class TasksModule {}
