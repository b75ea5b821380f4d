import { Body, Controller, Module, Param, Post } from '@nestjs/common';
import { Command, CommandBus, CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { InteractionBody } from '../libs/customers/customers.dto.js';
import type { Decided } from '../libs/event-store/streams.js';
import { IdPipe } from '../libs/http/id.pipe.js';
import { Requires } from '../libs/security/requires.js';

/** Has the shape of a command that logs an interaction. */
export class DoNothing extends Command<Decided> {
  constructor(
    readonly customerId: string,
    readonly body: InteractionBody,
  ) {
    super();
  }
}

@CommandHandler(DoNothing)
export class DoNothingHandler implements ICommandHandler<DoNothing> {
  async execute({ customerId }: DoNothing): Promise<Decided> {
    return { id: customerId, revision: 0, position: 0 };
  }
}

/** Takes what a command takes on its way in and out, and does nothing in between: what HTTP costs by itself. */
@Controller('no-op/:customerId')
export class NoOpController {
  constructor(private readonly commands: CommandBus) {}

  @Post('interactions')
  @Requires('no-op.command')
  nothing(@Param('customerId', IdPipe) customerId: string, @Body() body: InteractionBody) {
    return this.commands.execute(new DoNothing(customerId, body));
  }
}

@Module({ controllers: [NoOpController], providers: [DoNothingHandler] })
export class NoOpModule {}
