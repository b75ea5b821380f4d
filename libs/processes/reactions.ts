import type { CommandBus } from '@nestjs/cqrs';
import { Refusal } from '../errors.js';
import { under } from '../event-store/envelope.js';
import type { Envelope } from '../event-store/envelope.js';
import type { RecordedEvent } from '../event-store/event-store.js';
import { idFrom } from '../ids.js';
import type { Process } from './process.js';

/** Says what happened, to whoever keeps the logs. */
export type Report = (what: string, details: Readonly<Record<string, unknown>>) => void;

/**
 * Sends what a process answers to events. The id of each command is derived from the event's, so sending it again is
 * answered, not done twice. A refusal is an answer: it is reported and counted, and what is to be done otherwise is sent.
 */
export class Reactions {
  constructor(
    private readonly commands: CommandBus,
    private readonly report: Report,
  ) {}

  /**
   * @param events several where an upcaster made several of one: their reactions are numbered through
   * @returns how many commands were refused
   * @throws what is no answer: a failure of the program, or a passing one
   */
  async to(events: readonly RecordedEvent[], process: Process): Promise<number> {
    let index = 0;
    let refused = 0;
    for (const event of events) {
      for (const { command, otherwise } of process.react(event)) {
        const sent = envelopeOf(process, event);
        const accepted = await this.#send(command, sent, process, event, String(index));
        if (!accepted) refused += 1;
        if (!accepted && otherwise) {
          refused += (await this.#send(otherwise, sent, process, event, `${index} otherwise`)) ? 0 : 1;
        }
        index += 1;
      }
    }
    return refused;
  }

  /** @returns whether the command was accepted */
  async #send(
    command: object,
    sent: Envelope,
    process: Process,
    event: RecordedEvent,
    index: string,
  ): Promise<boolean> {
    const commandId = idFrom('process', process.name, String(process.version), event.id, index);
    try {
      await under({ ...sent, commandId }, () => this.commands.execute(command));
      return true;
    } catch (error) {
      if (!(error instanceof Refusal) || isPassing(error)) throw error;
      const { stream, position } = event;
      const asked = { process: process.name, command: command.constructor.name, stream, position };
      this.report('reaction refused', { ...asked, code: error.code, reason: error.message });
      return false;
    }
  }
}

/**
 * A duty arises when its cause does, however late we hear of it: what follows does not depend on when, or by whose clock, a
 * program got to it.
 */
function envelopeOf({ name, version }: Process, event: RecordedEvent): Envelope {
  const { correlationId, importId, importRow } = event.metadata;
  return {
    actor: { id: `process:${name}`, name },
    source: 'process',
    correlationId,
    causationId: event.id,
    rule: { name, version },
    ...(importId !== undefined && { importId }),
    ...(importRow !== undefined && { importRow }),
    occurredAt: event.occurredAt,
  };
}

/** Nothing was done, and the same command may succeed later: too many writes, or a stream that others keep changing. */
export const isPassing = (error: unknown): boolean =>
  error instanceof Refusal && (error.status === 503 || error.code === 'concurrency-conflict');

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
