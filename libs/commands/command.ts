import type { Command as NestCommand } from '@nestjs/cqrs';
import type { Decided } from '../event-store/streams.js';
import type { Fields, Form, ValuesOf } from './fields.js';
import { part } from './fields.js';

/** What a command says once of itself. */
export interface Definition<About extends string = string, Shape extends Fields = Fields, In extends string = string> {
  /** One sentence for the documentation: what it does. */
  readonly says: string;
  /** Name of the field that says what the command is about. */
  readonly about: About;
  /** Id of its stream, where that is not what it is about. */
  readonly stream?: string;
  /** Path of its route; ids of the path are fields. Without one, only the program itself sends it. */
  readonly post?: string;
  /** The permission to send it: `<context>.<action>`. */
  readonly requires?: string;
  /** What it asks for. */
  readonly fields: Shape;
  /** The property that holds the fields, for rules that take them as one; without it they are properties of the command. */
  readonly in?: In;
  /** What holds for its fields together. */
  readonly whole?: (form: Form) => Form;
  /** What it makes, by the field with its id: a kind, from which a new id comes, or how the id follows from the fields. */
  readonly creates?: Readonly<Record<string, string | ((values: never) => string)>>;
}

/** The command bus knows commands by their types only: so rules, processes and imports are loaded without the framework. */
const Sent = class {} as unknown as abstract new () => NestCommand<Decided>;

/** What is sent to the command bus, and answered with where its events lie. */
export abstract class Command extends Sent {
  /**
   * What was asked for, as it came: what is compared when an idempotency key comes a second time. A field that a later version
   * of the program adds is not in it, so what was recorded then is still the same.
   */
  readonly given: unknown;
}

/** The fields of a command as properties. */
type Properties<Shape extends Fields, In> = [In] extends [never]
  ? ValuesOf<Shape>
  : { readonly [In_ in In & string]: ValuesOf<Shape> };

export interface CommandClass<About extends string = string, Shape extends Fields = Fields, In extends string = never> {
  /** Of fields in the form that is recorded, by the program itself. */
  new (
    about: string,
    ...values: Record<string, never> extends ValuesOf<Shape> ? [values?: ValuesOf<Shape>] : [values: ValuesOf<Shape>]
  ): Command & { readonly [Field in About]: string } & Properties<Shape, In>;
  readonly definition: Definition<About, Shape, In>;
  /** The form of all its fields. */
  readonly form: ReturnType<typeof part<Shape>>;
}

/**
 * The class of a command. Its fields, their form in requests and imports, its route and its permission are stated here and
 * nowhere else.
 */
export function command<const About extends string, const Shape extends Fields, const In extends string = never>(
  definition: Definition<About, Shape, In>,
): CommandClass<About, Shape, In> {
  const { about, fields, in: property, whole = (form) => form } = definition as Definition;
  class Defined extends Command {
    static readonly definition = definition;
    static readonly form = whole(part(fields));

    constructor(subject: string, values: object = {}) {
      super();
      Object.assign(this, { [about]: subject }, property === undefined ? values : { [property]: values });
      Object.defineProperty(this, 'given', {
        value: { [about]: subject, ...values },
        enumerable: false,
        writable: true,
      });
    }
  }
  return Defined as unknown as CommandClass<About, Shape, In>;
}

/** Any class that `command` has made. */
export interface AnyCommand {
  new (about: string, values: never): Command;
  readonly name: string;
  readonly definition: Definition;
  readonly form: Form;
}
