import { v5, v7, validate } from 'uuid';

/** Names of this project hash into ids of their own, apart from everybody else's version 5 ids. */
const annals = v5('annals', v5.URL);

/** A new id; later ids sort after earlier ones, which keeps unique indexes appending at their right edge. */
export const newId = (): string => v7();

/** The same name always gives the same id: what makes imports, retries and automation repeatable. */
export const idFrom = (...name: readonly string[]): string => v5(JSON.stringify(name), annals);

export const isId = (text: string): boolean => validate(text);
