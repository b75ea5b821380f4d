import { Map as HashMap, Set as HashSet } from 'immutable';
import type { OrderedMap } from 'immutable';
import { normalForm } from '../text.js';

/**
 * Ids of units, positions and employees by what rules look them up by, so that no decision looks through all of them. It
 * follows from the rest of the state: `evolve` brings it up to date with each change, and nothing else does.
 */
export type Lookup = HashMap<string, HashSet<string>>;

export const emptyLookup: Lookup = HashMap();

/** What is looked up. */
export const by = {
  /** Open units at this place; `null` is the top. */
  parent: (orgUnitId: string | null) => `parent ${orgUnitId}`,
  /** Open units of this name, in its normal form, at this place. */
  name: (parentId: string | null, name: string) => `name ${parentId} ${normalForm(name)}`,
  /** Open units that this position leads. */
  head: (positionId: string) => `head ${positionId}`,
  /** Positions in this unit, retired ones too. */
  unit: (orgUnitId: string) => `unit ${orgUnitId}`,
  /** Live positions that report to this one. */
  superior: (positionId: string) => `superior ${positionId}`,
  /** Employees who hold this position, or held it until an end that was foreseen. */
  position: (positionId: string) => `position ${positionId}`,
  /** Those of them with an end that is foreseen. */
  ending: (positionId: string) => `ending ${positionId}`,
  /** Employees who ever named this one as their deputy. */
  deputy: (employeeId: string) => `deputy ${employeeId}`,
};

export const found = (lookup: Lookup, key: string): HashSet<string> => lookup.get(key, none);

const none = HashSet<string>();

/** The lookup once this id is found under the keys of `after`, and no longer under those of `before`. */
export function refiled(lookup: Lookup, id: string, before: readonly string[], after: readonly string[]): Lookup {
  return lookup.withMutations((changed) => {
    for (const key of before) {
      if (after.includes(key)) continue;
      const rest = found(changed, key).delete(id);
      if (rest.isEmpty()) changed.delete(key);
      else changed.set(key, rest);
    }
    for (const key of after) changed.set(key, found(changed, key).add(id));
  });
}

/** These ids in the order in which they came to be. Looks through all of them only where there is an order to find. */
export function inOrder(all: OrderedMap<string, unknown>, ids: Iterable<string>): readonly string[] {
  const wanted = new Set(ids);
  return wanted.size < 2 ? [...wanted] : [...all.keys()].filter((id) => wanted.has(id));
}
