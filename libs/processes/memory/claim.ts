import type { EventStore } from '../../event-store/event-store.js';
import { nameOf } from '../../read-models/building/origin.js';
import type { FormerProcess, FormerProcesses } from '../../read-models/former-processes.js';
import type { Handler } from '../handler.js';
import type { Report } from '../reactions.js';
import { NONE, Overtaken } from './process-memory.js';
import type { ProcessMemory } from './process-memory.js';
import { stateName, wish } from './process-state.js';
import type { Attempt, ParkedState, ProcessState } from './process-state.js';

export interface Claiming {
  readonly memory: ProcessMemory;
  /** Where versions before kept the same. */
  readonly former?: FormerProcesses;
  readonly report: Report;
}

/** A log, at the moment at which it was looked at. */
export interface LogStand {
  readonly head: number;
  /** What tells it from others; unknown while it is empty. */
  readonly log: string | undefined;
}

export const standOf = async (store: EventStore): Promise<LogStand> => ({
  head: await store.head(),
  log: await nameOf(store),
});

export interface Claimed {
  readonly state: ProcessState;
  readonly revision: number;
}

type Starting = Pick<Handler, 'name' | 'from'>;

/**
 * What a handler begins with on this log. It is written again at once: from then on what a program that ran it before writes is
 * refused, and where a new handler begins stands fast.
 */
export async function claim(handler: Starting, claiming: Claiming, stand: LogStand): Promise<Claimed> {
  const { memory, former, report } = claiming;
  const { name } = handler;
  const before = await former?.formerProcess(name);
  for (;;) {
    const kept = await memory.read(stateName(name));
    const known = kept ? (kept.document as ProcessState) : before && takenOver(before);
    const { log: _, ...state } = known && isOf(known, stand, name, report) ? known : begun(handler, stand);
    const claimed = { ...state, ...(stand.log !== undefined && { log: stand.log }) };
    if (!kept) for (const { key, asked } of before?.streams ?? []) if (asked) await wish(memory, name, key);
    try {
      const revision = await memory.write(stateName(name), claimed, kept?.revision ?? NONE);
      if (before) await former!.forgetFormerProcess(name);
      return { state: claimed, revision };
    } catch (error) {
      // The program that ran it before has written meanwhile.
      if (!(error instanceof Overtaken)) throw error;
    }
  }
}

/** Where several programs share the handlers: notes where new ones begin before any request is served. */
export async function install(handlers: readonly Starting[], claiming: Claiming, stand: LogStand): Promise<void> {
  const { memory, former } = claiming;
  for (const handler of handlers) {
    const { name } = handler;
    if ((await memory.read(stateName(name))) ?? (await former?.formerProcess(name))) continue;
    await memory.write(stateName(name), begun(handler, stand), NONE).catch((error: unknown) => {
      // Another program was first.
      if (!(error instanceof Overtaken)) throw error;
    });
  }
}

/** A state of a handler that stands at a position, with nothing to be tried again. */
export const standing = (position: number, log?: string): ProcessState => ({
  ...(log !== undefined && { log }),
  position,
  begun: position,
  parked: {},
  attempts: {},
});

const begun = ({ from }: Starting, { head, log }: LogStand): ProcessState =>
  standing(from === 'beginning' ? 0 : head, log);

/** Positions mean nothing in another log. One beyond the end is of a log from which events are gone. */
function isOf({ log, position }: ProcessState, stand: LogStand, name: string, report: Report): boolean {
  if (log !== undefined && stand.log !== undefined && log !== stand.log) {
    report('state is of another log', { process: name, log, found: stand.log });
    return false;
  }
  if (position <= stand.head) return true;
  report('checkpoint beyond the log', { process: name, position, head: stand.head });
  return false;
}

function takenOver({ position, begun: upTo, streams }: FormerProcess): ProcessState {
  const parked: Record<string, ParkedState> = {};
  const attempts: Record<string, Attempt> = {};
  for (const { key, position: at, attempts: count, error, parked: isParked, waiting } of streams) {
    const attempt = { position: at, attempts: count, error };
    if (!isParked) attempts[key] = attempt;
    // What was tried again and failed further on was kept as waiting from its beginning.
    else parked[key] = { ...attempt, position: waiting[0] ?? at, waiting: waiting.length, last: waiting.at(-1) ?? at };
  }
  const { [DOUBT]: doubt, ...others } = attempts;
  const doubted = doubt && { doubt: { position: doubt.position, attempts: doubt.attempts } };
  return { position, begun: upTo, parked, attempts: others, ...doubted };
}

/** The key, which no stream has, under which versions before counted attempts at doubtful events. */
const DOUBT = 'event:';
