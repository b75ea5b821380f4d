import { isCollection } from 'immutable';
import type { Collection } from 'immutable';

/**
 * The same value, of which nothing can be changed any more: a handler or a rule that tries does so in vain and throws.
 * @throws Error when it holds what cannot be frozen: a `Map`, a `Set`, a `Date`, a collection that is still being changed
 */
export function frozen<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  if (isCollection(value)) {
    const collection = value as Collection<unknown, unknown> & { readonly __ownerID?: unknown };
    if (collection.__ownerID) throw new Error('the state holds a collection that is still being changed');
    for (const each of collection.values()) frozen(each);
    return value;
  }
  const made = Object.getPrototypeOf(value) as object | null;
  if (!Array.isArray(value) && made !== Object.prototype && made !== null) {
    throw new Error(`the state holds a ${made?.constructor.name}, which can change while a rule looks at it`);
  }
  Object.freeze(value);
  for (const each of Object.values(value)) frozen(each);
  return value;
}
