/** What comes after a value in a path: `.field` for each field of an object, `[]` for each entry of a list. */
type Tail<Value> = Value extends null | undefined
  ? never
  : Value extends string | number | boolean
    ? ''
    : Value extends readonly (infer Entry)[]
      ? `[]${Tail<Entry>}`
      : { [Field in keyof Value & string]-?: `.${Field}${Tail<Value[Field]>}` }[keyof Value & string];

/** Paths to the plain values in data: `details.name`, `details.channels[].value`. */
export type PathIn<Data> = {
  [Field in keyof Data & string]-?: `${Field}${Tail<Data[Field]>}`;
}[keyof Data & string];

/** Personal values in one event that are of the same person. */
export interface PersonalValues<Data> {
  /** Path to the id of that person. Where it leads to null, what the event is about is not known to be of a person yet. */
  readonly of: PathIn<Data>;
  readonly paths: readonly PathIn<Data>[];
}

/** By type of event: the personal values in its data, one entry for each person. Values that are not listed stay readable for ever. */
export type Personal<Events> = { readonly [Type in keyof Events]?: readonly PersonalValues<Events[Type]>[] };

/** By type of event: values that look personal by their name or content and are not. */
export type Harmless<Events> = { readonly [Type in keyof Events]?: readonly PathIn<Events[Type]>[] };
