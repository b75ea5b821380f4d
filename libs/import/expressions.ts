import { Refusal } from '../errors.js';
import { wasCurrency } from '../money.js';
import { planOf } from '../phone.js';
import type { Columns } from './columns.js';
import { changing, checkZone, idOf, sources } from './compile-context.js';
import type { CompileContext, Reader } from './compile-context.js';
import { changer, convert, dateForm, formatsIn, numberForm } from './conversions.js';
import type { Form, Plain } from './conversions.js';
import type { Row } from './csv.js';
import { LookupTable } from './lookups.js';
import type { Comparing, LookupKind } from './lookups.js';
import type { Detailed, Expression, Formats } from './mapping.js';
import type { Field, Kind } from './steps/step.js';
import { template } from './template.js';

/** Changes a value before its conversion; null when nothing is left. */
type Change = (value: Plain) => Plain | null;

/** How values of a field are compared; other fields are compared as text. */
const comparedAs: Readonly<Partial<Record<Field['is'], 'number' | 'date'>>> = {
  integer: 'number',
  decimal: 'number',
  money: 'number',
  day: 'date',
  moment: 'date',
};

/** Compiles the expressions of one step to readers: functions from a row to a value, null when empty. */
export class Expressions {
  constructor(
    private readonly on: CompileContext,
    /** Columns of the step's file; absent for a step without file. */
    private readonly columns: Columns | undefined,
  ) {}

  /** Compiles an expression for a field. The reader throws a Refusal for an invalid value. */
  typed(
    given: Expression | readonly Expression[],
    field: Field,
    path: string,
    formats: Formats = this.on.mapping,
  ): Reader {
    if (field.is === 'given') return () => given;
    if (field.is === 'list') return this.#list(given, field.each!, path, formats);
    if (Array.isArray(given)) {
      this.on.problem(path, 'is no list');
      return () => null;
    }
    const expression = given as Expression;
    const detailed = detailedOf(expression);
    const own = { ...formats, ...formatsIn(detailed) };
    if (detailed.first) {
      const beside = changing.filter((change) => detailed[change] !== undefined);
      if (beside.length > 0) this.on.problem(path, `has ${beside.join(', ')} beside "first": say it with each of them`);
      const readers = detailed.first.map((each, index) => this.typed(each, field, `${path}.first[${index}]`, own));
      const when = this.#when(detailed);
      return (row) => (when(row) ? firstOf(readers, row) : null);
    }
    const raw = this.raw(expression, path, field);
    const form = this.#form(field, detailed, own, path);
    const reader: Reader = (row) => {
      const value = raw(row);
      return value === null || value === '' ? null : convert(value, field, form(row));
    };
    this.#checkConstant(expression, field, reader, path);
    return reader;
  }

  /** Compiles an expression for keys and comparisons, which use the text as written. */
  text(expression: Expression, path: string): Reader<string> {
    const reader = this.typed(expression, { is: 'text' }, path);
    return reader as Reader<string>;
  }

  /** The value before it is converted. */
  raw(expression: Expression, path: string, field: Field): Reader<Plain> {
    if (expression === null || typeof expression === 'number' || typeof expression === 'boolean')
      return () => expression;
    if (typeof expression === 'string') return this.#template(expression, path);
    const when = this.#when(expression);
    const change = this.#changes(expression, path);
    const read = this.#source(expression, path, field, change);
    return (row) => {
      const value = when(row) ? read(row) : null;
      return value === null ? null : change(value);
    };
  }

  #source(detailed: Detailed, path: string, field: Field, change: Change): Reader<Plain> {
    const named = sources.filter((source) => detailed[source] !== undefined);
    if (named.length !== 1) {
      this.on.problem(
        path,
        `names ${named.length === 0 ? 'none' : named.join(' and ')} of ${sources.join(', ')}: it must be one`,
      );
      return () => null;
    }
    if (detailed.column !== undefined) return this.#cell(detailed.column, path);
    if (detailed.text !== undefined) return this.#template(detailed.text, path);
    if (detailed.value !== undefined) return () => detailed.value!;
    if (detailed.rowNumber) return ({ number }) => number;
    if (detailed.ref !== undefined) return this.#reference(detailed, path, field);
    return this.#lookup(named[0] as LookupKind, detailed, path, this.#comparing(named[0]!, detailed, field, change));
  }

  #cell(name: string, path: string): Reader<string> {
    if (this.columns) return this.columns.cell(name);
    this.on.problem(path, `reads column "${name}", but the step names no file`);
    return () => null;
  }

  #template(text: string, path: string): Reader<string> {
    try {
      return template(text, (name) => this.#cell(name, path));
    } catch (error) {
      this.on.problem(path, (error as Error).message);
      return () => null;
    }
  }

  #reference(detailed: Detailed, path: string, field: Field): Reader<string> {
    const kind = detailed.ref as Kind;
    const { source = this.on.mapping.source } = detailed;
    if (field.to !== undefined && field.to !== kind)
      this.on.problem(path, `refers to ${kind}, where ${field.to} belongs`);
    const parts = (detailed.key ?? []).map((part, index) => this.text(part, `${path}.key[${index}]`));
    if (parts.length === 0) this.on.problem(path, 'needs a key');
    return (row) => {
      const key = parts.map((part) => part(row));
      if (key.includes(null)) return null;
      const id = idOf(source, kind, key as string[]);
      this.on.refers({ kind, id });
      return id;
    };
  }

  /**
   * How `min` and `max` compare: as `as` says, cells as they are written; otherwise by what the field holds, so that one cell
   * that is no date is never the greatest of the dates, and then what the expression makes of each cell. Of dates of which a
   * business time is made, those in the future do not count.
   */
  #comparing(source: string, detailed: Detailed, field: Field, change: Change): Comparing {
    const formats = { ...this.on.mapping, ...formatsIn(detailed) };
    const latest = field.happened ? this.on.latest : undefined;
    const form = { ...numberForm(formats), ...dateForm(formats), latest };
    const as = source === 'min' ? detailed.min?.as : detailed.max?.as;
    const held = comparedAs[field.is];
    if (as !== undefined || held === undefined) return { ...form, as: as ?? 'text', part: (cell) => cell };
    const { currency } = formats;
    const part = (cell: string) => {
      const changed = change(cell);
      return changed === null ? null : String(changed);
    };
    return { ...form, as: held, part, ...(field.is === 'money' && !currency?.includes('{') && { currency }) };
  }

  #lookup(kind: LookupKind, detailed: Detailed, path: string, comparing: Comparing): Reader<string> {
    const lookup = detailed[kind]!;
    const columns = this.on.files.get(lookup.file);
    if (!columns) {
      this.on.problem(`${path}.${kind}`, `reads from "${lookup.file}", which is not among the files`);
      return () => null;
    }
    const table = new LookupTable(kind, lookup, columns, comparing);
    this.on.tables.push({ file: lookup.file, table });
    const where = Object.entries(lookup.where ?? {});
    const parts = where.map(([name, each]) => this.text(each, `${path}.${kind}.where.${name}`));
    const { missing = kind === 'row' ? 'reject' : 'empty' } = lookup as { missing?: 'reject' | 'empty' };
    return (row) => {
      const asked = parts.map((part) => part(row));
      if (asked.includes(null)) return null;
      const answer = table.answer(asked as string[]);
      if (answer !== undefined || missing === 'empty') return answer ?? null;
      const names = where.map(([name]) => name).join(', ');
      throw new Refusal('reference-unknown', `There is no row in ${lookup.file} whose ${names} is what this row says.`);
    };
  }

  #changes(detailed: Detailed, path: string): Change {
    const map = typeof detailed.map === 'string' ? this.on.mapping.maps?.[detailed.map] : detailed.map;
    if (typeof detailed.map === 'string' && !map)
      this.on.problem(path, `uses the map "${detailed.map}", which is not there`);
    const { countryCode } = detailed;
    if (countryCode !== undefined && planOf(countryCode) === undefined)
      this.on.problem(path, `"${countryCode}" is no calling code or region with a numbering plan`);
    try {
      return changer(map, detailed);
    } catch (error) {
      this.on.problem(path, `has a pattern that is no regular expression: ${(error as Error).message}`);
      return (value) => value;
    }
  }

  #list(given: Expression | readonly Expression[], each: Field, path: string, formats: Formats): Reader {
    const parts = Array.isArray(given) ? (given as readonly Expression[]) : [given as Expression];
    const readers = parts.map((part, index): Reader => {
      const { split } = detailedOf(part);
      if (split === undefined) return this.typed(part, each, `${path}[${index}]`, formats);
      const raw = this.raw(part, path, each);
      const form = this.#form(each, detailedOf(part), { ...formats, ...formatsIn(detailedOf(part)) }, path);
      return (row) => {
        const texts = String(raw(row) ?? '').split(split);
        return texts.flatMap((text) => (text.trim() === '' ? [] : [convert(text.trim(), each, form(row))]));
      };
    });
    return (row) => {
      const values = readers.flatMap((read) => read(row) ?? []);
      return values.length === 0 ? null : [...new Set(values)];
    };
  }

  #form(field: Field, detailed: Detailed, formats: Formats, path: string): (row: Row) => Form {
    const { scale, round = false } = detailed;
    const { currency } = formats;
    const form = { ...numberForm(formats), ...dateForm(formats), scale, round, currency: currency ?? '' };
    if (detailed.zone !== undefined) checkZone(this.on, detailed.zone, path);
    if (field.is !== 'money') return () => form;
    if (currency === undefined)
      this.on.problem(path, 'is an amount without currency: say "currency" here or for the whole mapping');
    else if (!currency.includes('{') && !wasCurrency(currency))
      this.on.problem(path, `"${currency}" is no ISO 4217 currency`);
    if (!currency?.includes('{')) return () => form;
    const read = this.#template(currency, path);
    return (row) => ({ ...form, currency: read(row) ?? '' });
  }

  #when({ when }: Detailed): (row: Row) => boolean {
    if (!when) return () => true;
    return this.columns ? this.columns.condition(when) : () => true;
  }

  /** Checks a constant expression at once, since it would be wrong for every row. */
  #checkConstant(expression: Expression, field: Field, read: Reader, path: string): void {
    if (typeof expression === 'object' && expression?.value === undefined) return;
    if (typeof expression === 'string' && /[{}]/.test(expression)) return;
    try {
      read({ number: 0, line: 0, cells: [] });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.on.problem(path, error.message);
    }
  }
}

const detailedOf = (expression: Expression): Detailed =>
  typeof expression === 'object' && expression !== null ? expression : {};

function firstOf(readers: readonly Reader[], row: Row): unknown {
  for (const read of readers) {
    const value = read(row);
    if (value !== null) return value;
  }
  return null;
}
