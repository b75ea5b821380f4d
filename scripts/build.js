// Compiles apps, libs, processes, projections, reports and benchmarks into dist, with the OpenAPI plugin, in one incremental program.
//
// `nest build` does the same for one app at a time, empties dist first and starts a compiler from nothing, so whoever
// runs from dist in that moment finds half a program. Here each file is put in place whole, and only when it changed.
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { before } from '@nestjs/swagger/plugin';
import ts from 'typescript';
import { answersOf } from './answers.js';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const started = new Date();

const host = { ...ts.sys, getCanonicalFileName: (path) => path, getNewLine: () => '\n' };
// `npm run dev` (nest start --watch) takes the options of the plugin from the same place.
const [openApi] = JSON.parse(readFileSync(join(root, 'nest-cli.json'), 'utf8')).compilerOptions.plugins;
const config = ts.getParsedCommandLineOfConfigFile(join(root, 'tsconfig.build.json'), {}, host);
const dist = config.options.outDir;

/** A reader sees the old file or the new one, never a part. */
function writeWhole(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  const part = `${path}.${process.pid}.part`;
  writeFileSync(part, text);
  renameSync(part, path);
}

const program = ts.createIncrementalProgram({
  rootNames: config.fileNames,
  options: config.options,
  configFileParsingDiagnostics: config.errors,
});
const problems = [
  ...program.getConfigFileParsingDiagnostics(),
  ...program.getOptionsDiagnostics(),
  ...program.getGlobalDiagnostics(),
  ...program.getSyntacticDiagnostics(),
  ...program.getSemanticDiagnostics(),
];
if (problems.length > 0) {
  const format = process.stderr.isTTY ? ts.formatDiagnosticsWithColorAndContext : ts.formatDiagnostics;
  process.stderr.write(format(problems, host));
  process.exit(1);
}
program.emit(undefined, writeWhole, undefined, false, { before: [before(openApi.options, program.getProgram())] });
// apps/program/answers.ts puts it into the OpenAPI description.
writeWhole(join(dist, 'apps/program/answers.json'), JSON.stringify(answersOf(program.getProgram())));

// What a deleted or renamed source left behind would still be found by an import.
const sources = new Set(config.fileNames.map((file) => relative(root, file).replace(/\.ts$/, '')));
for (const entry of readdirSync(dist, { recursive: true })) {
  if (/\.js(\.map)?$/.test(entry) && !sources.has(entry.replace(/\.js(\.map)?$/, ''))) rmSync(join(dist, entry));
}

// ./annals builds when a source is newer than this: dated from the start, so that an edit made meanwhile counts.
const stamp = join(dist, '.stamp');
writeWhole(stamp, '');
utimesSync(stamp, started, started);
