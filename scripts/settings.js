// The table of settings in README.md, and .env.example, from libs/config.ts. `npm run catalogue` writes them and
// `test/catalogue.spec.ts` fails when one of them is stale.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import ts from 'typescript';

const FILE = 'libs/config.ts';
const BEGIN = '<!-- settings: written by npm run catalogue -->\n';
const END = '<!-- /settings -->';

/** Name, default and meaning of every field of the form in `libs/config.ts`: what its comment says, and `.default(…)`. */
function settings() {
  const text = readFileSync(resolve(import.meta.dirname, '..', FILE), 'utf8');
  const source = ts.createSourceFile(FILE, text, ts.ScriptTarget.ESNext, true);
  const { declarationList } = source.statements.find(
    (node) => node.declarationList?.declarations[0].name.text === 'form',
  );
  const [fields] = declarationList.declarations[0].initializer.arguments;
  return fields.properties.map((field) => {
    const meaning = (ts.getJSDocCommentsAndTags(field)[0]?.comment ?? '').replace(/\s+/g, ' ').trim();
    const name = field.name.text;
    if (meaning === '') throw new Error(`a setting without a sentence of meaning: ${name}`);
    const { expression, arguments: [byDefault] = [] } = field.initializer;
    if (expression?.name?.text !== 'default') throw new Error(`a setting without a default: ${name}`);
    return { name, byDefault: byDefault.text, meaning };
  });
}

/** Padded as the formatter pads tables, so that it leaves this one alone. */
function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const line = (cells) => `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`;
  const [head, ...body] = rows;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n');
}

/** README.md with its table of settings as the code has it. */
export function readmePage(page) {
  const rows = settings().map(({ name, byDefault, meaning }) => [
    `\`${name}\``,
    byDefault === '' ? '' : `\`${byDefault}\``,
    meaning.replaceAll('|', '\\|'),
  ]);
  const [before, rest] = page.split(BEGIN);
  const after = rest.slice(rest.indexOf(END));
  return `${before}${BEGIN}\n${table([['Variable', 'Default', 'Meaning'], ...rows])}\n\n${after}`;
}

/** .env.example: every setting with its default. */
export function envExample() {
  return [
    '# Every setting with its default, written by `npm run catalogue` from libs/config.ts. Nothing reads this file by itself:',
    '# copy it to .env, change what should differ, and say `set -a; . ./.env; set +a` before starting.',
    ...settings().flatMap(({ name, byDefault, meaning }) => ['', `# ${meaning}`, `${name}=${byDefault}`]),
    '',
  ].join('\n');
}
