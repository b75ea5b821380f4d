/** What became of each field that changed, by field. */
export type Changes<Details> = {
  readonly [Field in keyof Details]?: { readonly from: Details[Field]; readonly to: Details[Field] };
};

/** What is wanted and differs from what is there, as the history will show it; `undefined` when nothing does. */
export function differences<Details extends object>(
  before: Details,
  wanted: { readonly [Field in keyof Details]?: Details[Field] | undefined },
): Changes<Details> | undefined {
  const changes = Object.entries(wanted).flatMap(([field, to]) => {
    const from = before[field as keyof Details];
    return to === undefined || JSON.stringify(from) === JSON.stringify(to) ? [] : [[field, { from, to }] as const];
  });
  return changes.length === 0 ? undefined : (Object.fromEntries(changes) as Changes<Details>);
}

/** The fields that changed, with their new values. */
export const newValues = <Details>(changes: Changes<Details>): Partial<Details> =>
  Object.fromEntries(
    Object.entries<{ readonly to: unknown }>(changes as never).map(([field, { to }]) => [field, to]),
  ) as Partial<Details>;
