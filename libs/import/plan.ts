import { hash } from 'node:crypto';
import type { Command } from '@nestjs/cqrs';
import { Invalid, Refusal } from '../errors.js';
import type { Decided } from '../event-store/streams.js';
import { Columns } from './columns.js';
import type { Row } from './csv.js';
import { checkZone, idOf } from './compile-context.js';
import type { CompileContext, Reader, Reference } from './compile-context.js';
import { Expressions } from './expressions.js';
import { checkCurrencies } from './imported-money.js';
import type { LookupTable } from './lookups.js';
import type { Mapping, SourceFile, Step } from './mapping.js';
import { RowOrder } from './row-order.js';
import { businessTime } from './steps/step.js';
import type { Field, Kind, Target, Targets } from './steps/step.js';

/** One command of a row. */
export interface Intent {
  readonly target: string;
  /** The same row gives the same id, so a row that was imported before is recognised whatever has happened since. */
  readonly commandId: string;
  /** Its number among equal rows of the step, from 1; always 1 when rows have a key. */
  readonly place: number;
  /** The thing that it creates; absent when it is about an existing one. */
  readonly makes?: Reference;
  /** Business time. */
  readonly at: string;
  /** Its stream; commands of one stream stay in order. */
  readonly stream: string;
  readonly command: Command<Decided>;
  readonly refers: readonly Reference[];
}

/** A compiled mapping, before any file is opened. */
export interface Plan {
  readonly mapping: Mapping;
  readonly targets: Targets;
  /** Business times after this moment are refused, since they are in the future. */
  readonly latest: string;
  readonly steps: readonly PlannedStep[];
  readonly files: ReadonlyMap<string, Columns>;
  /** Whether a row is left out on purpose, by name of the file. */
  readonly ignores: ReadonlyMap<string, (row: Row) => boolean>;
  readonly tables: readonly { readonly file: string; readonly table: LookupTable }[];
}

/** The only row of a step without file. */
export const noRow: Row = { number: 0, line: 0, cells: [] };

/** Later than every moment. */
const NEVER = '9999-12-31T23:59:59.999Z';

/**
 * Compiles a mapping with a valid form.
 * @param latest business times after this moment are refused
 * @throws Invalid `mapping-invalid`, naming all that is wrong at once
 */
export function planned(mapping: Mapping, targets: Targets, latest = NEVER): Plan {
  const problems: string[] = [];
  const sourceFiles = Object.entries(mapping.files ?? {});
  const files = new Map(sourceFiles.map(([name]) => [name, new Columns()]));
  const ignores = new Map(
    sourceFiles.flatMap(([name, { ignore }]) => (ignore ? [[name, files.get(name)!.condition(ignore)] as const] : [])),
  );
  const tables: CompileContext['tables'] = [];
  let refers: Reference[] = [];
  const on: CompileContext = {
    mapping,
    targets,
    latest,
    files,
    tables,
    problem: (path, message) => problems.push(`${path} ${message}`),
    refers: (reference) => refers.push(reference),
  };
  const taken = (): readonly Reference[] => {
    const found = refers;
    refers = [];
    return found;
  };
  if (mapping.zone !== undefined) checkZone(on, mapping.zone, 'zone');
  for (const [name, file] of sourceFiles) checkWidths(on, file, `files.${name}`);
  const steps = mapping.steps.map((step, index) => new PlannedStep(on, step, `steps[${index}]`, taken));
  if (problems.length > 0) throw mappingInvalid(problems);
  return { mapping, targets, latest, steps, files, ignores, tables };
}

export const mappingInvalid = (problems: readonly string[]): Invalid =>
  new Invalid('mapping-invalid', `The mapping cannot be used: ${problems.join('; ')}.`, { problems });

/** Columns of a fixed width need no delimiter, and have as many names as widths. */
function checkWidths(
  { problem }: CompileContext,
  { widths, columns, delimiter, quote }: SourceFile,
  path: string,
): void {
  if (!widths) return;
  if (delimiter !== undefined || quote !== undefined) problem(path, 'has "widths" beside a delimiter or a quote');
  if (columns && columns.length !== widths.length)
    problem(path, `has ${columns.length} columns and ${widths.length} widths`);
}

/** The parent step of a step in `also`. */
interface Above {
  readonly file: string | undefined;
  readonly makes: Kind | undefined;
  readonly at: Reader<string>;
}

export class PlannedStep {
  readonly name: string;
  readonly takes: (row: Row) => boolean;
  /** Absent when rows stay in the order of the file. */
  readonly order: RowOrder | undefined;
  readonly #target: Target;
  readonly #key: readonly Reader<string>[];
  readonly #at: Reader<string>;
  readonly #fields: readonly (readonly [name: string, field: Field, read: Reader])[];
  readonly #also: readonly PlannedStep[];
  /** Field for the id of the thing that the parent step creates. */
  readonly #inherits: string | undefined;
  /** Number of equal rows so far, when rows have no key. */
  readonly #equals = new Map<string, number>();

  constructor(
    private readonly on: CompileContext,
    readonly step: Step,
    path: string,
    /** Returns the references since the last call. */
    private readonly referred: () => readonly Reference[],
    above?: Above,
  ) {
    this.#target = on.targets[step.target]!;
    this.name = step.name ?? step.target;
    const file = above ? above.file : step.file;
    const columns = file === undefined ? undefined : (on.files.get(file) ?? new Columns());
    if (file !== undefined && !on.files.has(file)) on.problem(path, `reads "${file}", which is not among the files`);
    const expressions = new Expressions(on, columns);
    const { when, key = [], at = above ? undefined : on.mapping.at, fields = {}, also = [] } = step;
    this.takes = when && columns ? columns.condition(when) : () => true;
    if (when && !columns) on.problem(`${path}.when`, 'asks for columns, but the step names no file');

    this.order = step.sort && new RowOrder(step.sort, expressions, `${path}.sort`, on.mapping);
    if (step.sort && !columns) on.problem(`${path}.sort`, 'sorts rows, but the step names no file');
    this.#key = key.map((each, index) => expressions.text(each, `${path}.key[${index}]`));
    if (at === undefined && !above) on.problem(path, 'needs a business time: say "at" here or for the whole mapping');
    const own = at === undefined ? above?.at : expressions.typed(at, businessTime, `${path}.at`);
    this.#at = (own ?? (() => null)) as Reader<string>;
    const { about } = this.#target;
    const inherited =
      about !== undefined && fields[about] === undefined && this.#target.fields[about]?.to === above?.makes;
    this.#inherits = inherited ? about : undefined;
    this.#fields = Object.entries(this.#target.fields).map(([name, field]) => {
      const given = fields[name];
      if (given === undefined && field.required && name !== this.#inherits)
        on.problem(path, `needs the field "${name}"`);
      const read = given === undefined ? () => null : expressions.typed(given, field, `${path}.fields.${name}`);
      return [name, field, read] as const;
    });
    const mine = { file, makes: this.#target.makes, at: this.#at };
    this.#also = also.map((each, index) => new PlannedStep(on, each, `${path}.also[${index}]`, referred, mine));
  }

  /**
   * Has to be called once for each row, in order, since equal rows are distinguished by their number.
   * @throws Refusal, naming everything that is wrong with the row
   */
  intents(row: Row, above?: { readonly id: string; readonly hasKey: boolean }): Intent[] {
    const { makes, stream, command, identity = itself } = this.#target;
    const wrong: (readonly [what: string, why: Refusal])[] = [];
    const attempt = <Value>(what: string, read: () => Value): Value | null => {
      try {
        return read();
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        wrong.push([what, error]);
        return null;
      }
    };
    this.referred();
    const key = attempt('key', () => this.#keyOf(row)) ?? [];
    const id = makes === undefined || key.length === 0 ? '' : idOf(this.on.mapping.source, makes, key);
    const at = attempt('at', () => this.#time(row)) ?? '';
    const values: Record<string, unknown> = {};
    for (const [name, field, read] of this.#fields) {
      const value = name === this.#inherits ? above?.id : attempt(name, () => read(row));
      if (value !== null && value !== undefined) values[name] = value;
      else if (field.required && !wrong.some(([what]) => what === name)) {
        wrong.push([name, new Refusal('value-missing', 'This is needed, and the row has nothing for it.')]);
      }
    }
    const refers = this.referred();
    const made =
      wrong.length > 0
        ? null
        : attempt('', () => {
            checkCurrencies(values, at);
            return command(id, values, at);
          });
    if (!made) throw this.#rejection(wrong);
    const target = this.step.target;
    const hasKey = key.length > 0 || (above?.hasKey ?? false);
    const intent: Intent = {
      target,
      ...this.#identity(
        `${target} ${at} ${JSON.stringify(identity(made as never))}`,
        makes === undefined ? key : [],
        hasKey,
      ),
      at,
      stream: stream(id, values),
      command: made,
      refers,
      ...(makes && { makes: { kind: makes, id } }),
    };
    const more = this.#also.filter((step) => step.takes(row)).flatMap((step) => step.intents(row, { id, hasKey }));
    return [intent, ...more];
  }

  /**
   * What a row says makes the id, not the step or the file it stands in. A thing is its key; a change may have one too.
   * @param says everything the row says
   * @param key of a change
   * @param hasKey whether the row is identified by a key, its own or that of the row above
   */
  #identity(says: string, key: readonly string[], hasKey: boolean): Pick<Intent, 'commandId' | 'place'> {
    if (key.length > 0) return { commandId: idOfCommand(`${says} ${JSON.stringify(key)}`), place: 1 };
    const commandId = idOfCommand(says);
    if (hasKey) return { commandId, place: 1 };
    const place = (this.#equals.get(commandId) ?? 0) + 1;
    this.#equals.set(commandId, place);
    return { commandId: place === 1 ? commandId : idOfCommand(`${says} #${place}`), place };
  }

  #keyOf(row: Row): readonly string[] {
    const key = this.#key.map((part) => part(row));
    if (!key.includes(null)) return key as string[];
    throw new Refusal('key-missing', 'The row has nothing that tells it from others.');
  }

  #time(row: Row): string {
    const at = this.#at(row);
    if (at === null) throw new Refusal('value-missing', 'The row has no business time.');
    return at;
  }

  #rejection(wrong: readonly (readonly [what: string, why: Refusal])[]): Refusal {
    const [[, { code, details }]] = wrong as [readonly [string, Refusal]];
    return new Refusal(
      code,
      wrong.map(([what, { message }]) => (what === '' ? message : `${what}: ${message}`)).join(' '),
      wrong.length === 1 ? details : {},
    );
  }
}

const itself = (command: unknown): unknown => command;

const idOfCommand = (says: string): string => `import-${hash('sha1', says, 'base64url')}`;
