import { Module } from '@nestjs/common';
import { handle } from '../event-store/handle.js';
import { PublishKeyFieldPolicy } from './commands.js';
import { keyFieldPolicy, publishKeyFieldPolicy } from './key-field-policy.decider.js';
import { GetKeyFieldPolicyHandler, ListKeyFieldPoliciesHandler } from './queries.js';

@Module({
  providers: [
    handle(PublishKeyFieldPolicy, keyFieldPolicy, publishKeyFieldPolicy),
    ListKeyFieldPoliciesHandler,
    GetKeyFieldPolicyHandler,
  ],
})
export class DataQualityModule {}
