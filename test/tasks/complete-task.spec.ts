import { describe, it } from '@jest/globals';
import { CompleteTask } from '../../libs/tasks/commands.js';
import type { TaskResult } from '../../libs/tasks/commands.js';
import type { TaskKind } from '../../libs/tasks/events.js';
import { contactKinds, taskOutcomes } from '../../libs/tasks/events.js';
import { completeTask, task } from '../../libs/tasks/task.decider.js';
import { taskList } from '../../projections/task-list.js';
import { given } from '../support/given.js';
import {
  aCall,
  afterDue,
  assigneeId,
  cancelled,
  completed,
  contactId,
  created,
  customerId,
  now,
  past,
  taskId,
} from './samples.js';
import type { TaskEvent } from './samples.js';

const registeredAt = '2020-01-01T00:00:00.000Z';
const completing = (result: TaskResult, before: readonly TaskEvent[], contactIds: readonly string[] = [], at = now) =>
  given(task, ...before).when((state) =>
    completeTask(state, new CompleteTask(taskId, result), at, {
      contactIds,
      registeredAt,
      interactionId: aCall.interactionId,
    }),
  );

const followUp = created({ kind: 'follow_up' });

describe('completing a task', () => {
  it('records how it ended, and the interaction for the history of the customer', () => {
    completing({ outcome: 'interested', note: 'call again', interaction: aCall }, [followUp])
      .thenRecords({
        type: 'TaskCompleted',
        data: {
          taskId,
          customerId,
          kind: 'follow_up',
          assigneeId,
          outcome: 'interested',
          note: 'call again',
          interaction: aCall,
        },
      })
      .thenReads(taskList, taskId, {
        status: 'done',
        closedAt: past,
        late: false,
        outcome: 'interested',
        interaction: { interactionId: aCall.interactionId, channel: 'call', summary: aCall.summary },
      });
  });

  it('needs neither for a task that is no contact with a customer', () => {
    completing({}, [created()]).thenRecords(completed());
  });

  it.each(contactKinds.map((kind) => [kind]))('names everything a %s lacks at once', (kind: TaskKind) => {
    completing({}, [created({ kind })]).thenRefuses('task-result-required', { missing: ['outcome', 'interaction'] });
    completing({ outcome: taskOutcomes[kind][0] }, [created({ kind })]).thenRefuses('task-result-required', {
      missing: ['interaction'],
    });
    completing({ interaction: aCall }, [created({ kind })]).thenRefuses('task-result-required', {
      missing: ['outcome'],
    });
  });

  it('refuses an outcome that is not in the list of its kind', () => {
    completing({ outcome: 'approved', interaction: aCall }, [followUp]).thenRefuses('outcome-unknown', {
      allowed: taskOutcomes.follow_up,
    });
    completing({ outcome: 'constructor' }, [created()]).thenRefuses('outcome-unknown');
  });

  it('refuses an interaction where there is no customer', () => {
    const internal = created({
      customerId: null,
      subject: { customerId: null, opportunityId: null, text: 'internal' },
    });
    completing({ interaction: aCall }, [internal]).thenRefuses('task-without-customer');
  });

  it('refuses an interaction from before the customer was known', () => {
    const early = { ...aCall, occurredAt: '2019-12-31T23:59:59.999Z' };
    completing({ interaction: early }, [created()]).thenRefuses('before-registration', {
      field: 'interaction.occurredAt',
      registeredAt,
    });
    completing({ interaction: { ...aCall, occurredAt: registeredAt } }, [created()]).thenRecords(
      completed('care', { ...aCall, occurredAt: registeredAt }),
    );
  });

  it('takes an interaction that is reported late, none that has yet to happen', () => {
    const visited = { ...aCall, occurredAt: '2026-01-01T16:00:00.000Z' };
    completing({ interaction: visited }, [created()]).thenRecords(completed('care', visited));
    completing({ interaction: { ...aCall, occurredAt: afterDue } }, [created()]).thenRefuses('in-the-future');
  });

  it('lets only contacts of the customer take part', () => {
    const withContact = { ...aCall, contactIds: [contactId] };
    completing({ interaction: withContact }, [created()], [contactId]).thenRecords(completed('care', withContact));
    completing({ interaction: withContact }, [created()]).thenRefuses('contact-customer-mismatch', {
      unknown: [contactId],
    });
  });

  it('is final', () => {
    completing({}, [created(), completed()]).thenRefuses('task-closed', { state: 'done' });
    completing({}, [created(), cancelled]).thenRefuses('task-closed', { state: 'cancelled' });
  });

  it('refuses a task that nobody created', () => completing({}, []).thenRefuses('task-unknown'));
});
