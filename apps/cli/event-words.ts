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

/** What an event recorded, in one line for people: moves first, ids left out. */
export function recorded({ data }: Pick<HistoryEntry, 'data'>): string {
  const fields = data as Fields;
  const move = MOVES.find(([from, to]) => from in fields && to in fields);
  const moved = move ? [`${shown(fields[move[0]]) || 'none'} → ${shown(fields[move[1]]) || 'none'}`] : [];
  const rest = Object.entries(fields).filter(([field]) => !move?.includes(field) && !LEFT_OUT.has(field));
  return [...moved, ...rest.flatMap(([field, value]) => said(field, value))].join(' · ');
}

function said(field: string, value: unknown): string[] {
  if (field === 'changes') return (value as Fields[]).map(changed);
  const text = shown(value);
  if (text === '') return [];
  if (value === true) return [spaced(field)];
  return [PLAIN.has(field) || isObject(value) ? text : `${spaced(field)} ${text}`];
}

const changed = ({ field, from, to }: Fields): string =>
  `${spaced(String(field))} ${shown(from) || 'unknown'} → ${shown(to) || 'unknown'}`;

/** A value as people write it; nothing where it says nothing to them. */
function shown(value: unknown): string {
  if (value === null || value === undefined || value === false) return '';
  if (typeof value === 'string') return isId(value) ? '' : /^\d{4}-\d\d-\d\dT/.test(value) ? time(value) : value;
  if (typeof value !== 'object') return String(value);
  if (isMoney(value)) return `${decimal(value).replace(/\B(?=(\d{3})+(?!\d))(?<!\.\d*)/g, ',')} ${value.currency}`;
  if (Array.isArray(value))
    return value
      .map(shown)
      .filter((text) => text !== '')
      .join(', ');
  const { name, ...rest } = value as Fields;
  if (typeof name === 'string' && 'employeeId' in rest) return name;
  const parts = Object.entries(rest).flatMap(([field, each]) => said(field, each));
  return [...(typeof name === 'string' ? [name] : []), ...parts].join(', ');
}

const isMoney = (value: object): value is Money => 'amount' in value && 'currency' in value;

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;

const spaced = (field: string): string => field.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

/** To the minute, in UTC. */
export const time = (iso: string): string => `${iso.slice(0, 10)} ${iso.slice(11, 16)}`;
