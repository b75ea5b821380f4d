import type { Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';

/** Bytes that are invalid in the encoding of the file. */
export class Undecodable extends Error {
  constructor(readonly line: number) {
    super(`line ${line} cannot be decoded`);
    this.name = 'Undecodable';
  }
}

/**
 * Reads a file as text in parts, with `\n` for every kind of line end.
 * @param skipLines number of lines at the beginning that are skipped
 * @param hash receives every byte
 * @throws Undecodable, naming the line
 */
export async function* textOf(
  path: string,
  encoding: string,
  skipLines: number,
  hash: Hash,
): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  let carriage = '';
  let left = skipLines;
  const taken = (text: string): string => {
    carriage = text.endsWith('\r') ? '\r' : '';
    let from = 0;
    const lines = (carriage ? text.slice(0, -1) : text).replace(/\r\n?/g, '\n');
    for (; left > 0; left -= 1) {
      const end = lines.indexOf('\n', from);
      if (end === -1) return '';
      from = end + 1;
    }
    return from === 0 ? lines : lines.slice(from);
  };
  try {
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
      hash.update(chunk);
      // A carriage return at the end may be half of a line break.
      yield taken(carriage + decoder.decode(chunk, { stream: true }));
    }
    const last = carriage + decoder.decode();
    yield taken(last.endsWith('\r') ? `${last}\n` : last);
  } catch (error) {
    throw isUndecodable(error) ? new Undecodable(await firstUndecodableLine(path, encoding)) : error;
  }
}

const isUndecodable = (error: unknown): boolean =>
  (error as { code?: unknown }).code === 'ERR_ENCODING_INVALID_ENCODED_DATA';

/** Finds the first invalid line by reading the file again, since decoders do not say where an error is. */
async function firstUndecodableLine(path: string, encoding: string): Promise<number> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  let line = 1;
  try {
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
      for (let from = 0; from < chunk.length;) {
        const end = chunk.indexOf(0x0a, from);
        decoder.decode(chunk.subarray(from, end === -1 ? chunk.length : end + 1), { stream: true });
        if (end === -1) break;
        line += 1;
        from = end + 1;
      }
    }
    decoder.decode();
  } catch (error) {
    if (!isUndecodable(error)) throw error;
  }
  return line;
}
