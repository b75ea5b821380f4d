import { Invalid } from '../../errors.js';

/** Default interval of keep-alive checks, in milliseconds. */
const KEEP_ALIVE = 10_000;

/** Address of a server, from `EVENT_STORE_URL`. */
export interface EsdbAddress {
  /** Connection string for the client; may contain a password. */
  readonly url: string;
  /** The same without user and password, for messages. */
  readonly place: string;
  readonly keepAlive: number;
}

const wholeNumber = (text: string) => (/^\d{1,9}$/.test(text) ? undefined : 'must be a whole number of milliseconds');
const flag = (text: string) => (/^(true|false)$/.test(text) ? undefined : 'must be true or false');
const atLeast = (least: number) => (text: string) =>
  wholeNumber(text) ?? (Number(text) < least ? `must be at least ${least}` : undefined);
const anything = () => undefined;

/** Allowed options of a URL. Each function returns what is wrong with a value, if anything. */
const OPTIONS: Readonly<Record<string, (text: string) => string | undefined>> = {
  tls: flag,
  tlsCAFile: anything,
  userCertFile: anything,
  userKeyFile: anything,
  tlsVerifyCert: (text) =>
    flag(text) ?? (text === 'false' ? 'cannot be false: name the authority with tlsCAFile instead' : undefined),
  connectionName: anything,
  maxDiscoverAttempts: (text) => (/^\d{1,4}$/.test(text) ? undefined : 'must be a whole number'),
  discoveryInterval: wholeNumber,
  gossipTimeout: wholeNumber,
  keepAliveInterval: atLeast(10_000),
  keepAliveTimeout: atLeast(1_000),
  defaultDeadline: atLeast(1_000),
  // A follower node lags behind acknowledged events and refuses writes.
  nodePreference: (text) => (text === 'leader' ? undefined : 'must be leader: others lag behind what is acknowledged'),
};

/** @throws Invalid `configuration-invalid`, naming everything that is wrong at once; never a password */
export function esdbAddress(url: string): EsdbAddress {
  const problems: string[] = [];
  const [, scheme, login, hosts = '', query = ''] =
    /^(esdb(?:\+discover)?):\/\/(?:([^@/?]*)@)?([^/?]*)\/?(?:\?(.*))?$/.exec(url) ?? [];
  if (scheme === undefined) problems.push('it must be esdb://HOST:PORT?OPTION=VALUE&… or esdb+discover://…');
  for (const host of scheme === undefined ? [] : hosts.split(',')) {
    const [, port] = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::(\d{1,5}))?$/i.exec(host) ?? [];
    if (!/^([\w.-]+|\[[\da-f:.]+\])(:\d{1,5})?$/i.test(host) || Number(port ?? 1) > 65_535 || Number(port ?? 1) === 0)
      problems.push(`${JSON.stringify(host)} is no host with a port`);
  }
  const given = new Map<string, string>();
  for (const pair of query === '' ? [] : query.split('&')) {
    const [, name = pair, value] = /^([^=]*)=(.*)$/s.exec(pair) ?? [];
    const known = Object.keys(OPTIONS).find((option) => option.toLowerCase() === name.toLowerCase());
    if (!known) problems.push(`there is no option ${JSON.stringify(name)}: ${Object.keys(OPTIONS).join(', ')} are`);
    else if (value === undefined || value === '') problems.push(`${known} has no value`);
    else if (given.has(known)) problems.push(`${known} is given twice`);
    else {
      given.set(known, value);
      const wrong = OPTIONS[known]!(value);
      if (wrong) problems.push(`${known} ${wrong}`);
    }
  }
  if (login !== undefined && !/^[^:]+:.+$/.test(login)) problems.push('the login must be USER:PASSWORD');
  if (login !== undefined && given.get('tls') === 'false') {
    problems.push('USER:PASSWORD is never sent with tls=false: leave one of the two out');
  }
  if (given.has('userCertFile') !== given.has('userKeyFile')) {
    problems.push('userCertFile and userKeyFile belong together');
  }
  if (problems.length > 0) {
    const named = problems.map((problem) => `EVENT_STORE_URL: ${problem}`);
    throw new Invalid('configuration-invalid', `The configuration is wrong: ${named.join('; ')}.`, { problems: named });
  }
  const keepAlive = Number(given.get('keepAliveInterval') ?? KEEP_ALIVE);
  return { url, place: withoutLogin(url), keepAlive };
}

/** The URL without user and password, for messages. */
export const withoutLogin = (url: string): string => url.replace(/^([a-z+]+:\/\/)[^@/?]*@/, '$1');
