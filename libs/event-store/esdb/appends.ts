import { setTimeout as sleep } from 'node:timers/promises';
import { Refusal, Unavailable } from '../../errors.js';
import type { EsdbAppend, EsdbClient } from './client.js';
import { EsdbError } from './failures.js';
import { WrongExpectedRevision } from '../event-store.js';
import type { Appended, ExpectedRevision } from '../event-store.js';

/** Maximum number of appends without an answer: a connection takes a hundred calls, and further ones hang. */
const IN_FLIGHT = 64;
const QUEUE = 1_024;
/** Rest before an append without an answer is sent again, in milliseconds; doubled each time. */
const REST = 50;
const LONGEST_REST = 1_000;
/** Number of connections that are tried before an append is refused as never sent. */
const CONNECTS = 3;

export interface AppendParts {
  readonly client: EsdbClient;
  /** Timeout of one attempt, in milliseconds. */
  readonly deadline: number;
  /** How long an append with an unknown outcome is repeated, in milliseconds. */
  readonly patience: number;
  /** Called with the error when writing fails, with `undefined` on recovery. */
  readonly told: (fault: EsdbError | undefined) => void;
}

/** Write side of the engine: sends a bounded number of appends at a time, and repeats each until its outcome is known. */
export class EsdbAppends {
  readonly #queue: (() => void)[] = [];
  #inFlight = 0;
  #connected = false;
  #connecting: Promise<void> | undefined;

  constructor(private readonly parts: AppendParts) {}

  /** @throws Unavailable `store-busy` */
  admit(): void {
    if (this.#queue.length >= QUEUE) throw new Unavailable('store-busy', 'Too many writes are waiting.', 1);
  }

  /** @throws WrongExpectedRevision · Unavailable · Refusal */
  append(stream: string, expected: ExpectedRevision, events: EsdbAppend['events']): Promise<Appended> {
    return this.#inTurn({ stream, expected, events });
  }

  /** Marks the connection as doubtful, so that it is checked before the next append. */
  doubt(): void {
    this.#connected = false;
  }

  async #inTurn(waiting: EsdbAppend): Promise<Appended> {
    if (this.#inFlight >= IN_FLIGHT) await new Promise<void>((go) => this.#queue.push(go));
    else this.#inFlight += 1;
    try {
      return await this.#settle(waiting);
    } finally {
      // The place goes to the next one.
      const next = this.#queue.shift();
      if (next) next();
      else this.#inFlight -= 1;
    }
  }

  /** Repeats an append until its outcome is known. Event ids make that idempotent. */
  async #settle(waiting: EsdbAppend): Promise<Appended> {
    const { patience, told } = this.parts;
    const began = performance.now();
    for (let sent = 0, tries = 0; ;) {
      let failed: EsdbError;
      try {
        if (!this.#connected) await this.#connect();
        sent += 1;
        const appended = await this.#send(waiting);
        told(undefined);
        return appended;
      } catch (error) {
        if (!(error instanceof EsdbError)) throw error;
        if (error.failure !== 'silent') throw this.#refused(error, waiting);
        failed = error;
        this.#connected = false;
        told(error);
      }
      // The next attempt replaces a connection that is dead or does not lead to the leader.
      tries += 1;
      if (sent === 0 && tries === CONNECTS) throw unreachable(failed);
      if (performance.now() - began > patience) throw unanswered(failed);
      await sleep(Math.min(LONGEST_REST, REST * 2 ** sent) * (0.5 + Math.random() / 2));
    }
  }

  /** Checks the connection before an append is sent; a failure here means that nothing has been written. */
  #connect(): Promise<void> {
    const { client, deadline } = this.parts;
    this.#connecting ??= within(deadline, client.ping(), () => client.renew('writer'))
      .then(() => {
        this.#connected = true;
      })
      .finally(() => (this.#connecting = undefined));
    return this.#connecting;
  }

  /** Sends an append with a timeout, because the client has none; drops a connection that does not answer. */
  async #send({ stream, expected, events }: EsdbAppend): Promise<Appended> {
    const { client, deadline } = this.parts;
    const sending = client.append(stream, expected, events);
    const appended = await within(deadline, sending, () => client.renew('writer'));
    return {
      revision: appended.revision,
      position: appended.position ?? (await this.#placeOf(stream, appended.revision)),
    };
  }

  /** Looks up the position of an event, because a server may leave it out when it answers a repeated append. */
  async #placeOf(stream: string, revision: number): Promise<number> {
    for await (const { position } of this.parts.client.readStream(stream, revision, false, 1)) return position;
    throw new EsdbError('silent', `${stream} has no event ${revision}`);
  }

  #refused({ failure, message, current = -1 }: EsdbError, { stream, expected }: EsdbAppend): Error {
    if (failure === 'wrong-revision') return new WrongExpectedRevision(stream, expected, current);
    if (failure === 'too-large') {
      return new Refusal('append-too-large', 'The event store takes no append of that size.', { stream }, 413);
    }
    if (failure === 'stream-deleted') {
      return new Refusal('stream-deleted', `${stream} was deleted in the event store.`, { stream }, 409);
    }
    if (failure === 'not-understood') return new Error(`${stream}: ${message}`);
    return denied(failure);
  }
}

/** Limits the time of `work`. @param late called when the time is over */
export async function within<Result>(
  milliseconds: number,
  work: Promise<Result>,
  late?: () => Promise<unknown>,
): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      void late?.();
      reject(new EsdbError('silent', `no answer within ${milliseconds} ms`));
    }, milliseconds);
  });
  try {
    return await Promise.race([work, over]);
  } finally {
    clearTimeout(timer);
    // A later failure has no listener any more.
    work.catch(() => undefined);
  }
}

export const unreachable = ({ message }: Error): Unavailable =>
  new Unavailable('store-unavailable', `The event store cannot be reached at the moment: ${message}.`, 5);

const unanswered = ({ message }: Error): Unavailable =>
  new Unavailable(
    'append-unanswered',
    `The event store does not say whether it has recorded this: ${message}. Sent again with the same Idempotency-Key, it is recorded once.`,
    5,
  );

/** Errors that an operator has to resolve. */
export function denied(failure: EsdbError['failure']): Unavailable {
  return failure === 'not-logged-in'
    ? new Unavailable('store-login-wrong', 'The event store does not know this user, or not with this password.', 60)
    : new Unavailable(
        'store-access-denied',
        'The event store does not permit this user what it takes: to read $all, and to read and write streams.',
        60,
      );
}
