import 'reflect-metadata';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryModule, DiscoveryService, MetadataScanner } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { afterAll, describe, expect, it } from '@jest/globals';
import { globSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { AppModule } from '../apps/program/app.module.js';
import { listed } from '../apps/program/contexts.js';
import { installationOf } from '../apps/program/definitions.js';
import { controllersOf } from '../apps/program/http.js';
import type { AnyCommand } from '../libs/commands/command.js';
import { commandOf } from '../libs/http/routes.js';
import { inFolder, readConfig } from '../libs/config.js';
import { BackgroundProjector } from '../libs/read-models/building/projector-thread.js';
import { PUBLIC, REQUIRES } from '../libs/security/requires.js';

type Taken = Record<string, { readonly index: number; readonly pipes: readonly unknown[] }>;

/** Where `CommandHandler` of Nest notes the command of a handler. */
const HANDLED = '__commandHandler__';

class NoProjector extends BackgroundProjector {
  readonly fault = undefined;
  start(): void {}
  stop(): Promise<void> {
    return Promise.resolve();
  }
}

const folder = mkdtempSync(join(tmpdir(), 'annals-routes-'));
const app = await Test.createTestingModule({
  imports: [
    AppModule.forRoot({
      config: readConfig({ ...inFolder(folder), LOG_LEVEL: 'silent' }),
      writer: { pid: process.pid, program: 'test', since: '' },
      projecting: () => new NoProjector(),
    }),
    DiscoveryModule,
  ],
  controllers: await controllersOf(listed, await installationOf({ EXTENSIONS: '' }), true),
}).compile();
const routes = app
  .get(DiscoveryService)
  .getControllers()
  .flatMap(({ metatype }) => {
    const target = (metatype as unknown as { prototype: Record<string, object> }).prototype;
    return new MetadataScanner()
      .getAllMethodNames(target)
      .filter((method) => Reflect.hasMetadata('path', target[method]!))
      .map((method) => ({ route: `${metatype?.name}.${method}`, target, method }));
  });

/** Every command that a context defines. */
const root = resolve(import.meta.dirname, '..');
const defined = await Promise.all(
  globSync('libs/*/{,*.}commands.ts', { cwd: root }).map(
    async (file) => (await import(join(root, file))) as Readonly<Record<string, unknown>>,
  ),
);
const commands = defined
  .flatMap((exported) => Object.values(exported))
  .filter((each): each is AnyCommand => typeof each === 'function' && 'definition' in each)
  .map((command) => ({ name: command.name, command }));

afterAll(async () => {
  await app.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('every route', () => {
  it('is found', () => {
    expect(routes.length).toBeGreaterThan(40);
  });

  it.each(routes)('$route names the permission it requires, or is public', ({ target, method }) => {
    const required: unknown = Reflect.getMetadata(REQUIRES, target[method]!);
    if (Reflect.getMetadata(PUBLIC, target[method]!) === true) expect(required).toBeUndefined();
    else expect(required).toMatch(/^[a-z-]+(\.[a-z-]+)+$/);
  });

  it.each(routes)('$route checks the form of all that it is given', ({ target, method }) => {
    if (commandOf(target, method)) return;
    const types = (Reflect.getMetadata('design:paramtypes', target, method) ?? []) as unknown[];
    const taken = (Reflect.getMetadata(ROUTE_ARGS_METADATA, target.constructor, method) ?? {}) as Taken;
    const unchecked = Object.values(taken).filter(
      ({ index, pipes }) => (types[index] ?? Object) === Object && pipes.length === 0,
    );
    expect(unchecked).toEqual([]);
  });
});

describe('every command', () => {
  const routed = routes.map(({ target, method }) => commandOf(target, method));
  const handled = app
    .get(DiscoveryService)
    .getProviders()
    .map(({ metatype }) => metatype && (Reflect.getMetadata(HANDLED, metatype) as unknown));

  it('is found', () => {
    expect(commands.length).toBeGreaterThan(70);
  });

  it.each(commands.filter(({ command }) => command.definition.post))('$name has its route', ({ command }) => {
    expect(routed).toContain(command);
  });

  it.each(commands)('$name has its rule', ({ command }) => {
    expect(handled).toContain(command);
  });
});
