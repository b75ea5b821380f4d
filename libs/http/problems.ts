import type { ValidationError } from 'class-validator';
import { Invalid } from '../errors.js';

/** How many fields that are wrong a refusal lists: what a caller sends must not decide how long the answer is. */
const MOST_LISTED = 20;
/** How much of a field's name is shown, in characters. */
const LONGEST_NAME = 100;

/** What is wrong with the fields of one request. Values stay out of it, since they may be personal. */
export class Problems {
  readonly #listed: { readonly field: string; readonly messages: readonly string[] }[] = [];
  readonly #fields = new Set<string>();
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** @param path what the field lies in, with a point behind it, or nothing */
  note(path: string, name: string, ...messages: readonly string[]): void {
    const field = `${path}${name}`;
    this.#fields.add(field);
    this.#list(field, messages);
  }

  /** Notes a field that its form does not have. There can be any number of them, with names of any length. */
  unknown(path: string, name: string): void {
    if (this.#listed.length === MOST_LISTED) this.#count += 1;
    else this.#list(`${path}${shortened(name)}`, [`property ${shortened(name)} should not exist`]);
  }

  /** Notes what the decorators found, apart from fields that were noted before. */
  validated(errors: readonly ValidationError[], path = ''): void {
    for (const { property, value, constraints, children = [] } of errors) {
      const isKnown = this.#fields.has(`${path}${property}`);
      if (constraints && !isKnown) this.note(path, property, ...messagesOf(constraints, value));
      this.validated(children, `${path}${property}.`);
    }
  }

  #list(field: string, messages: readonly string[]): void {
    this.#count += 1;
    if (this.#listed.length < MOST_LISTED) this.#listed.push({ field, messages });
  }

  refusal(): Invalid {
    const more = this.#count - this.#listed.length;
    const fields = this.#count === 1 ? 'A field is' : `${this.#count} fields are`;
    const listed = more === 0 ? '' : `; ${this.#listed.length} of them are listed`;
    return new Invalid('validation-failed', `${fields} wrong${listed}.`, {
      errors: this.#listed,
      ...(more > 0 && { more }),
    });
  }
}

/** Checks that a value of another kind fails, by their names, with what is of their kind. */
const KINDS: Readonly<Record<string, (value: unknown) => boolean>> = {
  isInt: (value) => typeof value === 'number',
  isNumber: (value) => typeof value === 'number',
  isBoolean: (value) => typeof value === 'boolean',
  isString: (value) => typeof value === 'string',
  matches: (value) => typeof value === 'string',
  isArray: (value) => Array.isArray(value),
  isObject: (value) => typeof value === 'object' && value !== null,
};

/** What is left out or of another kind fails every check of its field: the check of its kind says all there is to say. */
function messagesOf(constraints: Readonly<Record<string, string>>, value: unknown): readonly string[] {
  const kind = Object.keys(constraints).find((name) => KINDS[name]?.(value) === false);
  return kind === undefined ? Object.values(constraints) : [constraints[kind]!];
}

const shortened = (name: string): string => (name.length <= LONGEST_NAME ? name : `${name.slice(0, LONGEST_NAME)}…`);
