import { describe, expect, it } from '@jest/globals';
import { esdbAddress } from '../../libs/event-store/esdb/url.js';

const problemsOf = (url: string): readonly string[] => {
  try {
    esdbAddress(url);
    return [];
  } catch (error) {
    const { code, details } = error as { code: string; details: { problems: string[] } };
    expect(code).toBe('configuration-invalid');
    return details.problems;
  }
};

describe('the address of an event store', () => {
  it.each([
    'esdb://127.0.0.1:2113?tls=false',
    'esdb://localhost',
    'esdb://[::1]:2113',
    'esdb://one.example:2113,two.example:2113/?nodePreference=leader&keepAliveInterval=20000',
    'esdb+discover://admin:changeit@cluster.example:2113?tlsCAFile=/etc/ca.pem',
  ])('%s is one', (url) => {
    expect(problemsOf(url)).toEqual([]);
  });

  it('is shown without who logs in', () => {
    expect(esdbAddress('esdb://admin:changeit@db.example:2113?connectionName=annals').place).toBe(
      'esdb://db.example:2113?connectionName=annals',
    );
  });

  it('says everything that is wrong with it at once, and no password', () => {
    const problems = problemsOf(
      'esdb://admin:changeit@db.example:99999?tls=no&colour=red&nodePreference=follower&keepAliveInterval=10&tls=false',
    ).join('\n');
    for (const named of [
      '99999',
      'tls must be',
      'colour',
      'nodePreference',
      'keepAliveInterval',
      'tls is given twice',
    ]) {
      expect(problems).toContain(named);
    }
    expect(problems).not.toContain('changeit');
  });

  it.each([
    ['esdb://', 'no host'],
    ['kurrentdb://db.example', 'esdb://'],
    ['esdb://admin:changeit@db.example?tls=false', 'never sent with tls=false'],
    ['esdb://admin@db.example', 'USER:PASSWORD'],
    ['esdb://db.example?userCertFile=/a', 'belong together'],
    ['esdb://db.example?tlsVerifyCert=false', 'tlsCAFile'],
    ['esdb://db.example?throwOnAppendFailure=false', 'no option'],
  ])('%s is refused: %s', (url, why) => {
    expect(problemsOf(url).join('\n')).toContain(why);
  });
});
