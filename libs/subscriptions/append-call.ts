import type streams from '@eventstore/db-client/generated/streams_pb.js';
import type { ServerReadableStream } from '@grpc/grpc-js';
import { WrongExpectedRevision } from '../event-store/event-store.js';
import type { Appended, ExpectedRevision, ForeignEvent } from '../event-store/event-store.js';
import { appendedMessage, conflictMessage, eventOf, expectedBy, sizeOf } from './append-messages.js';
import { nameOf } from './event-messages.js';
import type { ForeignStreams, Turn } from './foreign-streams.js';
import { AppendTooLarge, notUnderstood, stopping } from './refusals.js';

type AppendCall = ServerReadableStream<streams.AppendReq, streams.AppendResp>;

/** Collects the events of one append while they arrive. */
export class Proposal {
  readonly events: ForeignEvent[] = [];
  #size = 0;

  constructor(
    readonly stream: string,
    readonly expected: ExpectedRevision,
    private readonly most: number,
  ) {
    if (stream === '') throw notUnderstood('A stream has a name.');
  }

  /** @throws CallRefused for an invalid event, or when the append becomes too large */
  add(message: Parameters<typeof eventOf>[0]): void {
    const event = eventOf(message);
    this.#size += sizeOf(event);
    if (this.#size > this.most) throw new AppendTooLarge(this.most);
    this.events.push(event);
  }

  writtenTo(into: ForeignStreams, turn?: Turn): Promise<Partial<Appended>> {
    return into.append(this.stream, this.expected, this.events, turn);
  }
}

/** Answers a streaming append: the first message holds the options, each further one an event. */
export async function answerAppend(
  call: AppendCall,
  into: ForeignStreams,
  most: number,
  signal: AbortSignal,
): Promise<streams.AppendResp> {
  const proposal = await readProposal(call, most, signal);
  try {
    return appendedMessage(await proposal.writtenTo(into));
  } catch (error) {
    if (error instanceof WrongExpectedRevision) return conflictMessage(error);
    throw error;
  }
}

/** Reads a whole append request. @throws CallRefused when it is invalid, or the server stops before it is complete */
function readProposal(call: AppendCall, most: number, signal: AbortSignal): Promise<Proposal> {
  return new Promise((resolve, reject) => {
    let proposal: Proposal | undefined;
    call.on('data', (request: streams.AppendReq) => {
      try {
        const options = request.getOptions();
        if (options) proposal = proposalOf(options, options.hasRevision() ? options.getRevision() : undefined, most);
        else if (!proposal || !request.hasProposedMessage()) throw notUnderstood('It does not say where to append.');
        else proposal.add(request.getProposedMessage()!);
      } catch (error) {
        // Further messages are discarded.
        call.removeAllListeners('data').resume();
        reject(error as Error);
      }
    });
    call.on('end', () => (proposal ? resolve(proposal) : reject(notUnderstood('It does not say where to append.'))));
    const over = () => {
      call.removeAllListeners('data').resume();
      reject(stopping());
    };
    if (signal.aborted) over();
    else signal.addEventListener('abort', over, { once: true });
  });
}

export const proposalOf = (
  options: streams.AppendReq.Options | streams.BatchAppendReq.Options,
  revision: string | undefined,
  most: number,
) => new Proposal(nameOf(options.getStreamIdentifier()), expectedBy(options, revision), most);
