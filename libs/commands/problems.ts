import { Invalid } from '../errors.js';

/** How many fields that are wrong a refusal lists: what a caller sends must not decide how long the answer is. */
const MOST_LISTED = 20;
/** How much of a field's name is shown, in characters. */
const LONGEST_NAME = 100;

/** What is wrong with the fields of one request. Values stay out of it, since they may be personal. */
export class Problems {
  readonly #listed: { readonly field: string; readonly messages: readonly string[] }[] = [];
  #count = 0;

  /** @param path what the field lies in, with a point behind it, or nothing */
  note(path: string, name: string, ...messages: readonly string[]): void {
    this.#list(`${path}${name}`, messages);
  }

  /** Notes a field that its form does not have. There can be any number of them, with names of any length. */
  unknown(path: string, name: string): void {
    if (this.#listed.length === MOST_LISTED) this.#count += 1;
    else this.#list(`${path}${shortened(name)}`, [`property ${shortened(name)} should not exist`]);
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

const shortened = (name: string): string => (name.length <= LONGEST_NAME ? name : `${name.slice(0, LONGEST_NAME)}…`);
