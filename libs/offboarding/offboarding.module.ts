import { Module } from '@nestjs/common';
import type { Belonging } from '../belonging.js';
import { ownerFacts } from '../customers/facts.js';
import { Missing, Refusal } from '../errors.js';
import type { StateReader } from '../event-store/decider.js';
import { handle } from '../event-store/handle.js';
import type { Question } from '../event-store/handle.js';
import { Inventory } from '../inventory/inventory.js';
import { employeeFacts } from '../organisation/facts.js';
import { poolFacts } from '../pools/facts.js';
import type { PoolKind } from '../pooling.js';
import * as commands from './commands.js';
import type { HandOverTarget } from './events.js';
import * as rules from './hand-over.rules.js';
import type { HandOverFacts } from './hand-over.rules.js';
import { offboarding } from './offboarding.decider.js';
import type { Offboarding } from './offboarding.decider.js';
import { GetOffboardingHandler } from './queries.js';

/** Things that are handed over at once. */
const MOST = 2_000;

/** An unknown employee is refused before an unknown receiver. What they have is asked for behind the head of the log. */
async function handingOver(
  { command, streams }: Question<commands.HandOver, Offboarding>,
  inventory: Inventory,
): Promise<HandOverFacts> {
  const { employeeId, form } = command;
  const employee = await employeeFacts(streams, employeeId);
  if (!employee) throw new Missing('employee', employeeId);
  const { offboarding } = employee;
  const to = rules.targetOf(form, offboarding?.handOverTo ?? null);
  const receiver = to ? await hindrance(streams, to) : null;
  const ofPool = to?.kind === 'pool' ? (await poolFacts(streams, to.id))?.kind : undefined;
  const able = to ? inventory.kinds.filter((each) => isHandedOver(each, to, ofPool)) : [];
  const wanted = able.filter(({ kind }) => form.kinds.length === 0 || form.kinds.includes(kind));
  const named = form.items.filter(({ kind }) => form.kinds.length === 0 || form.kinds.includes(kind));
  const isNamed = form.items.length > 0;
  return {
    offboarding,
    receiver,
    kinds: inventory.kinds.map(({ kind }) => kind),
    able: able.map(({ kind }) => kind),
    found: isNamed ? named : await inventory.items(employeeId, wanted, MOST),
    strange: isNamed ? await inventory.strange(employeeId, form.items) : [],
  };
}

/** Whether things of a kind can go there: a pool takes things of its own kind. */
const isHandedOver = (
  { kind, toEmployee, toPool, byRule }: Belonging,
  { kind: to }: HandOverTarget,
  ofPool: PoolKind | undefined,
): boolean => ({ employee: toEmployee, pool: ofPool === kind ? toPool : undefined, rule: byRule })[to] !== undefined;

/** @throws Missing for what is not there */
async function hindrance(streams: StateReader, to: HandOverTarget): Promise<Refusal | null> {
  if (to.kind === 'pool' && !(await poolFacts(streams, to.id))) throw new Missing('pool', to.id);
  if (to.kind !== 'employee') return null;
  try {
    await ownerFacts(streams, to.id);
    return null;
  } catch (error) {
    if (error instanceof Refusal && error.code === 'owner-inactive') return error;
    throw error;
  }
}

@Module({
  providers: [
    handle(commands.HandOver, offboarding, rules.handOver, { facts: handingOver, from: Inventory }),
    handle(commands.RecordItemHandedOver, offboarding, rules.recordItemHandedOver),
    handle(commands.RecordItemKept, offboarding, rules.recordItemKept),
    GetOffboardingHandler,
  ],
})
export class OffboardingModule {}
