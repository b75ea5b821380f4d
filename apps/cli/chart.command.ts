import { QueryBus } from '@nestjs/cqrs';
import type { Colors } from 'picocolors/types.js';
import { chartText } from '../../libs/organisation/chart-text.js';
import { GetStructureChart } from '../../libs/organisation/queries.js';
import type { StructureChart } from '../../libs/organisation/queries.js';
import { configOf, reading } from './contexts.js';
import { time } from './event-words.js';
import { axis, moment } from './options.js';
import type { Common } from './options.js';
import type { Output } from './output.js';
import type { Define } from './session.js';
import { cut, oneLine } from './text-width.js';

interface ChartOptions extends Common {
  readonly asOf?: string;
  readonly axis?: 'occurred' | 'recorded';
}

export const define: Define = (command, begin) => {
  command
    .option('--as-of <moment>', 'as it was then; a day means its end', moment)
    .addOption(axis())
    .action(async (options: ChartOptions) => {
      const session = begin(options);
      const { output } = session;
      const config = configOf(options);
      const when = { asOf: options.asOf, axis: options.axis };
      const chart = await reading(config, session, (app) => app.get(QueryBus).execute(new GetStructureChart(when)));
      output.answer(chart, () => chartLines(output, chart));
    });
};

export function chartLines(output: Output, { at, units }: StructureChart): string {
  const { colours, width } = output;
  const lines = units.length > 0 ? chartText(units).split('\n') : ['There is no organisation at that time.'];
  return [
    output.title(`Structure at ${time(at)} UTC`),
    ...lines.map((line) => painted(cut(trimmed(line), width), colours)),
  ].join('\n');
}

/** Branches in front keep their place; what people wrote is made safe. */
function trimmed(line: string): string {
  const [, branches = '', text = ''] = /^([│├└─ ]*)(.*)$/u.exec(line) ?? [];
  return `${branches}${oneLine(text)}`;
}

function painted(line: string, { bold, cyan, dim }: Colors): string {
  const [, branches = '', text = ''] = /^([│├└─ ]*)(.*)$/u.exec(line) ?? [];
  if (/^(answers for|runs|does): |^\((\d+ )?vacant\)$/.test(text)) return `${dim(branches)}${dim(text)}`;
  if (/^[◆•] /u.test(text)) return `${dim(branches)}${cyan(text)}`;
  return `${dim(branches)}${/ \((company|division|department|team), /.test(text) ? bold(text) : text}`;
}
