import { Body, Query } from '@nestjs/common';
import type { PipeTransform } from '@nestjs/common';
import type { z } from 'zod';
import { commaSeparated, digits } from '../commands/query-fields.js';
import { dayOrTime, oneOf, part, text } from '../commands/fields.js';
import type { Fields, Form } from '../commands/fields.js';
import { checked } from '../commands/form.js';

/** Checks the parameters of a query by its form. */
export class QueryPipe implements PipeTransform {
  readonly form: z.ZodObject<Record<string, z.ZodType>>;

  constructor(fields: Fields) {
    this.form = part(fields);
  }

  transform(value: unknown): unknown {
    return checked(this.form, value, 'query');
  }
}

/** The parameters of a query, in the form of these fields. */
export const Asked = (fields: Fields): ParameterDecorator => Query(new QueryPipe(fields));

/** Checks a body that is no command by its form. */
export class BodyPipe implements PipeTransform {
  /** @param name of the form in the documentation */
  constructor(
    readonly name: string,
    readonly form: Form,
  ) {}

  transform(value: unknown = {}): unknown {
    return checked(this.form, value, 'body');
  }
}

/** The body of a request that is more, or less, than one command. */
export const Given = (name: string, fields: Fields): ParameterDecorator => Body(new BodyPipe(name, part(fields)));

/** Parameters for the moment that a query is about. */
export const when = {
  after: digits(0, Number.MAX_SAFE_INTEGER)
    .optional()
    .describe('Position a command answered with: wait until the answer shows it.'),
  asOf: dayOrTime()
    .optional()
    .describe(
      'A past moment, or a day, which means its end in the zone of a report or else in that of the installation.',
    ),
  axis: oneOf(['occurred', 'recorded'])
    .optional()
    .describe('Whether `asOf` means what had happened by then or what was known by then.'),
};

/** The same for a query about one document. */
export const documentWhen = {
  ...when,
  atRevision: digits(0, Number.MAX_SAFE_INTEGER).optional().describe("Revision of the document's own stream."),
};

/** A page of a list. */
export const page = {
  ...when,
  limit: digits(1, 500).optional().describe('How many.'),
  cursor: text(2_000).optional().describe('`next` of the page before.'),
};

/** Documents that the items of a list name, to be sent with them. */
export const include = <const Word extends string>(...words: readonly [Word, ...Word[]]) =>
  commaSeparated(oneOf(words), words.length)
    .optional()
    .describe('What of that which the items name is sent with them, under `included`, with commas between the words.');
