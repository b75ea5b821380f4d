import { NestFactory } from '@nestjs/core';
import { QueryBus } from '@nestjs/cqrs';
import { AppModule } from '../apps/program/app.module.js';
import { BackgroundProjector } from '../libs/read-models/building/projector-thread.js';
import type { Config } from '../libs/config.js';
import { configFor } from './workspace.js';

/** Read models stand still. */
export class NoProjector extends BackgroundProjector {
  readonly fault = undefined;
  start(): void {}
  async stop(): Promise<void> {}
}

/**
 * The program as far as answering takes it, on a folder whose read models have been built.
 * @param over other settings, such as read models that are elsewhere
 */
export async function answering<Result>(
  folder: string,
  work: (bus: QueryBus) => Promise<Result>,
  over: Partial<Config> = {},
): Promise<Result> {
  const module = AppModule.forRoot({ config: configFor(folder, over), projecting: () => new NoProjector() });
  const app = await NestFactory.createApplicationContext(module, { logger: false, abortOnError: false });
  try {
    return await work(app.get(QueryBus));
  } finally {
    await app.close();
  }
}
