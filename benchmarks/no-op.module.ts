import { Module } from '@nestjs/common';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { command } from '../libs/commands/command.js';
import { LogInteraction } from '../libs/customers/commands.js';
import type { Decided } from '../libs/event-store/streams.js';
import { routesOf } from '../libs/http/routes.js';

/** Takes what a command takes on its way in and out, and does nothing in between: what HTTP costs by itself. */
export class DoNothing extends command({
  ...LogInteraction.definition,
  says: 'Does nothing.',
  post: 'no-op/:customerId/interactions',
  requires: 'no-op.command',
}) {}

@CommandHandler(DoNothing)
export class DoNothingHandler implements ICommandHandler<DoNothing> {
  async execute({ customerId }: DoNothing): Promise<Decided> {
    return { id: customerId, revision: 0, position: 0 };
  }
}

@Module({ controllers: [routesOf('no-op', { DoNothing })], providers: [DoNothingHandler] })
export class NoOpModule {}
