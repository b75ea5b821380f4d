import { Invalid } from '../errors.js';

/** Every type of event that the program knows. */
export class EventTypes {
  constructor(readonly known: ReadonlySet<string>) {}

  /**
   * @throws Invalid `event-type-unknown`, with those that are called alike: of an unknown type there would be nothing, for
   * ever
   */
  check(types: readonly string[] = [], field = 'types'): void {
    const unknown = types.filter((type) => !this.known.has(type));
    if (unknown.length === 0) return;
    const alike = [...this.known].filter((each) =>
      unknown.some((type) => each.toLowerCase().includes(type.toLowerCase())),
    );
    throw new Invalid('event-type-unknown', `There is no event type ${unknown.join(', ')}.`, {
      field,
      candidates: alike.length > 0 ? alike : [...this.known].sort(),
    });
  }
}
