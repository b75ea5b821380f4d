import type { Command } from '@nestjs/cqrs';
import type { z } from 'zod';
import type { AnyCommand } from '../../commands/command.js';
import { fieldsOf, mayBeLeftOut, traitOf } from '../../commands/fields.js';
import type { Fields, Trait } from '../../commands/fields.js';
import type { Decided } from '../../event-store/streams.js';
import { asked } from '../asked.js';

/** A kind of thing that a row can create: `customer` where the field with its id is `customerId`. */
export type Kind = string;

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
  /** Whether a moment is a business time: one that has not come yet cannot have happened. */
  readonly happened?: true;
}

export const text: Field = { is: 'text' };
export const integer: Field = { is: 'integer' };
export const decimal: Field = { is: 'decimal' };
export const money: Field = { is: 'money' };
export const day: Field = { is: 'day' };
export const moment: Field = { is: 'moment' };
export const businessTime: Field = { is: 'moment', happened: true };
export const flag: Field = { is: 'flag' };
export const oneOf = (of: readonly string[]): Field => ({ is: 'choice', of });
export const ref = (to: Kind): Field => ({ is: 'ref', to });
export const list = (each: Field): Field => ({ is: 'list', each });
export const required = (field: Field): Field => ({ ...field, required: true });

/** Fields that are not empty, converted to what they are. */
export type Values = Readonly<Record<string, unknown>>;

/** A target of steps: one command. Fields have the names of the API's body for the same command. */
export interface Target {
  /** One sentence for the documentation. */
  readonly says: string;
  /** Kind of the thing that the command creates; absent when it is about an existing one. */
  readonly makes?: Kind;
  /** Whether what it creates has a stream of its own, which shows whether it exists; for the others the rules check that. */
  readonly hasStream?: true;
  /** The field that names what the command is about; in `also` it is what the row is about. */
  readonly about?: string;
  readonly fields: Readonly<Record<string, Field>>;
  /** Stream of the command; commands of one stream stay in order. */
  readonly stream: (id: string, values: Values) => string;
  readonly command: (id: string, values: Values, at: string) => Command<Decided>;
  /** What the id of the command is made of, where the command had another form in the version that first imported it. */
  readonly identity?: (command: never) => unknown;
}

/** What rows can become, by name. */
export type Targets = Readonly<Record<string, Target>>;

/** The field as text. The schema of the mapping, and the check of what is required, have seen to it that it is there. */
export const idIn = (values: Values, field: string): string => String(values[field]);

/** Fields of rows; null for a field of the command that rows do not have. */
type Said = Readonly<Record<string, Field | null>>;

/** What a step declares beyond its command. */
interface Unlike extends Pick<Target, 'says' | 'identity'> {
  /** Fields that a row has in another form than the command, or beside those of the command; one that a row has not is null. */
  readonly fields?: Said;
  /** Input of the command, from the values of a row. */
  readonly asks?: (values: Values, at: string) => Values;
  /** The stream the command is decided on, where that is not the one of what it is about. */
  readonly stream?: Target['stream'];
}

/** A step that sends this command, with the fields of the command; those of objects among them stand beside the others. */
export function step(command: AnyCommand, unlike: Unlike): Target {
  const { says, fields = {}, asks = (values) => values, stream, identity } = unlike;
  const { about, fields: own, creates = {} } = command.definition;
  const [created] = Object.keys(creates);
  const unlikeOwn = { ...(created !== undefined && { [created]: null }), ...fields };
  const parts = Object.entries(own).flatMap(([name, field]) => {
    const inside = name in unlikeOwn ? undefined : fieldsOf(field);
    return inside ? [{ name, fields: Object.keys(inside).filter((each) => !(each in unlikeOwn)) }] : [];
  });
  const isNew = created === about;
  return {
    says,
    ...(created !== undefined && { makes: kindOf(created) }),
    ...(isNew && stream === undefined && { hasStream: true }),
    ...(!isNew && { about }),
    ...(identity && { identity }),
    fields: {
      ...(!isNew && { [about]: required(ref(kindOf(about))) }),
      ...rowFields(own, unlikeOwn, command.name),
      ...said(fields),
    },
    stream: stream ?? ((id, values) => `${kindOf(about)}-${isNew ? id : idIn(values, about)}`),
    command: (id, { [about]: subject = id, ...values }, at) =>
      asked(
        command,
        String(subject),
        { ...(created !== undefined && !isNew && { [created]: id }), ...asks(together(values, parts), at) },
        parts.map(({ name }) => name),
      ),
  };
}

/** `orgUnitId` is the id of an `orgUnit`. */
const kindOf = (name: string): Kind => name.replace(/Id$/, '') as Kind;

const HOLDS: Readonly<Record<Trait['is'], (trait: Trait, place: string) => Field>> = {
  text: () => text,
  whole: () => integer,
  number: () => decimal,
  money: () => money,
  day: () => day,
  time: () => moment,
  flag: () => flag,
  choice: ({ words }) => oneOf(words!),
  list: ({ item }, place) => list(held(item as z.ZodType, place)),
  id: ({ names }, place) => {
    if (names === undefined) throw new Error(`${place} does not say what it is the id of.`);
    return ref(names as Kind);
  },
};

/**
 * What rows have for the fields of a command.
 * @param unlike what the step says of some of them
 * @param isNeeded whether the object that they are of may not be left out
 */
function rowFields(fields: Fields, unlike: Said, place: string, isNeeded = true): Record<string, Field> {
  const rows: Record<string, Field | null> = {};
  for (const [name, field] of Object.entries(fields)) {
    const isRequired = isNeeded && !mayBeLeftOut(field);
    const inside = fieldsOf(field);
    if (name in unlike) rows[name] = unlike[name]!;
    else if (inside) Object.assign(rows, rowFields(inside, unlike, place, isRequired));
    else rows[name] = isRequired ? required(held(field, `${place}.${name}`)) : held(field, `${place}.${name}`);
  }
  return said(rows);
}

const said = (fields: Said): Record<string, Field> =>
  Object.fromEntries(Object.entries(fields).flatMap(([name, field]) => (field ? [[name, field]] : [])));

interface Part {
  readonly name: string;
  readonly fields: readonly string[];
}

/** The values of a row with those of objects put together, where the row has any of them. */
function together(row: Values, parts: readonly Part[]): Values {
  return parts.reduce((values, { name, fields }) => {
    const { true: inside = [], false: beside = [] } = Object.groupBy(Object.entries(values), ([field]) =>
      fields.includes(field) ? 'true' : 'false',
    );
    return inside.length > 0 ? { ...Object.fromEntries(beside), [name]: Object.fromEntries(inside) } : values;
  }, row);
}

/** What rows have for a field. @throws Error for a list of objects: the step must say in which form rows have it */
function held(field: z.ZodType, place: string): Field {
  const trait = traitOf(field);
  if (!trait) throw new Error(`${place} is made of objects: say what rows have in its place.`);
  return HOLDS[trait.is](trait, place);
}
