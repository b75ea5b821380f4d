// Writes what the code says into docs/, README.md and .env.example. `test/catalogue.spec.ts`, `test/import/docs.spec.ts`,
// `test/reports/docs.spec.ts` and `test/openapi.slow.ts` fail when one of them is stale.
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { importPages } from './import-docs.js';
import { writtenReportsPage } from './report-docs.js';
import { envExample, readmePage } from './settings.js';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');

/** Sources of a folder, in a stable order. */
function sources(folder) {
  return readdirSync(join(root, folder), { recursive: true })
    .filter((file) => file.endsWith('.ts'))
    .sort()
    .map((file) => {
      const path = join(folder, file);
      return {
        path,
        source: ts.createSourceFile(path, readFileSync(join(root, path), 'utf8'), ts.ScriptTarget.ESNext, true),
      };
    });
}

function walk(node, visit) {
  visit(node);
  node.forEachChild((child) => walk(child, visit));
}

const commentOf = (node) =>
  (ts.getJSDocCommentsAndTags(node)[0]?.comment ?? '').toString().replace(/\s+/g, ' ').replaceAll('|', '\\|').trim();

const inline = (text) =>
  text
    .replace(/\/\*\*.*?\*\//gs, '')
    .replace(/\s+/g, ' ')
    .replace(/; }/g, ' }')
    .replaceAll('|', '\\|')
    .trim();

/** Every event of the maps called `…Events` in `libs/<context>/events.ts`. */
function eventsOf({ path, source }) {
  const found = [];
  source.forEachChild((node) => {
    if (!ts.isTypeAliasDeclaration(node) || !node.name.text.endsWith('Events') || !ts.isTypeLiteralNode(node.type))
      return;
    for (const member of node.type.members) {
      found.push({
        name: member.name.getText(source),
        context: basename(dirname(path)),
        map: node.name.text,
        meaning: commentOf(member),
        fields: inline(member.type.getText(source)),
      });
    }
  });
  return found;
}

/** The texts in an expression, also those of the constants of its file that it names. */
function textsIn(expression, source) {
  const found = [];
  walk(expression, (part) => {
    if (ts.isStringLiteral(part)) found.push(part.text);
    const named = ts.isIdentifier(part) && declaredAs(part.text, { source });
    if (named) found.push(...textsIn(named, source));
  });
  return found;
}

/** What a list of personal values says: the paths of each person's values, and the path to the id of that person. */
function personalValues(list, source) {
  const said = list.elements.map((entry) => {
    const [of, paths] = ['of', 'paths'].map((field) => {
      const property = entry.properties.find(({ name }) => name.getText(source) === field);
      return textsIn(property.initializer, source);
    });
    return `${paths.join(', ')} (of \`${of}\`)`;
  });
  return said.join('; ');
}

/** The list or object that a constant is declared as, without the types around it. */
function declaredAs(name, { source }) {
  let declared;
  walk(source, (node) => {
    if (ts.isVariableDeclaration(node) && node.name.getText(source) === name) declared = node.initializer;
  });
  while (declared && (ts.isSatisfiesExpression(declared) || ts.isAsExpression(declared)))
    declared = declared.expression;
  return declared;
}

/** The `personal` const beside the maps, by event. */
const personalOf = (file) =>
  (declaredAs('personal', file)?.properties ?? []).map(({ name, initializer }) => [
    name.getText(file.source),
    personalValues(initializer, file.source),
  ]);

/** Where an event name stands as a key or as a `type`: who reads and who records it. */
function mentions(files, name) {
  const word = new RegExp(`\\b${name}\\b`);
  return files.filter(({ source }) => word.test(source.text)).map(({ path }) => basename(path).replace(/\.ts$/, ''));
}

function recorders(files, name) {
  const literal = new RegExp(`type: '${name}'`);
  return files.flatMap(({ source }) =>
    source.statements
      .filter((statement) => ts.isFunctionDeclaration(statement) && literal.test(statement.getText(source)))
      .map((statement) => `\`${statement.name.text}\``),
  );
}

export function eventsPage() {
  const libs = sources('libs');
  const deciders = libs.filter(({ path }) => /\.(decider|rules)\.ts$/.test(path));
  const projections = [
    ...sources('projections').filter(({ path }) => !path.endsWith('index.ts')),
    ...libs.filter(({ path }) => path.endsWith('/deadlines.ts')),
  ];
  const processes = sources('processes');
  const files = libs.filter(({ path }) => path.endsWith('/events.ts'));
  const events = files.flatMap(eventsOf);
  const twice = events.map(({ name }) => name).filter((name, index, all) => all.indexOf(name) !== index);
  if (twice.length > 0) throw new Error(`events of the same name: ${twice.join(', ')}`);
  const silent = events.filter(({ meaning }) => meaning === '').map(({ name }) => name);
  if (silent.length > 0) throw new Error(`events without a sentence of meaning: ${silent.join(', ')}`);
  const personal = new Map(files.flatMap(personalOf));
  const metadata = libs.find(({ path }) => path === 'libs/event-store/personal-metadata.ts');
  const inMetadata = personalValues(declaredAs('personalMetadata', metadata), metadata.source);
  const lines = [
    '# Events',
    '',
    'Everything that can happen, generated from `libs/*/events.ts` by `npm run catalogue`. The business time of an event is',
    '`occurredAt` beside its data, never a field of it. `Changes` hold `from` and `to` by field, for the fields that changed.',
    '',
    `Personal in the metadata of every event: ${inMetadata}, where \`subject\` is the thing in whose`,
    'history the event is listed.',
  ];
  for (const context of new Set(events.map((event) => event.context))) {
    lines.push('', `## ${context}`);
    for (const event of events.filter((each) => each.context === context)) {
      const rules = recorders(deciders, event.name);
      const readers = mentions(projections, event.name);
      const reactions = mentions(processes, event.name);
      lines.push('', `### ${event.name}`, '', event.meaning, '', `- data: \`${event.fields}\``);
      if (rules.length > 0) lines.push(`- recorded by: ${rules.join(', ')}`);
      if (readers.length > 0) lines.push(`- read by: ${readers.join(', ')}`);
      if (reactions.length > 0) lines.push(`- reacted to by: ${reactions.join(', ')}`);
      if (personal.has(event.name)) lines.push(`- personal: ${personal.get(event.name)}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

const STATUS = { Refusal: 422, Invalid: 400, Unavailable: 503, Missing: 404, TooMany: 429 };

/** Where a refusal is made with a code that another place has made: of a rejected row, now or before, of the server, of a kind of thing, of several at once. */
const PASSED_ON = [
  'libs/errors.ts',
  'libs/processes/reactions.ts',
  'libs/import/plan.ts',
  'libs/import/settled-rows.ts',
  'libs/audit/queries.ts',
  'apps/cli/remote.ts',
  'libs/read-models/asking/reading.ts',
];

/** Text of a message, with what is filled in shown as `…`. */
function textOf(node) {
  if (!node) return '';
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isTemplateExpression(node))
    return node.head.text + node.templateSpans.map((span) => `…${span.literal.text}`).join('');
  return '';
}

/** The values an expression can have, as far as they stand in it: texts and numbers, also those of a choice. */
function literals(node) {
  if (!node) return [];
  if (ts.isStringLiteralLike(node)) return [node.text];
  if (ts.isNumericLiteral(node)) return [Number(node.text)];
  if (ts.isConditionalExpression(node)) return [...literals(node.whenTrue), ...literals(node.whenFalse)];
  return ts.isParenthesizedExpression(node) ? literals(node.expression) : [];
}

/** Codes of `new Refusal(…)` and of its kind. @throws Error for one that stands elsewhere, since the page would lack it */
function constructedIn({ path, source }, node) {
  const kind = node.expression.getText(source);
  const [first, second, , fourth] = node.arguments ?? [];
  const codes = literals(first);
  if (codes.length === 0 && !PASSED_ON.includes(path))
    throw new Error(`${path}: the code of ${node.getText(source)} has to stand there`);
  const [status = STATUS[kind]] = kind === 'Refusal' ? literals(fourth) : [];
  return codes.map((code) => ({
    code: kind === 'Missing' ? `${code}-unknown` : code,
    status,
    message: kind === 'Missing' ? `There is no ${code} ….` : textOf(second),
    path,
  }));
}

/** Codes that a class of refusals gives itself: the first goes with the first status. */
function inheritedIn({ path }, node) {
  const [first, second, , fourth] = node.arguments;
  const statuses = literals(fourth);
  return literals(first).map((code, index) => ({
    code,
    status: statuses[index] ?? statuses[0] ?? STATUS.Refusal,
    message: literals(second)[0] ?? textOf(second?.whenFalse ?? second),
    path,
  }));
}

const FAILED = 'The program failed. The error was logged under the correlation id of the answer.';

function refusalsOf(file) {
  const { path, source } = file;
  const found = [];
  walk(source, (node) => {
    if (ts.isNewExpression(node) && node.expression.getText(source) in STATUS) found.push(...constructedIn(file, node));
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.SuperKeyword)
      found.push(...inheritedIn(file, node));
    // What a query names is looked up by the kind of thing it is.
    if (ts.isCallExpression(node) && /(\.known|^thing)$/.test(node.expression.getText(source))) {
      const kinds = literals(node.arguments[1]);
      found.push(
        ...kinds.map((kind) => ({
          code: `${kind}-unknown`,
          status: STATUS.Missing,
          message: `There is no ${kind} ….`,
          path,
        })),
      );
    }
    // Codes that stand beside others in one refusal.
    if (ts.isPropertyAssignment(node) && node.name.getText(source) === 'code' && ts.isStringLiteral(node.initializer)) {
      const message = 'One of several things named in `details`.';
      found.push({ code: node.initializer.text, status: '', message, path });
    }
    // Codes given to errors of the framework.
    if (ts.isVariableDeclaration(node) && node.name.getText(source) === 'FRAMEWORK_CODES') {
      walk(node, (entry) => {
        if (!ts.isPropertyAssignment(entry)) return;
        const status = Number(entry.name.getText(source));
        const message = status === 500 ? FAILED : 'Raised before a rule sees the request.';
        found.push({ code: entry.initializer.text, status, message, path });
      });
    }
  });
  return found.filter(({ code, status }) => status !== '' || /^[a-z]+(-[a-z]+)+$/.test(code));
}

export function errorsPage() {
  const found = [...sources('libs'), ...sources('apps')].flatMap(refusalsOf);
  const odd = found.filter(({ code }) => !/^[a-z]+[a-z\d]*(-[a-z\d]+)*$/.test(code));
  if (odd.length > 0) throw new Error(`codes that are not in kebab case: ${odd.map(({ code }) => code).join(', ')}`);
  const codes = new Map();
  for (const { code, status, message, path } of found) {
    const known = codes.get(code);
    if (known) {
      known.paths.add(path);
      known.message ||= message;
      if (known.status === '') Object.assign(known, { status, message });
    } else codes.set(code, { status, message, paths: new Set([path]) });
  }
  const rows = [...codes]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, { status, message, paths }]) => {
      const where = [...paths].sort().map((path) => `\`${relative('libs', path).replace(/^\.\.\//, '')}\``);
      return `| \`${code}\` | ${status} | ${message.replaceAll('|', '\\|')} | ${where.join(', ')} |`;
    });
  return [
    '# Errors',
    '',
    'Every refusal, generated from the places that make one by `npm run catalogue`. Over HTTP it is a problem details document',
    '(RFC 9457) whose `code` is stable; the rest of the document says what is needed to mend it.',
    '',
    '| Code | Status | Says | Where |',
    '|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

/** The description the built program serves at /openapi.json. */
export async function openApiPage() {
  const folder = mkdtempSync(join(tmpdir(), 'annals-openapi-'));
  try {
    const { readConfig, inFolder } = await import(join(root, 'dist/libs/config.js'));
    const { createHttp, describe } = await import(join(root, 'dist/apps/program/http.js'));
    const { running } = await import(join(root, 'dist/apps/program/running.js'));
    const app = await createHttp(running(readConfig({ ...inFolder(folder), LOG_LEVEL: 'silent' }), 'annals catalogue'));
    const text = JSON.stringify(describe(app), null, 2);
    await app.close();
    return `${text}\n`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const pages = {
    'docs/events.md': eventsPage(),
    'docs/errors.md': errorsPage(),
    'docs/openapi.json': await openApiPage(),
    'docs/reports.md': await writtenReportsPage(),
    ...(await importPages()),
    'README.md': readmePage(readFileSync(join(root, 'README.md'), 'utf8')),
    '.env.example': envExample(),
  };
  for (const [path, text] of Object.entries(pages)) writeFileSync(join(root, path), text);
}
