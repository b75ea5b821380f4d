// Writes docs/import-mapping.schema.json, and the table of targets in docs/import.md, from the code. `test/import/docs.spec.ts`
// fails when one of them is stale. Run it after a build.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const BEGIN = '<!-- targets: written by scripts/import-docs.js -->\n';
const END = '<!-- /targets -->';

function typeOf({ is, of, to, each }) {
  if (is === 'ref') return `→ ${to}`;
  if (is === 'choice') return of.map((value) => `\`${value}\``).join(' ');
  if (is === 'list') return `list of ${typeOf(each)}`;
  if (is === 'given') return 'written out';
  return { integer: 'whole number', money: 'amount', flag: 'yes or no' }[is] ?? is;
}

/** The page with its table of targets as the code has it. */
export function importPage(page, targets) {
  const parts = Object.entries(targets).map(([name, { says, makes, fields }]) => {
    const rows = Object.entries(fields).map(([field, type]) => {
      const shown = type.required ? `**${field}**` : field;
      return `| ${shown} | ${typeOf(type)} |`;
    });
    const key = makes ? ` Makes a thing of kind \`${makes}\`.` : '';
    return [`### ${name}`, '', `${says}${key}`, '', '| Field | Holds |', '|---|---|', ...rows, ''].join('\n');
  });
  const [before, rest] = page.split(BEGIN);
  const after = rest.slice(rest.indexOf(END));
  return `${before}${BEGIN}\n${parts.join('\n')}\n${after}`;
}

if (resolve(argv[1] ?? '') === fileURLToPath(import.meta.url)) {
  const { targets } = await import(join(root, 'node_modules/.cache/import-dev/libs/import/targets.js'));
  const { mappingSchema } = await import(join(root, 'node_modules/.cache/import-dev/libs/import/mapping-schema.js'));
  await write('docs/import.md', (page) => importPage(page, targets));
  await write('docs/import-mapping.schema.json', () => JSON.stringify(mappingSchema));
}

async function write(name, change) {
  const path = join(root, name);
  const text = change(existsSync(path) ? readFileSync(path, 'utf8') : '');
  writeFileSync(path, await format(text, { ...(await resolveConfig(path)), filepath: path }));
}
