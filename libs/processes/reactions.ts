import type { CommandBus } from '@nestjs/cqrs';
import { Refusal } from '../errors.js';
import type { StateReader } from '../event-store/decider.js';
import { under } from '../event-store/envelope.js';
import type { Envelope } from '../event-store/envelope.js';
import type { RecordedEvent } from '../event-store/event-store.js';
import { idFrom } from '../ids.js';
import type { Handler } from './handler.js';
import { NONE } from './memory/process-memory.js';
import type { ProcessMemory } from './memory/process-memory.js';
import type { Beginning, Process, Reaction } from './process.js';

/** Writes an entry to the program's log. */
export type Report = (what: string, details: Readonly<Record<string, unknown>>) => void;

/**
 * A process as the runner runs it: sends what it answers to events. The id of each command is derived from the event's, so
 * sending it again is answered, not done twice. A refusal is an answer: it is reported and counted, and what is to be done
 * otherwise is sent.
 */
export class ProcessHandler implements Handler {
  readonly name: string;
  readonly version: number;
  readonly from: Beginning;
  readonly types: readonly string[];
  readonly #sending: Sending;

  constructor(
    private readonly process: Process,
    commands: CommandBus,
    report: Report,
    /** By which a process tells whether it is awake; without it, it is. */
    private readonly streams?: StateReader,
    /** What was refused before a program ended; without it, a command that was refused is sent again. */
    private readonly memory?: ProcessMemory,
  ) {
    this.#sending = new Sending(process, commands, report);
    ({ name: this.name, version: this.version, from: this.from, types: this.types } = process);
  }

  /** Reactions to several shapes of one event are numbered through. */
  async handle(events: readonly RecordedEvent[]): Promise<number> {
    if (this.streams && (await this.process.awake?.(this.streams)) === false) return 0;
    let index = 0;
    let refused = 0;
    for (const event of events) {
      for (const reaction of this.process.react(event)) {
        refused += await this.#follow(reaction, event, String(index));
        index += 1;
      }
    }
    return refused;
  }

  /** Sends a command, and what is to be done otherwise as long as rules refuse. @returns how many were refused */
  async #follow(reaction: Reaction, event: RecordedEvent, index: string): Promise<number> {
    let refused = 0;
    for (let next: Reaction | null = reaction, key = index; next; key = `${key} otherwise`) {
      const { command, otherwise }: Reaction = next;
      const refusal: Refusal | undefined = otherwise
        ? await this.#decided(command, event, key)
        : await this.#sending.send(command, event, key);
      if (!refusal) break;
      refused += 1;
      next = otherwise?.(refusal) ?? null;
    }
    return refused;
  }

  /**
   * A refusal on which something else follows is remembered before that is sent: should the program end in between, the command is not
   * decided again, for the rule might agree to it by then.
   */
  async #decided(command: object, event: RecordedEvent, key: string): Promise<Refusal | undefined> {
    const name = `refused.${this.name}.${this.version}.${event.id} ${key}`;
    const kept = (await this.memory?.read(name))?.document as Remembered | undefined;
    if (kept) return new Refusal(kept.code, kept.message, kept.details, kept.status);
    const refusal = await this.#sending.send(command, event, key);
    if (refusal && this.memory) {
      const { code, message, details, status } = refusal;
      await this.memory.write(name, { code, message, details, status } satisfies Remembered, NONE);
    }
    return refusal;
  }
}

type Remembered = Pick<Refusal, 'code' | 'message' | 'details' | 'status'>;

/** Sends commands that follow from events. */
export class Sending {
  constructor(
    private readonly sender: Pick<Process, 'name' | 'version'>,
    private readonly commands: CommandBus,
    private readonly report: Report,
  ) {}

  /**
   * @param key tells the commands that follow from one event apart
   * @returns why the command was refused, if it was
   */
  async send(command: object, event: RecordedEvent, key: string): Promise<Refusal | undefined> {
    const { name, version } = this.sender;
    const commandId = idFrom('process', name, String(version), event.id, key);
    try {
      await under({ ...envelopeOf(this.sender, event), commandId }, () => this.commands.execute(command));
      return undefined;
    } catch (error) {
      if (!(error instanceof Refusal) || isPassing(error)) throw error;
      const { stream, position } = event;
      const asked = { process: name, command: command.constructor.name, stream, position };
      this.report('reaction refused', { ...asked, code: error.code, reason: error.message });
      return error;
    }
  }
}

/**
 * A duty arises when its cause does, however late we hear of it: what follows does not depend on when, or by whose clock, a
 * program got to it.
 */
function envelopeOf({ name, version }: Pick<Process, 'name' | 'version'>, event: RecordedEvent): Envelope {
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
