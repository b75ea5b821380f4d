import { Controller, Get, Inject, Param } from '@nestjs/common';
import type { Type } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { commaSeparated, digits, word } from '../commands/query-fields.js';
import { text, time } from '../commands/fields.js';
import type { ValuesOf } from '../commands/fields.js';
import type { Subject } from '../context.js';
import { Asked, when } from '../http/asked.js';
import { IdPipe } from '../http/id.pipe.js';
import { Requires } from '../security/requires.js';
import { GetHistory } from './queries.js';

/** Which part of a history, filtered by kind, person and time. */
const part = {
  ...when,
  from: digits(0, Number.MAX_SAFE_INTEGER)
    .optional()
    .describe('Entries after this position: `next` of the page before.'),
  limit: digits(1, 1_000).optional(),
  types: commaSeparated(word(100), 100).optional().describe('Event types, with commas between them.'),
  actor: text(255).optional().describe('Id or name of who did it.'),
  since: time().optional().describe('Happened at this time or later.'),
  before: time().optional().describe('Happened before this time.'),
};

/** A controller with the history of each kind of subject, under the collection that it is in. */
export function historiesOf(subjects: Readonly<Record<string, Subject>>): Type {
  class Histories {
    constructor(@Inject(QueryBus) readonly queries: QueryBus) {}
  }
  for (const [name, subject] of Object.entries(subjects)) addRoute(Histories, name, subject);
  Controller()(Histories);
  ApiTags('history')(Histories);
  return Histories;
}

function addRoute(
  { prototype }: { readonly prototype: object },
  name: string,
  { collection, says: summary }: Subject,
): void {
  const key = `history of ${name}`;
  function history(this: { readonly queries: QueryBus }, id: string, range: ValuesOf<typeof part>) {
    return this.queries.execute(new GetHistory(name, id, range));
  }
  const method = { value: history, writable: true, configurable: true };
  Object.defineProperty(prototype, key, method);
  Param('id', IdPipe)(prototype, key, 0);
  Asked(part)(prototype, key, 1);
  const operationId = `GetHistoryOf${name.replaceAll(/(^|-)(\w)/g, (_, __, letter: string) => letter.toUpperCase())}`;
  for (const decorate of [
    Get(`${collection}/:id/history`),
    Requires('audit.read'),
    ApiOperation({ summary, operationId }),
    ApiOkResponse({ schema: { $ref: '#/components/schemas/History' } }),
  ])
    decorate(prototype, key, method);
}
