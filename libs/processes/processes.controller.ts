import { Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Missing } from '../errors.js';
import { Requires } from '../security/requires.js';
import { Processes } from './processes.js';

@ApiTags('processes')
@Controller('processes')
export class ProcessesController {
  constructor(private readonly processes: Processes) {}

  /** What reacts to events: how far it is, what it sent, what is parked. */
  @Get()
  @Requires('processes.read')
  status() {
    return this.processes.status();
  }

  /** Has what waits behind a parked stream reacted to, in order; the stream stays parked if it fails again. */
  @Post(':name/parked/:stream/retry')
  @HttpCode(202)
  @Requires('processes.retry')
  async retry(@Param('name') name: string, @Param('stream') stream: string) {
    if (!(await this.processes.retry(name, stream))) throw new Missing('parked-stream', stream);
    return { process: name, stream };
  }
}
