import { beforeAll, describe, expect, it } from '@jest/globals';
import { Planted } from './support/planted.js';

/** Files with a violation of what lint alone can see: rules that are told the time, never ask for it. */
const impure: Record<string, string> = {
  'libs/customers/customer.decider.ts': 'export const rule = () => [Date.now(), Math.random()];',
  'libs/customers/events.ts': 'export const born = new Date();',
  'libs/customers/commands.ts': 'export const id = crypto.randomUUID();',
  'libs/customers/tag.commands.ts': 'export const id = crypto.randomUUID();',
  'processes/follow-up.ts': 'export const react = () => setTimeout(() => {}, 1);',
  'projections/board.ts': "export const load = () => fetch('http://localhost');",
  'reports/deals.ts': 'export const rows = () => Math.random();',
  'libs/reports/figures.ts': 'export const today = () => Date.now();',
  'libs/money.ts': 'export const amount = Math.random();',
  'libs/time.ts': 'export const now = Date.now();',
  'libs/http/noisy.ts': "console.log('hello');",
  'libs/http/settings.ts': 'export const port = process.env.PORT;',
};

interface Lint {
  diagnostics: { filename: string; code: string }[];
}

const planted = new Planted();

describe('lint', () => {
  let reported: string[];

  beforeAll(() => {
    planted.plant(impure);
    const { diagnostics } = planted.run<Lint>('oxlint', '--format', 'json', '.');
    const purity = /no-restricted-|no-console|no-process-env/;
    reported = diagnostics.filter(({ code }) => purity.test(code)).map(({ filename }) => filename);
  });

  it.each(Object.keys(impure))('reports %s, which is not pure', (file) => {
    expect(reported).toContain(file);
  });
});
