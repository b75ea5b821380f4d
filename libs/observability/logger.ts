import { pino } from 'pino';

/** Structured log, one JSON line per entry, on standard error; standard output is for answers. */
export type Logger = Pick<pino.Logger, 'info' | 'warn' | 'error' | 'debug' | 'child'>;

export const createLogger = (level: string): Logger =>
  pino(
    {
      level,
      serializers: { error: pino.stdSerializers.err },
      timestamp: pino.stdTimeFunctions.isoTime,
      base: null,
    },
    pino.destination({ dest: 2, sync: true }),
  );
