import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { folder } from './folder.js';
import { hasDocker } from './installed.js';
import { logProgram } from './log-program.js';

/** A server with one log, which whoever uses it shares. */
export interface EsdbServer {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * What the suites run against: this project's endpoint in another process, always; and EventStoreDB itself, the one that
 * `EVENTSTOREDB_URL` names or one in a container where Docker is.
 */
export async function esdbServers(): Promise<readonly (readonly [name: string, begin: () => Promise<EsdbServer>])[]> {
  const given = process.env['EVENTSTOREDB_URL'];
  const real =
    given !== undefined
      ? [['EVENTSTOREDB_URL', async () => ({ url: given, stop: async () => undefined })] as const]
      : (await hasDocker())
        ? [['EventStoreDB in a container', inContainer] as const]
        : [];
  return [['the endpoint', () => logProgram(join(folder(), 'events.db'))], ...real];
}

/** As the composition of this project runs it. */
async function inContainer(): Promise<EsdbServer> {
  const { GenericContainer, Wait } = await import('testcontainers');
  const composed = parse(readFileSync('docker-compose.yml', 'utf8')) as {
    services: { eventstore: { image: string; environment: Record<string, string> } };
  };
  const { image, environment } = composed.services.eventstore;
  const container = await new GenericContainer(image)
    .withEnvironment({ ...environment, EVENTSTORE_MEM_DB: 'true' })
    .withExposedPorts(2113)
    .withWaitStrategy(Wait.forHttp('/health/live', 2113).forStatusCode(204))
    .withStartupTimeout(180_000)
    .start();
  return {
    url: `esdb://${container.getHost()}:${container.getMappedPort(2113)}?tls=false`,
    stop: async () => void (await container.stop()),
  };
}
