/** A kind of deadline: the events that set and settle it, and the command that records that it has passed. */
export interface DeadlineKind {
  readonly kind: string;
  /** Field of all these events with the id of the deadline's subject. */
  readonly subject: string;
  /** Events that set its times, ascending, replacing earlier ones. No times means no deadline. */
  readonly sets: Readonly<Record<string, (data: never) => readonly string[]>>;
  /** Events that record that one of its times has passed; later times remain. */
  readonly passes: Readonly<Record<string, (data: never) => string>>;
  /** Events that cancel it. */
  readonly settles: readonly string[];
  /** The command that records that a time has passed. Its rule decides whether that still matters. */
  readonly record: (subjectId: string, dueAt: string) => object;
}

interface Definition<Events> extends Omit<DeadlineKind, 'sets' | 'passes' | 'settles'> {
  readonly sets: { readonly [Type in keyof Events & string]?: (data: Events[Type]) => readonly string[] };
  readonly passes?: { readonly [Type in keyof Events & string]?: (data: Events[Type]) => string };
  readonly settles: readonly (keyof Events & string)[];
}

export function deadline<Events>({ passes = {}, ...definition }: Definition<Events>): DeadlineKind {
  return { ...definition, passes } as unknown as DeadlineKind;
}
