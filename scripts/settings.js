// The table of settings in README.md, and .env.example, from libs/config.ts. `npm run catalogue` writes them and
// `test/catalogue.spec.ts` fails when one of them is stale.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import ts from 'typescript';

const FILE = 'libs/config.ts';
const BEGIN = '<!-- settings: written by npm run catalogue -->\n';
const END = '<!-- /settings -->';

/** Name, default and meaning of every field of `Config`. */
function settings() {
  const text = readFileSync(resolve(import.meta.dirname, '..', FILE), 'utf8');
  const source = ts.createSourceFile(FILE, text, ts.ScriptTarget.ESNext, true);
  const config = source.statements.find((node) => ts.isClassDeclaration(node) && node.name.text === 'Config');
  return config.members.map((field) => {
    const meaning = (ts.getJSDocCommentsAndTags(field)[0]?.comment ?? '').replace(/\s+/g, ' ').trim();
    if (meaning === '') throw new Error(`a setting without a sentence of meaning: ${field.name.text}`);
    return { name: field.name.text, byDefault: field.initializer.text, meaning };
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
