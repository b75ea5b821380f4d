/** Members of a problem document (RFC 9457) that say what every refusal says: a detail of the same name would be lost. */
export type ProblemMember = 'type' | 'title' | 'status' | 'detail' | 'instance' | 'code';

/** What a refusal says beside its code and message, by names that are none of these. */
export type Details = Readonly<Record<string, unknown>> & { readonly [Member in ProblemMember]?: never };

/**
 * Base class of all errors that callers see. `code` is kebab-case and stable: `docs/errors.md` is generated from the places
 * that construct one of these, and a test keeps page and code equal.
 */
export class Refusal extends Error {
  constructor(
    readonly code: string,
    message: string,
    /** What the caller needs to mend it: `field`, `unmet`, `candidates`, the current revision. Never personal data. */
    readonly details: Details = {},
    /** The HTTP status it is answered with; a rule that says no is 422. */
    readonly status: number = 422,
  ) {
    super(message);
    this.name = new.target.name;
  }
}

/** One refusal of several that are true at once: that of the first, with `unmet` for all. */
export function together([first, ...others]: readonly [Refusal, ...Refusal[]]): Refusal {
  const all = [first, ...others];
  const unmet = all.map(({ code, details }) => ({ code, ...details }));
  const message = all.map((each) => each.message).join(' ');
  return new Refusal(first.code, message, { ...first.details, unmet }, first.status);
}

/** What the request names does not exist, or is not of this kind. Also the answer when the caller may not see it. */
export class Missing extends Refusal {
  constructor(kind: string, id: string) {
    super(`${kind}-unknown`, `There is no ${kind} ${id}.`, { kind, id }, 404);
  }
}

/** The input cannot be understood, whatever the state is. `errors` names all that is wrong at once. */
export class Invalid extends Refusal {
  constructor(code: string, message: string, details: Details = {}) {
    super(code, message, details, 400);
  }
}

/** Another command has changed the stream. `current` is its revision now; 412 when the caller sent `If-Match`. */
export class RevisionConflict extends Refusal {
  constructor(stream: string, current: number, asked: 'by the caller' | 'by the rule') {
    super(
      asked === 'by the caller' ? 'revision-stale' : 'concurrency-conflict',
      current < 0 ? `There is no ${stream}.` : `${stream} is at revision ${current} now.`,
      { revision: current },
      asked === 'by the caller' ? 412 : 409,
    );
  }
}

/** Try again after `seconds`: nothing was done. */
export class Unavailable extends Refusal {
  constructor(
    code: string,
    message: string,
    readonly seconds: number,
    details: Details = {},
  ) {
    super(code, message, details, 503);
  }
}

/** The caller has asked too often: nothing was done, and the same can be asked again after `seconds`. */
export class TooMany extends Refusal {
  constructor(
    code: string,
    message: string,
    readonly seconds: number,
  ) {
    super(code, message, {}, 429);
  }
}

/** What stands in the way of more than one request, without what it means for the one that met it: `fault` of its details. */
export const faultOf = (error: Error): string =>
  error instanceof Refusal && typeof error.details['fault'] === 'string' ? error.details['fault'] : error.message;
