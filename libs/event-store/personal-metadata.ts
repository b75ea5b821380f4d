import type { PathIn, PersonalValues } from '../personal.js';
import type { Metadata } from './event-store.js';

/** Values that are about what the event is about: the thing in whose history it is listed. */
interface OfSubject {
  readonly of: 'subject';
  readonly paths: readonly PathIn<Metadata>[];
}

/** Personal values in the metadata of every event, and the path to the id of the person they are of. */
export const personalMetadata = [
  { of: 'actor.id', paths: ['actor.name'] },
  { of: 'subject', paths: ['reason'] },
] as const satisfies readonly (PersonalValues<Metadata> | OfSubject)[];

/** Names of the rule and of the file that made an event. */
export const harmlessMetadata = ['rule.name', 'importRow.file'] as const satisfies readonly PathIn<Metadata>[];
