import streams from '@eventstore/db-client/generated/streams_pb.js';
import { EventFilter } from './event-filter.js';
import { nameOf } from './event-messages.js';
import type { IdForm } from './event-messages.js';
import { notUnderstood } from './refusals.js';

/** How many events a filtered subscription passes over between checkpoints, unless the caller says otherwise. */
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
  /** A subscriber with a filter is told where it stands after passing over this many events. */
  readonly checkpointEvery: number;
  readonly ids: IdForm;
  /** Whether a reader is told where what it reads begins and ends. */
  readonly tellsEnds: boolean;
  /** Whether links are followed to the events they lead to. */
  readonly resolveLinks: boolean;
}

/** @throws CallRefused for what says nothing, or too little */
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

/** The fields of a filter, which reading and persistent subscriptions name alike. */
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

/** Unsigned 64 bits come as text; beyond what a number can hold lies no event. */
export const safe = (text: string): number => Math.min(Number(text), Number.MAX_SAFE_INTEGER);
