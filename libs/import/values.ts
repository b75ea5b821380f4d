/** Fields of a row that are not empty, converted to what they are. */
export type Values = Readonly<Record<string, unknown>>;
