import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { programFor } from '../apps/cli/program.js';
import { Config, readConfig } from '../libs/config.js';
import { esdbAddress } from '../libs/event-store/esdb/url.js';
import { loopbackOnly } from '../libs/loopback.js';

const root = resolve(import.meta.dirname, '..');
const file = (name: string) => readFileSync(join(root, name), 'utf8');

interface Service {
  readonly image: string;
  readonly build?: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly networks?: readonly string[];
  readonly network_mode?: string;
  readonly volumes?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test?: readonly string[]; readonly disable?: boolean };
  readonly deploy?: { readonly replicas: number };
}

const compose = parse(file('docker-compose.yml')) as {
  readonly services: Readonly<Record<string, Service>>;
  readonly networks: object;
  readonly volumes: object;
};
const services = Object.entries(compose.services);
const ours = services.filter(([, { build }]) => build !== undefined);

/** Instructions of the Dockerfile in order, continued lines joined, by stage. */
const stages = file('Dockerfile')
  .replace(/\\\n/g, '')
  .split('\n')
  .filter((line) => /^[A-Z]/.test(line))
  .map((line) => /^(\S+)\s+(.*)$/.exec(line)!.slice(1) as [string, string])
  .reduce<[string, string][][]>((all, line) => {
    if (line[0] === 'FROM') all.push([]);
    all.at(-1)!.push(line);
    return all;
  }, []);
const last = stages.at(-1)!;
const values = (instruction: string) => last.filter(([name]) => name === instruction).map(([, value]) => value);

describe('docker-compose.yml', () => {
  it('has the two servers, the API and two workers', () => {
    expect(services.map(([name]) => name)).toEqual(['eventstore', 'mongo', 'api', 'worker']);
    expect(compose.services['worker']!.deploy?.replicas).toBe(2);
    for (const [, { image, build }] of services) if (build === undefined) expect(image).toMatch(/^[\w./-]+:\d+\.\d/);
  });

  it.each(ours)('sets what there is to set, to what is valid: %s', (_, { environment = {} }) => {
    const known = Object.keys(new Config());
    expect(Object.keys(environment).filter((name) => !known.includes(name))).toEqual([]);
    const { EVENT_STORE_URL, READ_MODELS_URL } = readConfig(environment);
    expect(esdbAddress(EVENT_STORE_URL).url).toBe(environment['EVENT_STORE_URL']);
    expect(READ_MODELS_URL).toMatch(/^mongodb:/);
  });

  it('lets callers in from this machine alone, as long as the API takes them at their word', () => {
    const { api } = compose.services;
    loopbackOnly(api!.environment!['HOST']!, 'the API');
    // Loopback of a network of its own would be reached by nobody.
    expect(api!.network_mode).toBe('host');
    for (const [, { ports = [] }] of services) for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
  });

  it('names servers as they are called where they are looked for, and ports that are published', () => {
    for (const [, { environment = {}, network_mode, networks = [] }] of ours) {
      for (const url of [environment['EVENT_STORE_URL']!, environment['READ_MODELS_URL']!]) {
        const [, host, port] = /\/\/([^:/]+):(\d+)/.exec(url)!;
        if (network_mode === 'host') {
          expect(host).toBe('127.0.0.1');
          expect(services.flatMap(([, { ports = [] }]) => ports)).toContain(`127.0.0.1:${port}:${port}`);
        } else expect(compose.services[host!]!.networks).toEqual(networks);
      }
    }
    const initiation = compose.services['mongo']!.healthcheck!.test!.at(-1)!;
    const [, set] = /_id: '(\w+)'/.exec(initiation)!;
    expect(compose.services['mongo']!.command).toContain(set);
    expect(compose.services['worker']!.environment!['READ_MODELS_URL']).toContain(`replicaSet=${set}`);
    expect(initiation).toContain("host: 'mongo:27017'");
  });

  it('declares every volume and network it uses, and no other', () => {
    const named = services.flatMap(([, { volumes = [] }]) => volumes.map((each) => each.split(':')[0]!));
    expect(new Set(named)).toEqual(new Set(Object.keys(compose.volumes)));
    expect(new Set(services.flatMap(([, { networks = [] }]) => networks))).toEqual(
      new Set(Object.keys(compose.networks)),
    );
  });

  it('begins with what others wait for, and waits for what has a health check', () => {
    for (const [, { depends_on = {} }] of services)
      for (const [name, { condition }] of Object.entries(depends_on)) {
        expect(condition).toBe('service_healthy');
        expect(compose.services[name]!.healthcheck!.test!.length).toBeGreaterThan(1);
      }
  });

  it('runs commands that there are', async () => {
    const program = await programFor([], () => {
      throw new Error('nothing is run');
    });
    const known = program.commands.map((command) => command.name());
    for (const [, { command = [] }] of ours) expect(known).toContain(command[0]);
    expect(known).toContain((JSON.parse(values('CMD')[0]!) as string[])[0]);
  });
});

describe('the Dockerfile', () => {
  const ignored = file('.dockerignore').split('\n');

  it('starts the program with the heap that the launcher and the benchmarks start it with', () => {
    const heapOf = (text: string) => [...text.matchAll(/--(?:max-semi|heap)[\w-]+=\d+/g)].map(([flag]) => flag);
    const [entry] = values('ENTRYPOINT');
    expect(heapOf(entry!)).toHaveLength(2);
    for (const path of ['annals', 'benchmarks/child.ts']) expect(heapOf(file(path))).toEqual(heapOf(entry!));
  });

  it('copies what is there and what .dockerignore lets through', () => {
    const sources = stages[0]!
      .filter(([name]) => name === 'COPY')
      .flatMap(([, value]) => value.split(/\s+/).slice(0, -1))
      .map((source) => source.replace(/^\.\//, ''));
    for (const source of sources) {
      expect([source, existsSync(join(root, source))]).toEqual([source, true]);
      expect(ignored).toContain(`!${source}`);
    }
    const let_through = ignored.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
    expect(let_through.toSorted()).toEqual(sources.toSorted());
    expect(ignored).toContain('*');
  });

  it('builds with everything that the build reads', () => {
    const { include } = JSON.parse(file('tsconfig.build.json').replace(/^\s*\/\/.*$/gm, '')) as { include: string[] };
    for (const folder of include) expect(ignored).toContain(`!${folder}`);
  });

  it('runs as somebody else than root, on the Node.js that Annals needs, without what only the build needs', () => {
    expect(values('USER')).toEqual(['1000']);
    const { engines } = JSON.parse(file('package.json')) as { engines: { node: string } };
    for (const stage of stages) expect(stage[0]![1]).toMatch(new RegExp(`^node:${engines.node.slice(2)}-`));
    expect(stages[0]!.some(([name, value]) => name === 'RUN' && value.includes('npm prune --omit=dev'))).toBe(true);
    expect(values('COPY').every((value) => value.startsWith('--from=build '))).toBe(true);
  });

  it('asks a route for its health that there is', () => {
    const { paths } = JSON.parse(file('docs/openapi.json')) as { paths: object };
    const [, asked] = /127\.0\.0\.1:\$\{process\.env\.PORT \|\| (?:\d+)\}(\/[\w/-]+)/.exec(values('HEALTHCHECK')[0]!)!;
    expect(Object.keys(paths)).toContain(asked);
    expect(values('HEALTHCHECK')[0]).toContain(`process.env.PORT || ${new Config().PORT}`);
  });
});
