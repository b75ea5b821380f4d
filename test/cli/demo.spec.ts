import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Calendar, DAY, HOUR } from '../../apps/cli/demo/calendar.js';
import { Chronicle } from '../../apps/cli/demo/chronicle.js';
import type { Told } from '../../apps/cli/demo/chronicle.js';
import { Company } from '../../apps/cli/demo/company.js';
import { Names } from '../../apps/cli/demo/names.js';
import { Random } from '../../apps/cli/demo/random.js';
import { tellTargets } from '../../apps/cli/demo/targets.js';
import { lastTaskOf, twoYears } from '../../apps/cli/demo/two-years.js';
import { CaptureLead } from '../../libs/leads/commands.js';
import { RegisterCustomer } from '../../libs/customers/commands.js';
import { evolve } from '../../libs/event-store/decider.js';
import { isId } from '../../libs/ids.js';
import { ReviseTarget, SetTarget } from '../../libs/targets/commands.js';
import type { WithdrawTarget } from '../../libs/targets/commands.js';
import { reviseTarget, setTarget, target, withdrawTarget } from '../../libs/targets/target.decider.js';
import type { Target } from '../../libs/targets/target.decider.js';

const end = Date.parse('2026-07-01T09:00:00.000Z');
const text = (told: readonly Told[]) =>
  told.map((each) => JSON.stringify([each.command.constructor.name, each])).join('\n');

describe('two years of a company', () => {
  const story = twoYears(1, end);
  const kinds = Map.groupBy(story.told, ({ command }) => command.constructor.name);
  const count = (kind: string) => kinds.get(kind)?.length ?? 0;

  it('are the same for the same seed', () => {
    expect(text(twoYears(1, end).told)).toBe(text(story.told));
  });

  it('are others for another seed, with other ids', () => {
    const other = twoYears(2, end);
    expect(other.company).not.toBe(story.company);
    expect(other.lastTaskId).not.toBe(story.lastTaskId);
    expect(text(other.told)).not.toBe(text(story.told));
  });

  it('are told in order, from two years ago until now', () => {
    const times = story.told.map(({ at }) => at);
    expect(times).toEqual(times.toSorted());
    expect(Date.parse(times[0]!)).toBeLessThan(end - 729 * DAY);
    expect(times.at(-1)).toBe(new Date(end).toISOString());
    expect(times.filter((at) => Date.parse(at) > end - DAY).length).toBeGreaterThan(4);
  });

  it('begin with the organisation and end with the task that says all has been told', () => {
    expect(story.told[0]!.command.constructor.name).toBe('CreateOrgUnit');
    expect(story.told.at(-1)!.command).toMatchObject({ taskId: story.lastTaskId });
    expect(lastTaskOf(1)).toBe(story.lastTaskId);
  });

  it('hold what a company goes through', () => {
    expect(count('RegisterCustomer')).toBeGreaterThan(190);
    expect(count('LogInteraction')).toBeGreaterThan(1_000);
    for (const kind of ['RecordPurchase', 'RegisterOpportunity', 'CreateTask'])
      expect(count(kind)).toBeGreaterThan(200);
    const seldom = [
      'ReopenOpportunity',
      'EvaluateCustomerTier',
      'OverrideCustomerTier',
      'AssignOpportunity',
      'AssignCustomerOwner',
      'MarkCustomerDormant',
      'MarkCustomerLost',
      'SubmitForApproval',
      'RejectApproval',
      'ReactivateCustomer',
    ];
    const rare = [
      'WithdrawConsent',
      'OverrideOpportunityGate',
      'VoidOpportunity',
      'ArchiveCustomer',
      'LinkCustomerParent',
      'MergeCustomer',
      'UnmergeCustomer',
      'RescheduleTask',
      'CancelTask',
    ];
    for (const kind of [...seldom, ...rare, 'PlanVisit', 'OffboardEmployee', 'ReviseTarget', 'WithdrawTarget'])
      expect([kind, count(kind)]).not.toEqual([kind, 0]);
  });

  it('do nothing about a customer before it is there', () => {
    const known = new Set<string>();
    for (const { about, command } of story.told) {
      if (command instanceof RegisterCustomer) known.add(command.customerId);
      if (command instanceof CaptureLead) known.add(command.leadId);
      for (const customerId of about) expect(known).toContain(customerId);
    }
    expect(known).toContain(story.hero.customerId);
  });

  it('give every thing an id of its own', () => {
    for (const [kind, id] of [
      ['RegisterCustomer', 'customerId'],
      ['AddContact', 'contactId'],
      ['CreateTask', 'taskId'],
      ['RegisterOpportunity', 'opportunityId'],
      ['SetTarget', 'targetId'],
    ] as const) {
      const ids = kinds.get(kind)!.map(({ command }) => (command as Record<string, string>)[id]!);
      expect(new Set(ids).size).toBe(ids.length);
      expect(ids.every(isId)).toBe(true);
    }
    const interactions = kinds
      .get('LogInteraction')!
      .map(({ command }) => (command as { interaction: { interactionId: string } }).interaction.interactionId);
    expect(new Set(interactions).size).toBe(interactions.length);
  });

  it('mean nobody: addresses and numbers are of the kinds that belong to no one', () => {
    const said = JSON.stringify(kinds.get('AddContact'));
    for (const [, domain] of said.matchAll(/@([^"]+)"/g)) expect(domain).toMatch(/\.example$/);
    for (const [number] of said.matchAll(/\+\d+/g)) expect(number).toMatch(/^\+1202555(01\d\d)$/);
  });
});

describe('the targets of the two years', () => {
  it('each record something, on whichever day the years begin', () => {
    for (let day = 0; day < 92; day += 1) {
      const chronicle = new Chronicle(new Calendar(end + day * DAY));
      tellTargets(chronicle, new Company('1', new Random('1'), new Names(), chronicle.calendar));
      const streams = new Map<string, Target>();
      for (const { command } of chronicle.inOrder()) {
        const { targetId } = command as SetTarget;
        const state = streams.get(targetId) ?? target.initial;
        const events =
          command instanceof SetTarget
            ? setTarget(state, command, '', { subject: true })
            : command instanceof ReviseTarget
              ? reviseTarget(state, command)
              : withdrawTarget(state, command as WithdrawTarget);
        expect(events).toHaveLength(1);
        streams.set(targetId, evolve(target, state, { ...events[0]!, occurredAt: '' }));
      }
      expect([...streams.values()].filter(({ status }) => status === 'withdrawn')).toHaveLength(1);
    }
  });
});

describe('working hours', () => {
  const calendar = new Calendar(end);

  it('never lie before the moment they are asked for, nor at night, nor on a weekend', () => {
    fc.assert(
      fc.property(fc.integer({ min: calendar.start, max: end }), fc.string(), (at, seed) => {
        const moment = calendar.working(new Random(seed), at);
        expect(moment).toBeGreaterThanOrEqual(at);
        expect(moment - at).toBeLessThan(4 * DAY);
        expect(moment % DAY).toBeGreaterThanOrEqual(8 * HOUR);
        expect(moment % DAY).toBeLessThanOrEqual(17 * HOUR);
        expect(new Date(moment).getUTCDay() % 6).not.toBe(0);
      }),
    );
  });
});

describe('chance', () => {
  it('is the same for the same seed and spreads evenly', () => {
    const draw = (seed: string) =>
      Array.from(
        { length: 5 },
        (
          (random) => () =>
            random.next()
        )(new Random(seed)),
      );
    expect(draw('a')).toEqual(draw('a'));
    expect(draw('a')).not.toEqual(draw('b'));
    const random = new Random('even');
    const tenths = Array.from({ length: 20_000 }, () => random.whole(0, 9));
    for (const [, hits] of Map.groupBy(tenths, (each) => each)) expect(Math.abs(hits.length - 2_000)).toBeLessThan(200);
  });

  it('draws for one part without moving another', () => {
    const parent = new Random('p');
    const first = parent.of('child').next();
    parent.next();
    expect(parent.of('child').next()).toBe(first);
  });
});
