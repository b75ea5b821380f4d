import { Controller, Get, Header } from '@nestjs/common';
import { ApiProduces, ApiServiceUnavailableResponse, ApiTags } from '@nestjs/swagger';
import { HealthCheck, HealthCheckService } from '@nestjs/terminus';
import type { HealthCheckResult } from '@nestjs/terminus';
import { Public } from '../security/requires.js';
import { Health } from './health.js';
import { Metrics } from './metrics.js';

@ApiTags('operation')
@Controller()
export class ObservabilityController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly checks: Health,
    private readonly metrics: Metrics,
  ) {}

  /** Whether the process runs. */
  @Get('health/live')
  @Public()
  live() {
    return { status: 'ok' };
  }

  /**
   * Whether it can answer: the log can be written, no read model lies far behind it, and no process stands still. It answers, but is
   * `degraded`, while documents or streams are parked, or an extension is not there: what concerns them is not shown, or not done.
   */
  @Get('health/ready')
  @ApiServiceUnavailableResponse()
  @Public()
  // Its own description of the answer knows nothing of problem documents.
  @HealthCheck({ swaggerDocumentation: false })
  ready(): Promise<HealthCheckResult> {
    const { checks } = this;
    return this.health.check([
      () => checks.log(),
      () => checks.readModels(),
      () => checks.extensions(),
      () => checks.processes(),
    ]);
  }

  /** For Prometheus. */
  @Get('metrics')
  @Public()
  @ApiProduces('text/plain')
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  scrape() {
    return this.metrics.registry.metrics();
  }
}
