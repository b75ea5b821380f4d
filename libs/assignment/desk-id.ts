import { idFrom } from '../ids.js';
import { normalForm } from '../text.js';
import type { DeskKind } from './events.js';

/** There is one desk for leads and one for customers. */
export const deskIdOf = (deskKind: DeskKind): string => idFrom('assignment desk', deskKind);

/** A rule is known by its name on its desk: publishing under the same name makes its next version. */
export const ruleIdOf = ({ deskKind, name }: { readonly deskKind: DeskKind; readonly name: string }): string =>
  idFrom('assignment rule', deskKind, normalForm(name));
