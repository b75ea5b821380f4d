import { AsyncLocalStorage } from 'node:async_hooks';
import type { Actor, ImportRow, Source } from './event-store.js';

/** Context of a command: actor, reason, cause, expected revision. */
export interface Envelope {
  readonly actor: Actor;
  readonly source: Source;
  readonly correlationId: string;
  /** Idempotency key of the caller (`Idempotency-Key`, process, import); without one each call is a new command. */
  readonly commandId?: string;
  readonly causationId?: string;
  readonly reason?: string;
  readonly importId?: string;
  readonly importRow?: ImportRow;
  readonly rule?: { readonly name: string; readonly version: number };
  /** From `If-Match`: the stream must be at one of these revisions; `any` means that it must exist. */
  readonly expectedRevision?: readonly number[] | 'any';
  /** Business time for the rule's `now`, if it is not the present, as for an imported row. */
  readonly occurredAt?: string;
}

/** Whether a stream is at an expected revision. @param revision -1 when the stream does not exist */
export function isExpected({ expectedRevision: expected }: Envelope, revision: number): boolean {
  if (expected === undefined) return true;
  return expected === 'any' ? revision >= 0 : expected.includes(revision);
}

const current = new AsyncLocalStorage<Envelope>();

/** Runs `work`; all commands that it sends get this envelope. */
export const under = <Result>(envelope: Envelope, work: () => Result): Result => current.run(envelope, work);

/** The envelope of the current command. @throws outside of `under`, since the command would have no actor */
export function envelope(): Envelope {
  const found = current.getStore();
  if (!found) throw new Error('a command needs an envelope: send it inside under()');
  return found;
}
