import type { ChartNode, ChartPerson, ChartPost } from './chart.js';

/** The chart as a tree to read: units with level and responsibilities, positions with duties, people. No end of line at the end. */
export const chartText = (tree: readonly ChartNode[]): string => tree.flatMap((node) => unitLines(node)).join('\n');

function unitLines({ name, kind, level, responsibilities, processes, positions, units }: ChartNode): string[] {
  const details = [
    ...listed('answers for', responsibilities),
    ...listed('runs', processes),
    ...positions.flatMap(postLines),
  ];
  const trunk = units.length > 0 ? '│  ' : '   ';
  return [
    `${name} (${kind}, ${level.replace('_', ' ')})`,
    ...details.map((line) => `${trunk}${line}`),
    ...units.flatMap((unit, index) => branch(unitLines(unit), index === units.length - 1)),
  ];
}

function branch([first = '', ...others]: readonly string[], last: boolean): string[] {
  return [`${last ? '└─ ' : '├─ '}${first}`, ...others.map((line) => `${last ? '   ' : '│  '}${line}`)];
}

function postLines({ title, head, duties, processSteps, reportsTo, headcount, incumbents }: ChartPost): string[] {
  const vacant = headcount - incumbents.length;
  return [
    `${head ? '◆' : '•'} ${title}${reportsTo ? `, reports to ${reportsTo.title}` : ''}`,
    ...listed('does', duties).map(indented),
    ...listed('runs', processSteps).map(indented),
    ...incumbents.map((person) => indented(personLine(person))),
    ...(vacant > 0 ? [indented(vacant === 1 ? '(vacant)' : `(${vacant} vacant)`)] : []),
  ];
}

function personLine({ name, primary, status, deputy }: ChartPerson): string {
  const remarks = [
    ...(primary ? [] : ['as well']),
    ...(status === 'active' ? [] : [status]),
    ...(deputy ? [`deputy ${deputy.name}`] : []),
  ];
  return remarks.length > 0 ? `${name} (${remarks.join(', ')})` : name;
}

const listed = (label: string, items: readonly string[]): string[] =>
  items.length > 0 ? [`${label}: ${items.join('; ')}`] : [];

const indented = (line: string): string => `  ${line}`;
