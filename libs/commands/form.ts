import type { z } from 'zod';
import { Problems } from './problems.js';

/**
 * The values of a form as they are recorded.
 * @param what the value is, for a refusal: `body`, `query`
 * @throws Invalid `validation-failed`, naming all that is wrong at once
 */
export function checked<T>(form: z.ZodType<T>, value: unknown, what: string): T {
  const { data, error } = form.safeParse(value);
  if (!error) return data!;
  throw problemsOf(error, what).refusal();
}

function problemsOf({ issues }: z.core.$ZodError, what: string): Problems {
  const problems = new Problems();
  for (const [field, ofField] of Map.groupBy(issues, ({ path }) => path.join('.'))) {
    const { path: parts } = ofField[0]!;
    // An item of a list is named with its list.
    const name = parts
      .slice(
        Math.max(
          0,
          parts.findLastIndex((part) => typeof part === 'string'),
        ),
      )
      .join('.');
    const path = field.slice(0, field.length - name.length);
    const wrong = ofField.filter(({ code }) => code !== 'unrecognized_keys');
    if (wrong.length > 0)
      problems.note(path, name || what, ...wrong.map(({ message }) => `${name || `the ${what}`} ${message}`));
    for (const issue of ofField) {
      if (issue.code !== 'unrecognized_keys') continue;
      for (const key of issue.keys) problems.unknown(field === '' ? '' : `${field}.`, key);
    }
  }
  return problems;
}
