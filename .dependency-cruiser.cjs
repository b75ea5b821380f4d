const { existsSync, readdirSync } = require('node:fs');
const { join } = require('node:path');

/**
 * Which files may import which. Events ← commands ← deciders, events ← projections ← queries ← controllers ← modules ← apps.
 * test/boundaries.spec.ts plants a violation of every rule here and fails when one goes unreported.
 */
const libs = join(process.cwd(), 'libs');
/** Every folder of libs that has events is a context, also one that was added a moment ago. */
const contexts = readdirSync(libs)
  .filter((folder) => existsSync(join(libs, folder, 'events.ts')))
  .join('|');

/** Small files without state, clock or I/O; ids.ts is not among them, because making an id is random. */
const helpers =
  '^libs/(changes|dealings|errors|frequency|key-fields|merged|money|owner-changed|phone|pooling|segmenting|text|tiering|time|whole|working-time|spreading-hash)\\.ts$';
const events = '^libs/[^/]+/events\\.ts$';
// Those of a context, or of one of its subjects.
const commands = '^libs/[^/]+/[a-z.-]*commands\\.ts$';
const answerTypes = '^libs/event-store/(event-store|streams)\\.ts$';
const eventTypes = '^libs/event-store/event-store\\.ts$';

/** The engines of a port: folders beside its own files. */
const engines = { 'event-store': 'sqlite|esdb|overlay', 'read-models': 'sqlite|mongo' };

const rule = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

module.exports = {
  forbidden: [
    rule(
      'no-cycles',
      'ES modules in a cycle meet each other half loaded; types in a cycle cannot be understood one file at a time',
      {},
      { circular: true },
    ),
    rule('no-dead-imports', 'the file or package must be there', {}, { couldNotResolve: true }),
    rule(
      'events-import-events-only',
      'what happened is readable without knowing what was asked, or how it was decided',
      { path: events },
      {
        pathNot: [
          events,
          '^libs/(changes|dealings|key-fields|merged|money|personal|pooling|segmenting|tiering|time|working-time)\\.ts$',
        ],
      },
    ),
    rule(
      'commands-are-data',
      'a command names what may be asked and what is answered; the rule lives in the decider',
      { path: commands },
      {
        pathNot: [
          events,
          answerTypes,
          helpers,
          commands,
          '^libs/[^/]+/[a-z-]+-id\\.ts$',
          '^libs/commands/(command|fields|text-form)\\.ts$',
        ],
      },
    ),
    rule(
      'deciders-are-pure',
      'the same state and command give the same events, in a test as in ten years',
      { path: '\\.(decider|rules)\\.ts$' },
      {
        pathNot: [
          events,
          eventTypes,
          helpers,
          '^libs/[^/]+/(commands|[a-z-]+\\.(commands|decider|rules))\\.ts$',
          '^libs/event-store/decider\\.ts$',
          // What a stream reserves on others, which the decide loop takes and gives back.
          '^libs/[^/]+/reservations\\.ts$',
          // Collections of which each change makes another one and copies next to nothing: what states are made of.
          'node_modules/immutable/',
        ],
      },
    ),
    rule(
      'projections-are-pure',
      'one code serves live, rebuild and as-of only if it knows nothing but events',
      { path: '^projections/' },
      {
        pathNot: [
          '^projections/',
          // How contexts declare the times that the clock watches.
          '^libs/deadline\\.ts$',
          events,
          eventTypes,
          helpers,
          '^libs/read-models/(projection|rollup|histogram)\\.ts$',
        ],
      },
    ),
    rule(
      'reports-are-pure',
      'a report says what it asks for and how rows are made; the code in libs/reports does the rest',
      { path: '^reports/' },
      {
        pathNot: [
          '^(projections|reports)/',
          events,
          helpers,
          '^libs/read-models/(projection|rollup|histogram)\\.ts$',
          '^libs/reports/(answer|columns|figures|report|reports)\\.ts$',
        ],
      },
    ),
    rule(
      'report-helpers-are-pure',
      'what reports import must be as pure as they are',
      { path: '^libs/reports/(answer|columns|figures|plain|report|reports)\\.ts$' },
      {
        pathNot: [
          helpers,
          '^libs/read-models/(generation|projection|read-models|rollup|histogram)\\.ts$',
          '^libs/reports/(answer|columns|figures|plain|report|reports)\\.ts$',
        ],
      },
    ),
    rule(
      'the-answering-code-knows-no-report',
      'a report is added by one file: what it must know it declares itself',
      { path: '^(libs|processes|projections)/', pathNot: '^libs/[^/]+/context\\.ts$' },
      { path: '^reports/' },
    ),
    rule(
      'processes-are-pure',
      'a process says which commands follow; the runner in libs/processes does the rest',
      { path: '^processes/' },
      {
        pathNot: [
          '^processes/',
          // Where a sweep finds the things that it asks for, and whether a rule is there from which anything can follow.
          '^projections/',
          '^libs/read-models/projection\\.ts$',
          '^libs/[^/]+/facts\\.ts$',
          events,
          eventTypes,
          helpers,
          '^libs/ids\\.ts$',
          '^libs/[^/]+/[a-z-]+-id\\.ts$',
          commands,
          '^libs/processes/(process|sweep)\\.ts$',
          // How contexts declare what employees have.
          '^libs/belonging\\.ts$',
        ],
      },
    ),
    ...Object.entries(engines).map(([port, folders]) =>
      rule(
        `${port}-engines-know-the-port-only`,
        'an engine is exchanged by writing one folder',
        { path: `^libs/${port}/(${folders})/` },
        {
          path: '^(apps|libs|processes|projections|reports)/',
          pathNot: [
            `^libs/${port}/($1)/`,
            `^libs/${port}/[^/]+\\.ts$`,
            eventTypes,
            helpers,
            '^libs/(clock|ids|loopback|patience|spreading-hash|wakers)\\.ts$',
            '^libs/sqlite/',
          ],
        },
      ),
    ),
    ...Object.entries(engines).map(([port, folders]) =>
      rule(
        `${port}-is-opened-in-one-file`,
        'what is not an engine sees the port, and one file chooses the engine',
        {
          path: '^(libs|processes|projections|reports)/',
          pathNot: [`^libs/${port}/((${folders}|move)/|open-|event-store\\.module)`, '^libs/processes/memory/esdb\\.'],
        },
        { path: `^libs/${port}/(${folders})/`, pathNot: '/lock\\.ts$' },
      ),
    ),
    rule(
      'process-memory-engines-know-the-port-only',
      'an engine is exchanged by writing one file',
      { path: '^libs/processes/memory/(sqlite|esdb|scratch)\\.' },
      {
        path: '^(apps|libs|processes|projections)/',
        pathNot: [
          '^libs/processes/memory/process-memory\\.ts$',
          '^libs/event-store/esdb/documents\\.ts$',
          eventTypes,
          helpers,
          '^libs/clock\\.ts$',
          '^libs/sqlite/',
        ],
      },
    ),
    rule(
      'process-memory-is-opened-in-one-file',
      'processes see the port, and one file chooses the engine by that of the log',
      { path: '^(libs|processes|projections)/', pathNot: '^libs/processes/memory/open-' },
      { path: '^libs/processes/memory/(sqlite|esdb)\\.' },
    ),
    rule(
      'helpers-stand-alone',
      'every rule may import them, so they may import no one but each other',
      { path: [helpers, '^libs/(ids|clock)\\.ts$'] },
      { path: '^(apps|libs|processes|projections|reports)/', pathNot: helpers },
    ),
    rule(
      'config-stands-alone',
      'settings are read before anything else is there',
      { path: '^libs/config\\.ts$' },
      { path: '^(apps|libs|processes|projections|reports)/', pathNot: helpers },
    ),
    rule(
      'contexts-meet-through-events-commands-and-facts',
      'else two contexts become one',
      { path: `^libs/(${contexts})/`, pathNot: ['^libs/import/steps/', '/context\\.ts$'] },
      { path: `^libs/(${contexts})/`, pathNot: ['^libs/$1/', '/(events|[a-z.-]*commands|facts|reservations)\\.ts$'] },
    ),
    rule(
      'a-context-lists-what-is-its-own',
      'beside its folder: what rows of an import become, what reacts, what is kept up and reported',
      { path: `^libs/(${contexts})/context\\.ts$` },
      { path: `^libs/(${contexts})/`, pathNot: ['^libs/$1/', '^libs/import/steps/'] },
    ),
    rule(
      'import-steps-send-commands',
      'a step checks the form of a row as the API does, and asks for the same commands',
      { path: '^libs/import/steps/' },
      {
        path: `^libs/(${contexts})/`,
        pathNot: ['^libs/import/', '/(events|[a-z.-]*commands|facts)\\.ts$'],
      },
    ),
    rule(
      'queries-never-decide',
      'a query reads documents; streams are for rules',
      { path: '/queries\\.ts$' },
      { path: ['\\.(decider|rules)\\.ts$', '^libs/event-store/(streams|decider)\\.ts$'] },
    ),
    rule(
      'controllers-only-translate',
      'HTTP in, one command or one query out',
      { path: `^libs/(${contexts})/.*\\.controller\\.ts$` },
      { path: ['\\.(decider|rules)\\.ts$', '^libs/(event-store|read-models)/'], pathNot: eventTypes },
    ),
    rule(
      'ports-know-no-context',
      'engines and edges serve any business, also the next one',
      { path: '^libs/(commands|event-store|read-models|security|observability|http)/' },
      { path: `^libs/(processes|${contexts})/|^(processes|projections|reports)/` },
    ),
    rule(
      'event-store-knows-no-read-model',
      'facts go one way, from the log down',
      { path: '^libs/event-store/' },
      { path: '^libs/read-models/' },
    ),
    rule(
      'read-models-read-the-port',
      'read models see the log as everyone does, whichever engine keeps it',
      { path: '^libs/read-models/' },
      {
        path: '^libs/event-store/(streams|decider|open-event-store)\\.ts$|^libs/event-store/(sqlite|esdb|overlay|move)/',
      },
    ),
    rule(
      'subscriptions-read-the-port',
      'subscribers see the log as everyone does, whichever engine keeps it',
      { path: '^libs/subscriptions/' },
      {
        path: '^(apps|libs|processes|projections|reports)/',
        pathNot: [
          '^libs/subscriptions/',
          eventTypes,
          '^libs/(clock|errors|ids|loopback|spreading-hash)\\.ts$',
          '^libs/sqlite/',
        ],
      },
    ),
    rule(
      'observability-is-wired-by-apps',
      'what is measured does not know that it is',
      { path: '^(libs|processes|projections|reports)/', pathNot: '^libs/observability/' },
      { path: '^libs/observability/' },
    ),
    rule(
      'libs-know-no-app',
      'apps choose, libs are chosen',
      { path: '^(libs|processes|projections|reports)/' },
      { path: '^apps/' },
    ),
    rule(
      'only-apps-know-the-contexts',
      'contexts read the documents they name, not the lists of all',
      { path: '^(libs|processes|projections|reports)/' },
      { path: '^libs/[^/]+/context\\.ts$' },
    ),
    rule(
      'shipped-code-knows-no-test',
      'test, benchmarks and scripts are not there in production',
      { path: '^(apps|libs|processes|projections|reports)/' },
      { path: '^(test|benchmarks|scripts)/' },
    ),
    rule(
      'shipped-code-needs-no-dev-dependency',
      'it would start here and nowhere else',
      { path: '^(apps|libs|processes|projections|reports)/' },
      { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    ),
    rule(
      'sqlite-stays-in-its-adapters',
      'one file to read when the embedded engine is in question',
      {
        pathNot: '^libs/((event-store/|read-models/)?sqlite/|subscriptions/sqlite|processes/memory/sqlite\\.)',
      },
      { path: '^(node:)?sqlite$' },
    ),
    rule(
      'drivers-stay-in-adapters',
      'an engine is exchanged by writing one file',
      {
        pathNot:
          '^libs/(event-store/esdb/(client|bytes|failures|following|wire-event)\\.ts$|read-models/mongo/|subscriptions/)',
      },
      { path: 'node_modules/(@eventstore|mongodb)/' },
    ),
    rule(
      'subscriptions-speak-the-protocol-only',
      'the messages of the client serve on both sides, the client itself on one',
      { path: '^libs/subscriptions/' },
      { path: 'node_modules/@eventstore/', pathNot: 'node_modules/@eventstore/db-client/generated/' },
    ),
    rule(
      'the-protocol-is-spoken-in-one-folder',
      'whoever else wants facts reads the port',
      { path: '^(apps|libs|processes|projections|reports)/', pathNot: '^libs/subscriptions/' },
      { path: 'node_modules/(@grpc|google-protobuf)/' },
    ),
  ],
  options: {
    // Types count: a cycle or a forbidden dependency of types is one for the reader.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    builtInModules: { add: ['node:sqlite'] },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
