import { Controller, Get, Header } from '@nestjs/common';
import { ApiProduces, ApiTags } from '@nestjs/swagger';
import { HealthCheck, HealthCheckService } from '@nestjs/terminus';
import type { HealthCheckResult } from '@nestjs/terminus';
import { Public } from '../security/requires.js';
import { Health } from './health.js';
import { Metrics } from './metrics.js';

/** What the checks found, in short and one by one. */
interface Readiness extends Omit<HealthCheckResult, 'status'> {
  readonly status: HealthCheckResult['status'] | 'degraded';
}

/** Whether a check that found no fault has something parked to tell of. */
const isDegraded = ({ details }: HealthCheckResult): boolean =>
  Object.values(details).some((check) => Array.isArray(check['parked']) && check['parked'].length > 0);

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
   * `degraded`, while documents or streams are parked: what concerns them is not shown, or not done.
   */
  @Get('health/ready')
  @Public()
  // Its own description of the answer knows nothing of problem documents.
  @HealthCheck({ swaggerDocumentation: false })
  async ready(): Promise<Readiness> {
    const { checks } = this;
    const result = await this.health.check([() => checks.log(), () => checks.readModels(), () => checks.processes()]);
    return { ...result, status: isDegraded(result) ? 'degraded' : result.status };
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
