import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { Health } from './health.js';
import { Metrics } from './metrics.js';
import { ObservabilityController } from './observability.controller.js';

@Module({
  imports: [TerminusModule.forRoot({ logger: false })],
  controllers: [ObservabilityController],
  providers: [Health, Metrics],
  exports: [Metrics],
})
export class ObservabilityModule {}
