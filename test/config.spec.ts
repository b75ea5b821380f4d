import { expect, it } from '@jest/globals';
import { Config, readConfig } from '../libs/config.js';

/** As the environment has them: all are texts. */
const read = (environment: Record<string, string>) => readConfig(environment as object);

it('settings that are not given are as they are by default', () => {
  expect(readConfig({ STOP_SECONDS: 7 })).toEqual({ ...new Config(), STOP_SECONDS: 7 });
  expect(readConfig()).toBeInstanceOf(Config);
});

it('numbers are read from text', () => {
  expect(read({ PORT: '0', SUBSCRIPTIONS_PORT: '2114', BODY_LIMIT: '2048' })).toMatchObject({
    PORT: 0,
    SUBSCRIPTIONS_PORT: 2114,
    BODY_LIMIT: 2048,
  });
  expect(read({ SUBSCRIPTIONS_PORT: 'off' })).toMatchObject({ SUBSCRIPTIONS_PORT: 'off' });
});

it('every wrong setting is named at once, with what it must be', () => {
  const wrong = {
    EVENT_STORE_URL: 'postgres://h/d',
    DURABILITY: 'maybe',
    PORT: '65536',
    SUBSCRIPTIONS_PORT: 'on',
    SUBSCRIPTIONS_USER: 'a:b',
    REPORT_ZONE: 'Berlin',
    PARTITIONS: '1.5',
    LEASE_SECONDS: 'soon',
  };
  expect(() => read(wrong)).toThrow(
    expect.objectContaining({
      code: 'configuration-invalid',
      details: {
        problems: [
          'EVENT_STORE_URL must be sqlite:FILE or esdb://HOST:PORT',
          'DURABILITY must be one of full, normal',
          'PORT must be a whole number from 0 to 65535',
          'SUBSCRIPTIONS_PORT must be a whole number from 0 to 65535, or off',
          'SUBSCRIPTIONS_USER must be a name without a colon',
          'REPORT_ZONE must be an IANA time zone such as Europe/Berlin',
          'PARTITIONS must be a whole number from 1 to 64',
          'LEASE_SECONDS must be a whole number from 1 to 600',
        ],
      },
    }),
  );
});
