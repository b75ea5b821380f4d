import { AsyncLocalStorage } from 'node:async_hooks';
import type { Actor, ImportRow, Source } from './event-store.js';

/** Everything about a command that is not the command: who, why, caused by what, expecting which revision. */
export interface Envelope {
  readonly actor: Actor;
  readonly source: Source;
  readonly correlationId: string;
  /** Chosen by the caller (`Idempotency-Key`, process, import); without one every sending is a command of its own. */
  readonly commandId?: string;
  readonly causationId?: string;
  readonly reason?: string;
  readonly importId?: string;
  readonly importRow?: ImportRow;
  readonly rule?: { readonly name: string; readonly version: number };
  /** From `If-Match`: the stream must be at one of these revisions, or `any` it has. */
  readonly expectedRevision?: readonly number[] | 'any';
  /** Business time the rule is given as its `now`, when that is not the present: an imported row. */
  readonly occurredAt?: string;
}

/** Whether a stream is where the caller wants it; -1 when there is none. */
export function isExpected({ expectedRevision: expected }: Envelope, revision: number): boolean {
  if (expected === undefined) return true;
  return expected === 'any' ? revision >= 0 : expected.includes(revision);
}

const current = new AsyncLocalStorage<Envelope>();

/** Sends whatever commands `work` sends under this envelope. */
export const under = <Result>(envelope: Envelope, work: () => Result): Result => current.run(envelope, work);

/** @throws when a command is sent outside of `under`: nobody would be answerable for it. */
export function envelope(): Envelope {
  const found = current.getStore();
  if (!found) throw new Error('a command needs an envelope: send it inside under()');
  return found;
}
