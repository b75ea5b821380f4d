import { connect } from 'node:http2';
import type { ClientHttp2Stream } from 'node:http2';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';

/** So many subscribers to the whole log, which do nothing with what they are sent; answers how much all of them were sent. */
const [url = '', count = ''] = process.argv.slice(2);
const CONNECTIONS = 4;
const PATH = '/event_store.client.streams.Streams/Read';

/** Counts messages: each has five bytes in front that say how long it is. */
class Messages {
  count = 0;
  #head = Buffer.alloc(0);
  #left = 0;

  take(chunk: Buffer): void {
    for (let at = 0; at < chunk.length;) {
      if (this.#left === 0) {
        const head = Buffer.concat([this.#head, chunk.subarray(at, at + 5 - this.#head.length)]);
        at += head.length - this.#head.length;
        this.#head = head;
        if (head.length < 5) return;
        this.#left = head.readUInt32BE(1);
        this.#head = Buffer.alloc(0);
        this.count += 1;
      }
      const part = Math.min(this.#left, chunk.length - at);
      this.#left -= part;
      at += part;
    }
  }
}

function request(): Buffer {
  const { Options } = streams.ReadReq;
  const options = new Options().setAll(new Options.AllOptions().setStart(new shared.Empty()));
  options.setSubscription(new Options.SubscriptionOptions()).setNoFilter(new shared.Empty());
  options.setUuidOption(new Options.UUIDOption().setString(new shared.Empty()));
  const body = Buffer.from(new streams.ReadReq().setOptions(options).serializeBinary());
  const head = Buffer.alloc(5);
  head.writeUInt32BE(body.length, 1);
  return Buffer.concat([head, body]);
}

const { host } = new URL(url);
const sessions = Array.from({ length: CONNECTIONS }, () => connect(`http://${host}`));
const all: Messages[] = [];
const open: ClientHttp2Stream[] = [];
for (let each = 0; each < Number(count); each += 1) {
  const messages = new Messages();
  all.push(messages);
  const call = sessions[each % CONNECTIONS]!.request(
    { ':method': 'POST', ':path': PATH, 'content-type': 'application/grpc', te: 'trailers' },
    { endStream: false },
  );
  open.push(call);
  call.on('data', (chunk: Buffer) => messages.take(chunk));
  call.end(request());
}
process.on('message', () => process.send!(all.reduce((sum, messages) => sum + messages.count, 0)));
process.once('disconnect', () => process.exit());
