import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { IdPipe } from '../http/id.pipe.js';
import { createdId } from '../http/new-id.js';
import { Requires } from '../security/requires.js';
import { CorrectInteraction, LogInteraction, RecordPurchase } from './commands.js';
import { InteractionBody, InteractionCorrectionBody, PurchaseBody } from './customers.dto.js';

@ApiTags('customers')
@Controller('customers/:customerId')
export class InteractionsController {
  constructor(private readonly commands: CommandBus) {}

  /** Logs a call, a visit, a message, a meeting. */
  @Post('interactions')
  @Requires('customers.interactions.log')
  log(@Param('customerId', IdPipe) customerId: string, @Body() body: InteractionBody) {
    const { contactIds = [], durationMinutes = null, location = null, nextStep = null } = body;
    const interaction = {
      ...body,
      interactionId: createdId('interaction'),
      contactIds,
      durationMinutes,
      location,
      nextStep,
    };
    return this.commands.execute(new LogInteraction(customerId, interaction));
  }

  /** Corrects what was written down about an interaction. */
  @Post('interactions/:interactionId/corrections')
  @HttpCode(200)
  @Requires('customers.interactions.log')
  correct(
    @Param('customerId', IdPipe) customerId: string,
    @Param('interactionId', IdPipe) interactionId: string,
    @Body() body: InteractionCorrectionBody,
  ) {
    return this.commands.execute(new CorrectInteraction(customerId, interactionId, body));
  }

  /** Records what the customer bought. */
  @Post('purchases')
  @Requires('customers.purchases.record')
  purchase(@Param('customerId', IdPipe) customerId: string, @Body() body: PurchaseBody) {
    return this.commands.execute(new RecordPurchase(customerId, { ...body, purchaseId: createdId('purchase') }));
  }
}
