import { setTimeout as sleep } from 'node:timers/promises';
import type { CommandBus, ICommand } from '@nestjs/cqrs';
import { Clock } from '../../../libs/clock.js';
import { Refusal, Unavailable } from '../../../libs/errors.js';
import { under } from '../../../libs/event-store/envelope.js';
import type { Envelope } from '../../../libs/event-store/envelope.js';
import { idFrom } from '../../../libs/ids.js';
import { addMilliseconds } from '../../../libs/time.js';
import { DAY } from './calendar.js';
import type { Told } from './chronicle.js';

/** Before every story. */
export const BEFORE = '1970-01-01T00:00:00.000Z';

/** Shows the time of the story while it is told, then the time of the world. */
export class StoryClock extends Clock {
  #time: string | undefined;

  /** @param time shown until the story says otherwise; the time of the world when absent */
  constructor(time?: string) {
    super();
    this.#time = time;
  }

  show(time: string | undefined): void {
    this.#time = time;
  }

  now(): string {
    return this.#time ?? new Date().toISOString();
  }
}

/** The id of a command of the story; what it led to carries it as its correlation id. */
export const commandIdOf = (seed: number, index: number): string =>
  idFrom('demo', String(seed), 'command', String(index));

/** Commands under way at a time, and how far apart in the story, so that they are recorded soon after they occurred. */
const WIDTH = 64;
const SPAN = 4 * DAY;
/** How often a command is sent while what it follows on is behind: read models, or what a process was to bring about. */
const TRIES = 20;
/** Refused by a rule as long as a process has not asked for the approval, or has not moved what was agreed to; seconds to wait. */
const AWAITED: Readonly<Record<string, number>> = { 'approval-unknown': 0.5, 'nothing-to-revert': 0.5 };

/**
 * Sends all commands over the command bus, many at a time: those of one customer in order, those about the whole organisation
 * alone. Ids come from the seed, so a second run of the same story changes nothing.
 * @throws Error for the first command that is refused; a consistent story has none
 */
export async function play(
  told: readonly Told[],
  seed: number,
  commands: CommandBus,
  clock: StoryClock,
  signal: AbortSignal,
  show: (done: number) => void,
): Promise<void> {
  const last = new Map<string, Promise<void>>();
  const ended = new Set<number>();
  let oldest = 0;
  let freed: (() => void) | undefined;
  let failed: unknown;

  for (const [index, each] of told.entries()) {
    const alone = each.about.length === 0;
    const since = addMilliseconds(each.at, -SPAN);
    while (oldest < index && (alone || index - oldest - ended.size >= WIDTH || told[oldest]!.at < since)) {
      await new Promise<void>((resolve) => (freed = resolve));
    }
    if (failed !== undefined || signal.aborted) break;
    clock.show(each.at);
    const before = each.about.map((one) => last.get(one));
    const sending = Promise.all(before).then(() => send(each, index));
    for (const one of each.about) last.set(one, sending);
    if (alone) await sending;
    if (index % 50 === 0) show(index);
  }
  await Promise.all(last.values());
  clock.show(undefined);
  signal.throwIfAborted();
  if (failed !== undefined) throw failed;

  async function send({ at, actor, command, reason }: Told, index: number): Promise<void> {
    const commandId = commandIdOf(seed, index);
    const why = reason === undefined ? {} : { reason };
    const envelope: Envelope = { actor, source: 'system', correlationId: commandId, commandId, occurredAt: at, ...why };
    try {
      if (failed === undefined) await under(envelope, () => patiently(command as ICommand));
    } catch (error) {
      failed ??=
        error instanceof Refusal
          ? new Error(`${command.constructor.name} at ${at}: ${error.code}`, { cause: error })
          : error;
    }
    ended.add(index);
    while (ended.delete(oldest)) oldest += 1;
    freed?.();
  }

  /** Sends a command again while what its rule asks is behind, as it is on a busy machine. */
  async function patiently(command: ICommand, tries = TRIES): Promise<void> {
    try {
      await commands.execute(command);
    } catch (error) {
      const seconds = secondsToWait(error);
      if (seconds === undefined || tries === 1) throw error;
      await sleep(seconds * 1_000, undefined, { signal });
      await patiently(command, tries - 1);
    }
  }
}

/** How long to wait for what a refusal says is not there yet; undefined where nothing is to be waited for. */
function secondsToWait(error: unknown): number | undefined {
  if (error instanceof Unavailable) return error.code === 'read-model-behind' ? error.seconds : undefined;
  return error instanceof Refusal ? AWAITED[error.code] : undefined;
}
