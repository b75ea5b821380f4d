import { describe, expect, it } from '@jest/globals';
import { run } from './program.js';

describe('what is not understood', () => {
  it.each([
    [['reprot'], 'unknown command', 'report'],
    [['report', 'funnel', '--form', '2025-01-01'], 'unknown option', '--from'],
    [['report', 'tunnel'], 'Allowed choices are ', 'funnel'],
    [['report', 'funnel', '--from', '2025-02-30'], 'a day that exists', ''],
    [['report', 'funnel', '--csv', '--json'], '', ''],
    [['report'], 'missing required argument', ''],
    [['report', 'performance', '--where', 'product'], 'It must be a dimension, an equals sign and values', ''],
    [['report', 'performance', '--by', 'month,,product'], 'It must be a list', ''],
    [['history', 'customer'], 'missing required argument', ''],
    [['start', '--port', '99999'], 'whole number from 0 to 65535', ''],
    [['start', '--subscriptions-port', 'none'], 'whole number from 0 to 65535, or off', ''],
    [['status', '--data', ''], 'the name of a folder', ''],
    [['rebuild'], 'or all of them with --all', ''],
    [['events', 'all'], 'too many arguments', ''],
  ])('%j ends with 2 and a hint', async (args, said, hint) => {
    const { code, out, err } = await run(...args);
    expect(code).toBe(2);
    expect(`${out}${err}`).toContain(said);
    expect(`${out}${err}`).toContain(hint);
  });

  it('is one document for programs', async () => {
    const { code, out, err } = await run('report', 'funnel', '--json', '--frob');
    expect(code).toBe(2);
    expect(JSON.parse(out)).toMatchObject({ code: 'usage-invalid', status: 400 });
    expect(err).toBe('');
  });

  it('shows help that names every command, without loading the program', async () => {
    const { code, out } = await run('--help');
    expect(code).toBe(0);
    for (const command of [
      'start',
      'demo',
      'import',
      'report',
      'history',
      'chart',
      'events',
      'projections',
      'rebuild',
      'status',
    ]) {
      expect(out).toMatch(new RegExp(`^ {2}${command} `, 'm'));
    }
    expect((await run('help', 'report')).out).toContain('--as-of');
  });
});
