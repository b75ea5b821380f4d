// docs/reports.md from the definitions of the reports. `npm run catalogue` writes it and `test/reports/docs.spec.ts` fails when
// it is stale.
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');

const cell = (text) => text.replaceAll('|', '\\|');
const table = (columns, rows) => [
  `| ${columns.join(' | ')} |`,
  `|${columns.map(() => '---|').join('')}`,
  ...rows.map((row) => `| ${row.map(cell).join(' | ')} |`),
];
const listed = (names) => names.map((name) => `\`${name}\``).join(', ');
const fields = (of, rows) =>
  table(
    [of, 'Means'],
    rows.map(([names, says]) => [listed([names].flat()), says]),
  );
const versioned = ({ name, version }) => `${name}@${version}`;

/** Columns that several bases have in common stand once. */
function basesOf({ bases, periods }) {
  const same = new Map();
  return Object.entries(bases).flatMap(([name, { says, window, by, policies, columns }]) => {
    const first = same.get(columns);
    same.set(columns, first ?? name);
    return [
      `### Basis \`${name}\``,
      '',
      says,
      '',
      `- \`from\` and \`to\` select: ${window}`,
      `- \`by\`, when nothing is said: ${by.length > 0 ? listed(by) : 'nothing, everything is added up'}`,
      ...(policies.length > 0 ? [`- policies: ${listed(policies.map(versioned))}, see below`] : []),
      '',
      ...(first
        ? [`Its columns are those of \`${first}\`.`, '']
        : [
            ...table(
              ['Column', 'Holds', 'Means'],
              Object.entries(columns).map(([column, { kind, says: meaning, ofTheMoment }]) => [
                `\`${column}\``,
                kind,
                ofTheMoment && periods ? `${meaning} Not by \`month\` or \`day\`.` : meaning,
              ]),
            ),
            '',
          ]),
    ];
  });
}

function reportOf(report) {
  const { name, version, says, dimensions, periods, rollup } = report;
  return [
    `## ${name}`,
    '',
    says,
    '',
    `Computed by \`${versioned({ name: `${name}-report`, version })}\` from \`${versioned(rollup.of)}\` and \`${versioned(rollup)}\`.`,
    '',
    ...fields('Dimension', [...Object.entries(dimensions), ...(periods ? [[['month', 'day'], periods]] : [])]),
    '',
    ...basesOf(report),
  ];
}

function policiesOf(reports) {
  const all = reports.flatMap(({ bases }) => Object.values(bases).flatMap(({ policies }) => policies));
  return [...new Set(all)].flatMap((policy) => [
    `### ${versioned(policy)}`,
    '',
    policy.says,
    '',
    ...(policy.table ? [...table(policy.table.columns, policy.table.rows), ''] : []),
  ]);
}

/** The page, from what the code of the reports exports. */
export function reportsPage({ reports, kinds, percentileRule, asked, answered, styles }) {
  return [
    '# Reports',
    '',
    'What every figure means, generated from the definitions in `reports/` by `npm run catalogue`. The command line',
    '(`annals report NAME`) and HTTP (`GET /reports/NAME`) give the same answer.',
    '',
    '## What can be asked',
    '',
    ...fields('Parameter', Object.entries(asked)),
    '',
    '## What is answered',
    '',
    ...fields('Field', Object.entries(answered)),
    '',
    'Figures are of these kinds:',
    '',
    ...fields('Kind', Object.entries(kinds)),
    '',
    `Percentiles: ${percentileRule}`,
    '',
    'Which columns a table has depends on what is asked, never on what is found.',
    '',
    `- On the command line: ${styles.people}`,
    `- As CSV (\`--csv\`; \`format=csv\` or \`Accept: text/csv\` over HTTP): ${styles.data}`,
    '',
    ...reports.flatMap(reportOf),
    '## Policies',
    '',
    ...policiesOf(reports),
  ]
    .join('\n')
    .replace(/\n+$/, '\n');
}

/** docs/reports.md from the built program. */
export async function writtenReportsPage() {
  const from = (file) => import(join(root, 'dist/libs/reports', file));
  const { reports } = await import(join(root, 'dist/apps/program/definitions.js'));
  const { kinds } = await from('report.js');
  const { percentileRule } = await from('figures.js');
  const { asked, answered } = await from('question.js');
  const { styles } = await from('table.js');
  return reportsPage({ reports, kinds, percentileRule, asked, answered, styles });
}
