import type { Actor } from '../../../libs/event-store/event-store.js';
import { iso } from './calendar.js';
import type { Calendar } from './calendar.js';

/** A command with its time. */
export interface Told {
  readonly at: string;
  readonly actor: Actor;
  /** What must have happened before, as far as these customers are concerned; everything when it names none. */
  readonly about: readonly string[];
  /** An instance of a command class. */
  readonly command: object;
  /** What people say when they are asked why. */
  readonly reason?: string;
}

/** Collects what happens, in any order; what would happen after the end has not happened. */
export class Chronicle {
  readonly #told: { readonly time: number; readonly told: Told }[] = [];

  constructor(readonly calendar: Calendar) {}

  tell(time: number, actor: Actor, about: readonly string[], command: object, reason?: string): void {
    if (time > this.calendar.end) return;
    const why = reason === undefined ? {} : { reason };
    this.#told.push({ time, told: { at: iso(time), actor, about, command, ...why } });
  }

  /** Takes over what another one collected. */
  add(chapter: Chronicle): void {
    this.#told.push(...chapter.#told);
  }

  /** Everything, in the order in which it happened; at the same moment in the order in which it was told. */
  inOrder(): readonly Told[] {
    return this.#told.toSorted((a, b) => a.time - b.time).map(({ told }) => told);
  }
}
