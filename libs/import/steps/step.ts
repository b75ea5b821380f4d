import type { Command } from '@nestjs/cqrs';
import { z } from 'zod';
import type { AnyCommand } from '../../commands/command.js';
import { traitOf } from '../../commands/fields.js';
import type { Fields } from '../../commands/fields.js';
import type { Decided } from '../../event-store/streams.js';
import { asked } from '../asked.js';

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
  /**
   * What tells one row from another, where that is not the command as JSON: the id of the command of a row is made of this, and must
   * be what it was when the row was imported before.
   */
  readonly identity?: (made: never) => object;
}

/** The field as text. The schema of the mapping, and the check of what is required, have seen to it that it is there. */
export const idIn = (values: Values, field: string): string => String(values[field]);

/** What a row says otherwise than the command that it becomes. */
export interface Difference<Made> {
  /** One sentence for the documentation of imports. */
  readonly says: string;
  /** Fields of the command that rows do not fill. */
  readonly without?: readonly string[];
  /** Fields that rows have in another form, or that the command does not have. */
  readonly fields?: Readonly<Record<string, Field>>;
  /** What the command is asked for, of the values of a row. @param at business time of the row */
  readonly asks?: (values: Values, at: string) => Values;
  /** See `Target`. */
  readonly identity?: (made: Made) => object;
}

/**
 * A step that becomes a command. Its fields are those of the command, those of objects among them beside the others; the field that names
 * what the command is about comes first.
 */
export function step<C extends AnyCommand>(command: C, difference: Difference<InstanceType<C>>): Target {
  const { about, creates = {}, stream: streamId, fields } = command.definition;
  const { says, without = [], fields: others = {}, asks = (values) => values, identity } = difference;
  const [made] = Object.keys(creates);
  const kind = kindOf(about);
  const parts = Object.entries(fields).flatMap(([name, field]) => {
    const shape = shapeOf(field);
    return shape ? [[name, Object.keys(shape).filter((each) => !without.includes(each))] as const] : [];
  });
  return {
    says,
    ...(made !== undefined && { makes: kindOf(made) }),
    ...(made !== about && { about }),
    fields: {
      ...(made !== about && { [about]: required(ref(kind)) }),
      ...fieldsOf(fields, [...Object.keys(creates), ...without]),
      ...others,
    },
    stream: (id, values) => `${kind}-${streamId ?? (made === about ? id : idIn(values, about))}`,
    command(id, { [about]: subject = id, ...row }, at) {
      const values = asks(together(row, parts), at);
      const all = made === undefined || made === about ? values : { ...values, [made]: id };
      return asked(
        command,
        String(subject),
        all,
        parts.map(([name]) => name),
      );
    },
    ...(identity && { identity }),
  };
}

/** The kind of thing that a field names: `taskId` is the id of a task. */
const kindOf = (field: string): Kind => field.replace(/Id$/, '') as Kind;

const inner = (field: z.ZodType): z.ZodType =>
  field instanceof z.ZodOptional || field instanceof z.ZodNullable || field instanceof z.ZodDefault
    ? inner(field.unwrap() as z.ZodType)
    : field;

/** The fields of an object of fields; money is a value. */
function shapeOf(field: z.ZodType): Fields | undefined {
  const object = inner(field);
  return object instanceof z.ZodObject && traitOf(object) === undefined ? (object.shape as Fields) : undefined;
}

const mayBeLeftOut = (field: z.ZodType): boolean => field.safeParse(undefined).success;

/** Fields of rows for those of a command. Those of an object that may be left out may be left out. */
function fieldsOf(fields: Fields, without: readonly string[], least = true): Record<string, Field> {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, field]) => {
      if (without.includes(name)) return [];
      const needed = least && !mayBeLeftOut(field);
      const shape = shapeOf(field);
      if (shape) return Object.entries(fieldsOf(shape, without, needed));
      return [[name, needed ? required(fieldOf(name, field)) : fieldOf(name, field)] as const];
    }),
  );
}

/** @throws Error for a field that a row cannot hold: the step says what stands for it */
function fieldOf(name: string, field: z.ZodType): Field {
  const { is, words = [], names, item } = traitOf(field) ?? {};
  switch (is) {
    case 'id':
      return ref(names as Kind);
    case 'time':
      return moment;
    case 'choice':
      return oneOf(words);
    case 'whole':
      return integer;
    case 'list':
      return list(fieldOf(name, item as z.ZodType));
    case undefined:
      throw new Error(`A row has no form for ${name}.`);
    default:
      return { is };
  }
}

/** The values of a row, with those of objects put together where the row has any of them. */
function together(row: Values, parts: readonly (readonly [name: string, fields: readonly string[]])[]): Values {
  const values: Record<string, unknown> = { ...row };
  for (const [name, fields] of parts) {
    const present = fields.filter((field) => field in row);
    if (present.length === 0) continue;
    values[name] = Object.fromEntries(present.map((field) => [field, row[field]]));
    for (const field of present) if (field !== name) delete values[field];
  }
  return values;
}
