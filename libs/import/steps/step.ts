import type { Command } from '@nestjs/cqrs';
import type { z } from 'zod';
import type { AnyCommand } from '../../commands/command.js';
import { traitOf } from '../../commands/fields.js';
import type { Trait } from '../../commands/fields.js';
import type { Decided } from '../../event-store/streams.js';
import { asked } from '../asked.js';
import type { Values } from '../values.js';

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
  /** What the id of the command is made of, where the command has another form now than in the version that first imported it. */
  readonly identity?: (command: never) => unknown;
}

/** The field as text. The schema of the mapping, and the check of what is required, have seen to it that it is there. */
export const idIn = (values: Values, field: string): string => String(values[field]);

/** What a step says beside the definition of its command. */
interface Differences extends Pick<Target, 'says' | 'identity'> {
  /** Category of the stream, where that is not the kind of what the command is about. */
  readonly on?: string;
  /** Fields of the command that a row does not have. */
  readonly without?: readonly string[];
  /** Fields that only rows have, or that are another kind of value there. */
  readonly fields?: Readonly<Record<string, Field>>;
  /** Makes what the command is asked with of the fields of the row. Without it they are the same. */
  readonly values?: (values: Values, at: string) => Values;
}

/** A step whose fields are those of its command: all but what it creates, and with what it is about. */
export function step(command: AnyCommand, differences: Differences): Target {
  const { says, identity, on, without = [], fields = {}, values: given = (values) => values } = differences;
  const { about, creates = {}, fields: asks, stream } = command.definition;
  const subject = about.replace(/Id$/, '') as Kind;
  const [made] = Object.entries(creates).flatMap(([name, kind]) => (typeof kind === 'string' ? [{ name, kind }] : []));
  const isNew = made?.name === about;
  const ofCommand = Object.entries(asks).filter(([name]) => !(name in creates) && !without.includes(name));
  const idOf = (id: string, values: Values) => stream ?? (isNew ? id : idIn(values, about));
  return {
    says,
    ...(made && { makes: made.kind as Kind }),
    ...(!isNew && { about }),
    ...(identity && { identity }),
    fields: {
      ...(!isNew && { [about]: required(ref(subject)) }),
      ...Object.fromEntries(ofCommand.map(([name, field]) => [name, fields[name] ?? fieldOf(name, field)])),
      ...fields,
    },
    stream: (id, values) => `${on ?? subject}-${idOf(id, values)}`,
    command(id, { [about]: named, ...values }, at) {
      const more = made && !isNew ? { [made.name]: id } : {};
      return asked(command, isNew ? id : String(named), { ...given(values, at), ...more });
    },
  };
}

const FORMS: Readonly<Record<Exclude<Trait['is'], 'id' | 'choice' | 'list'>, Field['is']>> = {
  text: 'text',
  day: 'day',
  time: 'moment',
  whole: 'integer',
  number: 'decimal',
  flag: 'flag',
  money: 'money',
};

function fieldOf(name: string, asks: z.ZodType): Field {
  const field = formOf(name, asks);
  return asks.safeParse(undefined).success ? field : required(field);
}

/** @throws Error for what no cell can hold: the step says how rows have it, or that they do not */
function formOf(name: string, asks: z.ZodType): Field {
  const { is, words, names, item } = traitOf(asks) ?? {};
  if (is === 'choice') return oneOf(words!);
  if (is === 'list') return list(formOf(name, item as z.ZodType));
  if (is === 'id' && names !== undefined) return ref(names as Kind);
  if (is === undefined || is === 'id') throw new Error(`The step does not say how rows have the field ${name}.`);
  return { is: FORMS[is] };
}
