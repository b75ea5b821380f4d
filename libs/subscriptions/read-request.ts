import streams from '@eventstore/db-client/generated/streams_pb.js';
import { EventFilter } from './event-filter.js';
import { nameOf } from './event-messages.js';
import type { IdForm } from './event-messages.js';
import { notUnderstood } from './refusals.js';

/** Default number of events that a filtered subscription skips between checkpoints. */
const WINDOW = 32;

export type Place = 'start' | 'end' | number;

export interface Asked {
  /** The stream that is read; absent for the whole log. */
  readonly stream?: string;
  /** A revision of the stream, or a position of the log. */
  readonly from: Place;
  readonly backwards: boolean;
  readonly live: boolean;
  readonly most: number;
  readonly filter?: EventFilter;
  /** A filtered subscription sends a checkpoint after this many events. */
  readonly checkpointEvery: number;
  readonly ids: IdForm;
  /** Whether the answer ends with the first and last place of the source. */
  readonly tellsEnds: boolean;
  /** Whether link events are resolved to their targets. */
  readonly resolveLinks: boolean;
}

/** @throws CallRefused for an incomplete request */
export function askedBy(request: streams.ReadReq): Asked {
  const options = request.getOptions();
  if (!options || !(options.hasStream() || options.hasAll())) throw notUnderstood('It does not say what to read.');
  const filter = options.getFilter();
  return {
    ...(options.hasStream() ? fromStream(options.getStream()!) : { from: inLog(options.getAll()!) }),
    ...(filter && { filter: filterOf(filter) }),
    backwards: options.getReadDirection() === streams.ReadReq.Options.ReadDirection.BACKWARDS,
    live: options.hasSubscription(),
    tellsEnds: (options.getControlOption()?.getCompatibility() ?? 0) >= 1,
    resolveLinks: options.getResolveLinks(),
    most: options.hasCount() ? safe(options.getCount()) : Infinity,
    checkpointEvery: filter ? windowOf(filter) : Infinity,
    ids: options.getUuidOption()?.hasStructured() ? 'structured' : 'string',
  };
}

function fromStream(options: streams.ReadReq.Options.StreamOptions): { stream: string; from: Place } {
  const stream = nameOf(options.getStreamIdentifier());
  if (stream === '') throw notUnderstood('A stream has a name.');
  if (options.hasRevision()) return { stream, from: safe(options.getRevision()) };
  return { stream, from: options.hasEnd() ? 'end' : 'start' };
}

function inLog(options: streams.ReadReq.Options.AllOptions): Place {
  if (options.hasPosition()) return safe(options.getPosition()!.getCommitPosition());
  return options.hasEnd() ? 'end' : 'start';
}

/** Fields of a filter that the messages of both gRPC services share. */
interface FilterMessage {
  getStreamIdentifier(): { getRegex(): string; getPrefixList(): string[] } | undefined;
  getEventType(): { getRegex(): string; getPrefixList(): string[] } | undefined;
  hasMax(): boolean;
  getMax(): number;
  getCheckpointintervalmultiplier(): number;
}

export function filterOf(message: FilterMessage): EventFilter {
  const stream = message.getStreamIdentifier();
  const expression = stream ?? message.getEventType();
  if (!expression) throw notUnderstood('A filter says what it is on.');
  return new EventFilter({
    on: stream ? 'stream' : 'type',
    prefixes: expression.getPrefixList(),
    regex: expression.getRegex(),
  });
}

const windowOf = (message: FilterMessage): number =>
  Math.max(1, message.getCheckpointintervalmultiplier()) * ((message.hasMax() && message.getMax()) || WINDOW);

/** Parses an unsigned 64-bit number; values above the safe integers are cut, since no event has such a place. */
export const safe = (text: string): number => Math.min(Number(text), Number.MAX_SAFE_INTEGER);
