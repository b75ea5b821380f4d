import { InvalidArgumentError, Option } from 'commander';
import { isDay, utc } from '../../libs/time.js';

/** What every command takes. */
export interface Common {
  readonly json?: true;
  readonly data?: string;
  readonly extensions?: string;
}

/** A whole number within bounds. @throws InvalidArgumentError, which the command line answers with how it is used */
export const wholeNumber =
  (least: number, most: number) =>
  (text: string): number => {
    const number = Number(text);
    if (/^\d{1,16}$/.test(text) && number >= least && number <= most) return number;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  };

export const port = wholeNumber(0, 65_535);

export function portOrOff(text: string): number | 'off' {
  if (text === 'off') return text;
  const number = Number(text);
  if (/^\d{1,5}$/.test(text) && number <= 65_535) return number;
  throw new InvalidArgumentError('It must be a whole number from 0 to 65535, or off.');
}

export function day(text: string): string {
  if (isDay(text)) return text;
  throw new InvalidArgumentError('It must be a day that exists, as YYYY-MM-DD.');
}

/** A folder; the empty name would stand for the root of the disk. */
export function folder(text: string): string {
  if (text.trim() !== '' && !text.includes('\u0000')) return text;
  throw new InvalidArgumentError('It must be the name of a folder.');
}

/** A day, or a moment in UTC. */
export function moment(text: string): string {
  if (isDay(text)) return text;
  const time = utc(text);
  if (time !== undefined) return time;
  throw new InvalidArgumentError('It must be a day, or an ISO 8601 time with offset such as 2026-01-31T09:00:00Z.');
}

/** Values with commas between them; given again, it adds to them. */
export function list(text: string, before: readonly string[] = []): readonly string[] {
  const values = text.split(',').map((each) => each.trim());
  if (values.every((each) => each !== '')) return [...before, ...values];
  throw new InvalidArgumentError('It must be a list with commas between its values.');
}

/** A list that may be empty, as nothing else can be said to stand for none. */
export const listOrNone = (text: string, before: readonly string[] = []): readonly string[] =>
  text.trim() === '' ? before : list(text, before);

/** Values by what they are values of; given again, it adds to them. An empty value is one that is not known. */
export function values(
  text: string,
  before: Readonly<Record<string, readonly (string | null)[]>> = {},
): Readonly<Record<string, readonly (string | null)[]>> {
  const [, name, given] = /^\s*([^\s=]+)\s*=(.*)$/s.exec(text) ?? [];
  if (name === undefined || given === undefined) {
    throw new InvalidArgumentError('It must be a dimension, an equals sign and values with commas between them.');
  }
  const wanted = given.split(',').map((each) => each.trim() || null);
  return { ...before, [name]: [...(before[name] ?? []), ...wanted] };
}

/** An answer for spreadsheets. */
export const csvOption = (): Option => new Option('--csv', 'as CSV').conflicts('json');

/** What a past moment means. */
export const axis = (): Option =>
  new Option('--axis <axis>', 'what --as-of means: what had happened by then, or what was known by then').choices([
    'occurred',
    'recorded',
  ]);
