import type { CommandBus } from '@nestjs/cqrs';
import type { ICommand } from '@nestjs/cqrs';
import { Clock } from '../../../libs/clock.js';
import { Refusal } from '../../../libs/errors.js';
import { under } from '../../../libs/event-store/envelope.js';
import { idFrom } from '../../../libs/ids.js';
import type { Told } from './chronicle.js';

/** Shows the time of the story while it is told, then the time of the world. */
export class StoryClock extends Clock {
  #time: string | undefined;

  show(time: string | undefined): void {
    this.#time = time;
  }

  now(): string {
    return this.#time ?? new Date().toISOString();
  }
}

/** Commands under way at a time: enough to share a wait for the disk, few enough to be recorded soon after they occurred. */
const WIDTH = 64;

/**
 * Sends every command through the front door, many at a time: what is about one customer in order, what is about everybody
 * alone. Ids come from the seed, so telling the same story again changes nothing.
 * @throws Refusal the first one; in a story that fits together there is none
 */
export async function play(
  told: readonly Told[],
  seed: number,
  commands: CommandBus,
  clock: StoryClock,
  signal: AbortSignal,
  show: (done: number) => void,
): Promise<void> {
  const last = new Map<string, Promise<unknown>>();
  let underWay = 0;
  let freed: (() => void) | undefined;
  let failed: unknown;
  let done = 0;
  const atMost = async (width: number) => {
    while (underWay > width) await new Promise<void>((resolve) => (freed = resolve));
  };
  const send = async ({ at, actor, command, reason }: Told, index: number, before: readonly (Promise<unknown> | undefined)[]) => {
    await Promise.all(before);
    const commandId = idFrom('demo', String(seed), 'command', String(index));
    const envelope = { actor, source: 'system', correlationId: commandId, commandId, occurredAt: at, ...(reason !== undefined && { reason }) } as const;
    try {
      if (failed === undefined) await under(envelope, () => commands.execute(command as ICommand));
    } catch (error) {
      failed ??= error instanceof Refusal ? new Error(`${command.constructor.name} at ${at}: ${error.code}`, { cause: error }) : error;
    }
    done += 1;
    underWay -= 1;
    freed?.();
  };
  for (const [index, each] of told.entries()) {
    const alone = each.about.length === 0;
    await atMost(alone ? 0 : WIDTH - 1);
    if (failed !== undefined || signal.aborted) break;
    clock.show(each.at);
    underWay += 1;
    const sending = send(each, index, each.about.map((one) => last.get(one)));
    for (const one of each.about) last.set(one, sending);
    if (alone) await sending;
    if (index % 100 === 0) show(done);
  }
  await atMost(0);
  clock.show(undefined);
  signal.throwIfAborted();
  if (failed !== undefined) throw failed;
}
