// docs/import-mapping.schema.json, and the table of targets in docs/import.md, from the code. `npm run catalogue` writes them
// and `test/import/docs.spec.ts` fails when one of them is stale.
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const BEGIN = '<!-- targets: written by npm run catalogue -->\n';
const END = '<!-- /targets -->';

function typeOf({ is, of, to, each }) {
  if (is === 'ref') return `→ ${to}`;
  if (is === 'choice') return of.map((value) => `\`${value}\``).join(' ');
  if (is === 'list') return `list of ${typeOf(each)}`;
  if (is === 'given') return 'written out';
  return { integer: 'whole number', decimal: 'number', money: 'amount', flag: 'yes or no' }[is] ?? is;
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

/** docs/import.md and docs/import-mapping.schema.json, by path, from the built program. */
export async function importPages() {
  const { importTargets: targets } = await import(join(root, 'dist/apps/program/contexts.js'));
  const { mappingSchemaFor } = await import(join(root, 'dist/libs/import/mapping-schema.js'));
  const page = readFileSync(join(root, 'docs/import.md'), 'utf8');
  return {
    'docs/import.md': await formatted('docs/import.md', importPage(page, targets)),
    'docs/import-mapping.schema.json': await formatted(
      'docs/import-mapping.schema.json',
      JSON.stringify(mappingSchemaFor(targets)),
    ),
  };
}

async function formatted(name, text) {
  const path = join(root, name);
  return format(text, { ...(await resolveConfig(path)), filepath: path });
}
