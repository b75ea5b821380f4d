import 'reflect-metadata';
import { plainToInstance, Transform, Type } from 'class-transformer';
import { IsIn, IsInt, IsString, Matches, Max, Min, ValidateBy, validateSync } from 'class-validator';
import { Invalid } from './errors.js';
import { isZone } from './time.js';

/** Every setting there is, read from the environment. The README's table is made from these comments. */
export class Config {
  /** Where the log is: `sqlite:FILE`, or `esdb://HOST:PORT` with the options of its client. */
  @Matches(/^(sqlite:.+|esdb(\+discover)?:\/\/.+)$/, {
    message: 'EVENT_STORE_URL must be sqlite:FILE or esdb://HOST:PORT',
  })
  EVENT_STORE_URL = 'sqlite:./data/events.db';

  /** Where the read models are: `sqlite:FILE`, or `mongodb://HOST/DATABASE` with the options of its driver. */
  @Matches(/^(sqlite:.+|mongodb(\+srv)?:\/\/[^/]+\/[^/?]+(\?.*)?)$/, {
    message: 'READ_MODELS_URL must be sqlite:FILE or mongodb://HOST/DATABASE',
  })
  READ_MODELS_URL = 'sqlite:./data/read-models.db';

  /** Whether an acknowledged write has reached the disk: `full`, or `normal`, which may lose the last ones on a power cut. */
  @IsIn(['full', 'normal'])
  DURABILITY: 'full' | 'normal' = 'full';

  /** Address the API listens on. Anything but loopback is refused while its callers are not authenticated. */
  @IsString()
  HOST = '127.0.0.1';

  /** Port the API listens on; 0 takes any that is free. */
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(65_535)
  PORT = 3000;

  /** Port on which clients of EventStoreDB read and subscribe; 0 takes any that is free, `off` none. */
  @Transform(({ value }) => (value === 'off' ? value : Number(value)))
  @ValidateBy({
    name: 'isPortOrOff',
    validator: {
      validate: (value) => value === 'off' || (Number.isInteger(value) && value >= 0 && value <= 65_535),
      defaultMessage: () => 'SUBSCRIPTIONS_PORT must be a whole number from 0 to 65535, or off',
    },
  })
  SUBSCRIPTIONS_PORT: number | 'off' = 2113;

  /** Address the subscriptions listen on. Anything but loopback takes a certificate, a user and a password. */
  @IsString()
  SUBSCRIPTIONS_HOST = '127.0.0.1';

  /** Whether clients of EventStoreDB may append to streams of their own: `on`, `off`. Those of Annals are written by commands only. */
  @IsIn(['on', 'off'])
  SUBSCRIPTIONS_APPEND: 'on' | 'off' = 'off';

  /** File with the certificate (PEM) that clients of EventStoreDB are shown, and whatever lies between it and its root. */
  @IsString()
  SUBSCRIPTIONS_CERTIFICATE = '';

  /** File with the private key (PEM) of that certificate. */
  @IsString()
  SUBSCRIPTIONS_KEY = '';

  /** Name that clients of EventStoreDB give; it takes a password and a certificate. */
  @Matches(/^[^:]*$/, { message: 'SUBSCRIPTIONS_USER must be a name without a colon' })
  SUBSCRIPTIONS_USER = '';

  /** Password that clients of EventStoreDB give. */
  @IsString()
  SUBSCRIPTIONS_PASSWORD = '';

  /** IANA time zone whose days and months reports count in. Another one builds them anew; until then answers say which they count in. */
  @ValidateBy({
    name: 'isZone',
    validator: {
      validate: (value) => typeof value === 'string' && isZone(value),
      defaultMessage: () => 'REPORT_ZONE must be an IANA time zone such as Europe/Berlin',
    },
  })
  REPORT_ZONE = 'UTC';

  /**
   * Partitions each read model is built in, so that so many workers can share it. Another number builds them anew beside what
   * serves.
   */
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(64)
  PARTITIONS = 1;

  /** Seconds after which others take over from a worker that shows no sign of life; the same for all workers. */
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(600)
  LEASE_SECONDS = 10;

  /** Seconds a server that is not there is waited for at the start, before the program ends. */
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(3_600)
  START_PATIENCE_SECONDS = 30;

  /** Seconds that requests under way may take when the server stops; what is left is cut off then. */
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(600)
  STOP_SECONDS = 5;

  /** Least severe entry that is logged: `debug`, `info`, `warn`, `error`, `silent`. */
  @IsIn(['debug', 'info', 'warn', 'error', 'silent'])
  LOG_LEVEL: 'debug' | 'info' | 'warn' | 'error' | 'silent' = 'info';

  /** Largest request body in bytes. */
  @Type(() => Number)
  @IsInt()
  @Min(1_024)
  @Max(64 * 1024 * 1024)
  BODY_LIMIT = 1_048_576;
}

/**
 * The settings of this process; the only reader of `process.env`.
 * @param over settings that the command line gives
 * @param folder where files are to be; what the environment keeps on a server stays there
 * @throws Invalid `configuration-invalid`, naming every problem at once
 */
export function readConfig(over: Partial<Config> = {}, folder?: string): Config {
  const names = Object.keys(new Config());
  const given = Object.fromEntries(
    names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
  const files = Object.entries(folder === undefined ? {} : inFolder(folder));
  const placed = Object.fromEntries(files.filter(([name]) => isFile(given[name] ?? 'sqlite:')));
  const config = plainToInstance(Config, { ...given, ...placed, ...over });
  const problems = validateSync(config).flatMap(({ constraints = {} }) => Object.values(constraints));
  if (problems.length > 0) {
    throw new Invalid('configuration-invalid', `The configuration is wrong: ${problems.join('; ')}.`, { problems });
  }
  return config;
}

/** The settings that keep everything in one folder. */
export const inFolder = (folder: string): Partial<Config> => ({
  EVENT_STORE_URL: `sqlite:${folder}/events.db`,
  READ_MODELS_URL: `sqlite:${folder}/read-models.db`,
});

/** Whether a URL names a file of this machine. */
export const isFile = (url: string): boolean => url.startsWith('sqlite:');

/** The file of a `sqlite:` URL. */
export const fileOf = (url: string): string => url.slice('sqlite:'.length);
