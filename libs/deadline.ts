/** A kind of time that is to be recorded once it has passed: which events set it, which settle it, which command records it. */
export interface DeadlineKind {
  readonly kind: string;
  /** The field of all these events that says what the time is about. */
  readonly subject: string;
  /** Events that set it: its times in place of those before, ascending. Without any time there is no deadline. */
  readonly sets: Readonly<Record<string, (data: never) => readonly string[]>>;
  /** Events that record one of its times: those after it remain. */
  readonly passes: Readonly<Record<string, (data: never) => string>>;
  /** Events after which it does not matter any more. */
  readonly settles: readonly string[];
  /** The command that records that a time has passed. Its rule decides whether it still matters. */
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
