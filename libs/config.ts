import { z } from 'zod';
import { Invalid } from './errors.js';
import { isZone } from './time.js';

/** @param says ends the sentence that begins with the name of the setting; so below */
const text = (holds: (value: string) => boolean, says: string) => z.string().refine(holds, { error: says });

const oneOf = <const Word extends string>(...words: readonly Word[]) =>
  z.enum(words, { error: `must be one of ${words.join(', ')}` });

/** The environment has numbers as text. */
const whole = (least: number, most: number, says = `must be a whole number from ${least} to ${most}`) =>
  z.coerce.number({ error: says }).int({ error: says }).min(least, { error: says }).max(most, { error: says });

const form = z.object({
  /**
   * Where the log is: `sqlite:FILE`, or `esdb://HOST:PORT` with the options of its client. Processes remember beside it: a copy of
   * `events.db` takes `events-processes.db` along.
   */
  EVENT_STORE_URL: text(
    (url) => /^(sqlite:.+|esdb(\+discover)?:\/\/.+)$/.test(url),
    'must be sqlite:FILE or esdb://HOST:PORT',
  ).default('sqlite:./data/events.db'),

  /** Where the read models are: `sqlite:FILE`, or `mongodb://HOST/DATABASE` with the options of its driver. */
  READ_MODELS_URL: text(
    (url) => /^(sqlite:.+|mongodb(\+srv)?:\/\/[^/]+\/[^/?]+(\?.*)?)$/.test(url),
    'must be sqlite:FILE or mongodb://HOST/DATABASE',
  ).default('sqlite:./data/read-models.db'),

  /** Whether an acknowledged write has reached the disk: `full`, or `normal`, which may lose the last ones on a power cut. */
  DURABILITY: oneOf('full', 'normal').default('full'),

  /** Address the API listens on. Anything but loopback is refused while its callers are not authenticated. */
  HOST: z.string().default('127.0.0.1'),

  /** Port the API listens on; 0 takes any that is free. */
  PORT: whole(0, 65_535).default(3000),

  /** Port on which clients of EventStoreDB read and subscribe; 0 takes any that is free, `off` none. */
  SUBSCRIPTIONS_PORT: z
    .union([z.literal('off'), whole(0, 65_535)], { error: 'must be a whole number from 0 to 65535, or off' })
    .default(2113),

  /** Address the subscriptions listen on. Anything but loopback takes a certificate, a user and a password. */
  SUBSCRIPTIONS_HOST: z.string().default('127.0.0.1'),

  /** Whether clients of EventStoreDB may append to streams of their own: `on`, `off`. Those of Annals are written by commands only. */
  SUBSCRIPTIONS_APPEND: oneOf('on', 'off').default('off'),

  /** File with the certificate (PEM) that clients of EventStoreDB are shown, and whatever lies between it and its root. */
  SUBSCRIPTIONS_CERTIFICATE: z.string().default(''),

  /** File with the private key (PEM) of that certificate. */
  SUBSCRIPTIONS_KEY: z.string().default(''),

  /** Name that clients of EventStoreDB give; it takes a password and a certificate. */
  SUBSCRIPTIONS_USER: text((name) => !name.includes(':'), 'must be a name without a colon').default(''),

  /** Password that clients of EventStoreDB give. */
  SUBSCRIPTIONS_PASSWORD: z.string().default(''),

  /** IANA time zone whose days and months reports count in. Another one builds them anew; until then answers say which they count in. */
  REPORT_ZONE: text(isZone, 'must be an IANA time zone such as Europe/Berlin').default('UTC'),

  /**
   * Partitions each read model is built in, so that so many workers can share it. Another number builds them anew beside what
   * serves.
   */
  PARTITIONS: whole(1, 64).default(1),

  /** Seconds after which others take over from a worker that shows no sign of life; the same for all workers. */
  LEASE_SECONDS: whole(1, 600).default(10),

  /** Seconds a server that is not there is waited for at the start, before the program ends. */
  START_PATIENCE_SECONDS: whole(0, 3_600).default(30),

  /** Seconds that requests under way may take when the server stops; what is left is cut off then. */
  STOP_SECONDS: whole(0, 600).default(5),

  /** Folder with projections and reports of your own, as JavaScript modules (docs/extensions.md); none when it is empty. */
  EXTENSIONS: z.string().default(''),

  /**
   * Address of a model that scores leads where the lead policy says `external`; none when it is empty. It is sent what is known of a
   * lead.
   */
  LEAD_MODEL_URL: text(
    (url) => /^(https?:\/\/[^/]+.*)?$/.test(url),
    'must be an address that begins with http',
  ).default(''),

  /** Seconds that the model may take for an answer. */
  LEAD_MODEL_SECONDS: whole(1, 60).default(5),

  /** Least severe entry that is logged: `debug`, `info`, `warn`, `error`, `silent`. */
  LOG_LEVEL: oneOf('debug', 'info', 'warn', 'error', 'silent').default('info'),

  /** Largest request body in bytes. */
  BODY_LIMIT: whole(1_024, 64 * 1024 * 1024).default(1_048_576),
});

/** Every setting there is, read from the environment. The README's table is made from the comments above. */
export class Config extends (class {} as new () => z.output<typeof form>) {
  constructor() {
    super();
    Object.assign(this, form.parse({}));
  }
}

/**
 * The settings of this process; the only reader of `process.env`.
 * @param over settings that the command line gives
 * @param folder where files are to be; what the environment keeps on a server stays there
 * @throws Invalid `configuration-invalid`, naming every problem at once
 */
export function readConfig(over: Partial<Config> = {}, folder?: string): Config {
  const names = Object.keys(form.shape);
  const given = Object.fromEntries(
    names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
  const files = Object.entries(folder === undefined ? {} : inFolder(folder));
  const placed = Object.fromEntries(files.filter(([name]) => isFile(given[name] ?? 'sqlite:')));
  const { data, error } = form.safeParse({ ...given, ...placed, ...over });
  if (!error) return Object.assign(new Config(), data);
  const problems = error.issues.map(({ path, message }) => `${path.join('.')} ${message}`);
  throw new Invalid('configuration-invalid', `The configuration is wrong: ${problems.join('; ')}.`, { problems });
}

/** The folder of extensions that the command line or the environment names, whatever the other settings are. */
export const extensionsFolder = (given = process.env['EXTENSIONS']): string => given ?? '';

/** The settings that keep everything in one folder. */
export const inFolder = (folder: string): Partial<Config> => ({
  EVENT_STORE_URL: `sqlite:${folder}/events.db`,
  READ_MODELS_URL: `sqlite:${folder}/read-models.db`,
});

/** Whether a URL names a file of this machine. */
export const isFile = (url: string): boolean => url.startsWith('sqlite:');

/** The file of a `sqlite:` URL. */
export const fileOf = (url: string): string => url.slice('sqlite:'.length);
