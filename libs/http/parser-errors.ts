import { STATUS_CODES } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { Refusal } from '../errors.js';
import { notAllowed } from './methods.js';
import type { Methods } from './methods.js';
import { problemOf, PROBLEM_TYPE } from './problem.filter.js';

/** Error of Node's HTTP parser, before there is a request. */
export interface ParserError extends Error {
  readonly code?: string;
  /** The bytes that were being parsed, in a buffer. */
  readonly rawPacket?: unknown;
}

/** Answers invalid HTTP with a problem document, and closes the connection. */
export function answerParserError(error: ParserError, socket: Duplex, methods: Methods): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  endWith(refusalOf(error, methods), socket);
}

/** Refuses requests that Node handles before the router: by itself it closes the connection, or answers without a body. */
export function answerUnrouted(server: Server, methods: Methods): void {
  server.on('connect', ({ method }: IncomingMessage, socket: Duplex) => {
    socket.on('error', () => socket.destroy());
    endWith(notAllowed(method!, methods.at('*')!), socket);
  });
  server.on('checkExpectation', ({ headers }: IncomingMessage, response: ServerResponse) => {
    const problem = problemOf(
      new Refusal(
        'expectation-unknown',
        `The server cannot do what the header expect asks for: ${headers.expect}.`,
        {},
        417,
      ),
    );
    // The body, if there is one, is not read.
    response.writeHead(problem.status, { 'content-type': PROBLEM_TYPE, connection: 'close' });
    response.end(JSON.stringify(problem));
  });
}

/** Writes a refusal as the last thing on a connection. */
function endWith(refusal: Refusal, socket: Duplex): void {
  const body = JSON.stringify(problemOf(refusal));
  const allow = refusal.details['allow'] as readonly string[] | undefined;
  socket.end(
    [
      `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status]}`,
      `content-type: ${PROBLEM_TYPE}`,
      `content-length: ${Buffer.byteLength(body)}`,
      'connection: close',
      ...(allow ? [`allow: ${allow.join(', ')}`] : []),
      '',
      body,
    ].join('\r\n'),
  );
}

function refusalOf({ code, message, rawPacket }: ParserError, methods: Methods): Refusal {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new Refusal('request-timeout', 'The request was not sent to its end in time.', {}, 408);
    case 'HPE_HEADER_OVERFLOW':
      return new Refusal('headers-too-large', 'The headers of the request are too large.', {}, 431);
    case 'HPE_INVALID_METHOD': {
      const text = Buffer.isBuffer(rawPacket) ? rawPacket.toString('latin1') : '';
      const [, method = '', url = ''] = /^([!-~]{1,40}) ([!-~]+) HTTP/.exec(text) ?? [];
      const allowed = methods.at(url);
      if (allowed !== undefined) return notAllowed(method, allowed);
    }
  }
  return new Refusal('http-invalid', `This is no HTTP request: ${message}.`, {}, 400);
}
