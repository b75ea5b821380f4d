import type { Names } from '../../libs/audit/names.js';
import type { HistoryEntry } from '../../libs/audit/queries.js';
import { isId } from '../../libs/ids.js';
import { decimal } from '../../libs/money.js';
import type { Money } from '../../libs/money.js';

type Fields = Readonly<Record<string, unknown>>;

/** Where an event says from what to what. */
const MOVES: readonly (readonly [from: string, to: string])[] = [
  ['from', 'to'],
  ['fromStage', 'toStage'],
  ['lostFromStage', 'toStage'],
];
/** Says itself what it is. */
const PLAIN = new Set([
  'id',
  'name',
  'title',
  'summary',
  'amount',
  'reason',
  'channel',
  'direction',
  'stageId',
  'outcome',
  'role',
]);
/** Of use to programs, or said elsewhere in the line. */
const LEFT_OUT = new Set([
  'gateResults',
  'enteredPrevAt',
  'credit',
  'pipelineVersion',
  'forecastCategory',
  'positionTitle',
  'stages',
]);

/**
 * What an event recorded, in one line for people: moves first, ids by their names at the end, and left out where they have
 * none.
 * @param names by id
 */
export function recorded({ data }: Pick<HistoryEntry, 'data'>, names: Names = {}): string {
  const fields = data as Fields;
  const words = new Words(names);
  const move = MOVES.find(([from, to]) => from in fields && to in fields);
  const moved = move ? [`${words.end(fields[move[0]])} → ${words.end(fields[move[1]])}`] : [];
  const rest = Object.entries(fields).filter(
    ([field, value]) => !move?.includes(field) && !LEFT_OUT.has(field) && !words.isNameOf(value, fields['name']),
  );
  const inOrder = [...rest.filter(([field]) => !isOfIds(field)), ...rest.filter(([field]) => isOfIds(field))];
  return [...moved, ...inOrder.flatMap(([field, value]) => words.said(field, value))].join(' · ');
}

/** How values are written, with the names of what they refer to. */
class Words {
  constructor(private readonly names: Names) {}

  said(field: string, value: unknown): string[] {
    if (field === 'changes')
      return Object.entries(value as Record<string, Fields>).map((change) => this.#changed(...change));
    const text = this.#shown(value);
    if (text === '') return [];
    if (value === true) return [spaced(field)];
    return [PLAIN.has(field) || isObject(value) ? text : `${spaced(field)} ${text}`];
  }

  /** Either side of a move: what is there has to be told from nothing, also where it is an id without a name. */
  end(value: unknown): string {
    return this.#shown(value) || (typeof value === 'string' && value) || 'none';
  }

  /** Whether a value is the id of what is called so already. */
  isNameOf(value: unknown, name: unknown): boolean {
    return typeof value === 'string' && name !== undefined && this.names[value] === name;
  }

  #changed(field: string, { from, to }: Fields): string {
    return `${spaced(field)} ${this.#shown(from) || 'unknown'} → ${this.#shown(to) || 'unknown'}`;
  }

  /** A value as people write it; nothing where it says nothing to them. */
  #shown(value: unknown): string {
    if (value === null || value === undefined || value === false) return '';
    if (typeof value === 'string') {
      if (isId(value)) return this.names[value] ?? '';
      return /^\d{4}-\d\d-\d\dT/.test(value) ? time(value) : value;
    }
    if (typeof value !== 'object') return String(value);
    if (isMoney(value)) return `${decimal(value).replace(/\B(?=(\d{3})+(?!\d))(?<!\.\d*)/g, ',')} ${value.currency}`;
    if (Array.isArray(value)) {
      const texts = value.map((each) => this.#shown(each));
      return texts.filter((text) => text !== '').join(', ');
    }
    const { name, ...rest } = value as Fields;
    if (typeof name === 'string' && 'employeeId' in rest) return name;
    const parts = Object.entries(rest).flatMap(([field, each]) => this.said(field, each));
    return [...(typeof name === 'string' ? [name] : []), ...parts].join(', ');
  }
}

const isMoney = (value: object): value is Money => 'amount' in value && 'currency' in value;

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;

const isOfIds = (field: string): boolean => /Ids?$/.test(field);

/** A field in words; that it holds ids is said of none. */
const spaced = (field: string): string =>
  field.replace(/Id(s?)$/, '$1').replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

/** To the minute, in UTC. */
export const time = (iso: string): string => `${iso.slice(0, 10)} ${iso.slice(11, 16)}`;
