import { connect } from 'node:net';
import type { Socket } from 'node:net';

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What a server answers to exactly these bytes, until it hangs up. */
export async function answerTo(url: string, bytes: string | Buffer): Promise<RawAnswer> {
  const socket = await opened(url);
  socket.write(bytes);
  const text = await readToEnd(socket);
  const [head = '', body = ''] = text.split('\r\n\r\n', 2);
  const [line = '', ...lines] = head.split('\r\n');
  return {
    status: Number(line.split(' ')[1]),
    headers: Object.fromEntries(
      lines.map((each) => [each.split(':', 1)[0]!.toLowerCase(), each.replace(/^[^:]*:\s*/, '')]),
    ),
    body,
  };
}

export async function opened(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  return socket;
}

/** Everything that comes until the other side closes or resets. */
export async function readToEnd(socket: Socket): Promise<string> {
  const parts: Buffer[] = [];
  socket.on('data', (part: Buffer) => parts.push(part));
  await new Promise<void>((resolve) => socket.on('error', () => undefined).once('close', () => resolve()));
  return Buffer.concat(parts).toString();
}
