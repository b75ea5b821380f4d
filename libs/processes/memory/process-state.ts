import { NONE, Overtaken } from './process-memory.js';
import type { ProcessMemory } from './process-memory.js';

/** Attempts at one event, which has failed each time. */
export interface Attempt {
  readonly position: number;
  readonly attempts: number;
  readonly error: string;
}

/** A stream that is not handled any more, from the event on that failed. Which events wait is read from the stream. */
export interface ParkedState extends Attempt {
  /** Events that wait, the failed one included. */
  readonly waiting: number;
  /** Position of the last one that waits. */
  readonly last: number;
}

/** What is remembered of one handler: the whole of it is one document. */
export interface ProcessState {
  /** The log that positions are of; absent where that was empty. */
  readonly log?: string;
  /** Every event up to here has been handled, or waits behind a parked stream. */
  readonly position: number;
  /** Events up to here may have been begun; a program that ends in the middle leaves it beyond `position`. */
  readonly begun: number;
  readonly parked: Readonly<Record<string, ParkedState>>;
  /** Of streams that are not parked yet. */
  readonly attempts: Readonly<Record<string, Attempt>>;
  /** Attempts at the furthest of the events that a program may have ended of; those before it have been survived. */
  readonly doubt?: { readonly position: number; readonly attempts: number };
}

/** A stream to which a process no longer reacts, from the event it failed on. */
export interface ParkedStream {
  readonly stream: string;
  /** Position of the event that failed. */
  readonly position: number;
  readonly attempts: number;
  readonly error: string;
  /** Events that wait, the failed one included. */
  readonly waiting: number;
}

export const stateName = (handler: string): string => `state.${handler}`;
const wishesName = (handler: string): string => `retries.${handler}`;

export async function stateOf(memory: ProcessMemory, handler: string): Promise<ProcessState | undefined> {
  return (await memory.read(stateName(handler)))?.document as ProcessState | undefined;
}

export const parkedStreams = (parked: Iterable<readonly [string, ParkedState]>): ParkedStream[] =>
  Array.from(parked, ([stream, { position, attempts, error, waiting }]) => ({
    stream,
    position,
    attempts,
    error,
    waiting,
  }));

/** Streams that an operator wants tried again. Written by any program, taken by the one that runs the handler. */
interface Wishes {
  readonly streams: readonly string[];
}

/** Leaves the wish that a parked stream is tried again. */
export async function wish(memory: ProcessMemory, handler: string, stream: string): Promise<void> {
  await changeWishes(memory, handler, (streams) => (streams.includes(stream) ? streams : [...streams, stream]));
}

/**
 * Takes one wish: before it is fulfilled, so that a program that ends of it is not ended of it again.
 * @param may whether a stream can be tried again, or is not parked any more
 */
export async function takeWish(
  memory: ProcessMemory,
  handler: string,
  may: (stream: string) => boolean,
): Promise<string | undefined> {
  let taken: string | undefined;
  await changeWishes(memory, handler, (streams) => {
    taken = streams.find(may);
    return taken === undefined ? streams : streams.filter((stream) => stream !== taken);
  });
  return taken;
}

async function changeWishes(
  memory: ProcessMemory,
  handler: string,
  change: (streams: readonly string[]) => readonly string[],
): Promise<void> {
  const name = wishesName(handler);
  for (;;) {
    const kept = await memory.read(name);
    const { streams } = (kept?.document ?? { streams: [] }) as Wishes;
    const changed = change(streams);
    if (changed === streams) return;
    try {
      await memory.write(name, { streams: changed } satisfies Wishes, kept?.revision ?? NONE);
      return;
    } catch (error) {
      // Another program has changed them meanwhile.
      if (!(error instanceof Overtaken)) throw error;
    }
  }
}
