import { Invalid } from '../errors.js';

/** All event types of the catalogue. */
export class EventTypes {
  constructor(readonly known: ReadonlySet<string>) {}

  /**
   * @throws Invalid `event-type-unknown`, with similar names; a filter by an unknown type would never find anything
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
