import type { Command } from '@nestjs/cqrs';
import type { Decided } from '../../event-store/streams.js';

/** Kinds of things a row can make, by the id its key gives. */
export type Kind =
  | 'orgUnit'
  | 'position'
  | 'employee'
  | 'customer'
  | 'contact'
  | 'interaction'
  | 'purchase'
  | 'pipeline'
  | 'opportunity'
  | 'task';

/** Kinds with a stream of their own, by which one can see whether there is such a thing; of the others the rules know. */
export const streamOf: Readonly<Partial<Record<Kind, string>>> = {
  customer: 'customer',
  pipeline: 'pipeline',
  opportunity: 'opportunity',
  task: 'task',
};

export interface Field {
  readonly is:
    'text' | 'integer' | 'decimal' | 'money' | 'day' | 'moment' | 'flag' | 'choice' | 'ref' | 'list' | 'given';
  readonly required?: boolean;
  /** Values of a choice. */
  readonly of?: readonly string[];
  /** Kind of thing a reference is to. */
  readonly to?: Kind;
  /** What the entries of a list are. */
  readonly each?: Field;
  /** Form of what is written out in the mapping itself. */
  readonly schema?: object;
}

export const text: Field = { is: 'text' };
export const integer: Field = { is: 'integer' };
export const decimal: Field = { is: 'decimal' };
export const money: Field = { is: 'money' };
export const day: Field = { is: 'day' };
export const moment: Field = { is: 'moment' };
export const flag: Field = { is: 'flag' };
export const oneOf = (of: readonly string[]): Field => ({ is: 'choice', of });
export const ref = (to: Kind): Field => ({ is: 'ref', to });
export const list = (each: Field): Field => ({ is: 'list', each });
export const required = (field: Field): Field => ({ ...field, required: true });

/** Fields that are not empty, converted to what they are. */
export type Values = Readonly<Record<string, unknown>>;

/** What a step can make of a row: one command. Names of fields are those of the API's body for the same command. */
export interface Target {
  /** One sentence for the documentation. */
  readonly says: string;
  /** What the key of the step names; without it the command is about something that is there. */
  readonly makes?: Kind;
  /** The field that names what the command is about; in `also` it is what the row is about. */
  readonly about?: string;
  readonly fields: Readonly<Record<string, Field>>;
  /** What has to stay in order: the stream the command is decided on. */
  readonly stream: (id: string, values: Values) => string;
  readonly command: (id: string, values: Values, at: string) => Command<Decided>;
}

/** The field as text. The schema of the mapping, and the check of what is required, have seen to it that it is there. */
export const idIn = (values: Values, field: string): string => String(values[field]);
