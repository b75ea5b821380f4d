import { Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiConflictResponse, ApiTags } from '@nestjs/swagger';
import { Requires } from '../security/requires.js';
import { Rebuilds } from './building/rebuilds.js';

@ApiTags('projections')
@Controller('projections')
export class ProjectionsController {
  constructor(private readonly rebuilds: Rebuilds) {}

  /** Every read model: what serves, what is being built, how far it is. */
  @Get()
  @Requires('projections.read')
  status() {
    return this.rebuilds.status();
  }

  /** Builds a read model anew beside the one that serves, which goes on serving until the new one has caught up. */
  @ApiConflictResponse()
  @Post(':name/rebuild')
  @HttpCode(202)
  @Requires('projections.rebuild')
  rebuild(@Param('name') name: string) {
    return this.rebuilds.rebuild(name);
  }

  /** Gives up a rebuild. */
  @ApiConflictResponse()
  @Post(':name/cancel')
  @HttpCode(200)
  @Requires('projections.rebuild')
  cancel(@Param('name') name: string) {
    return this.rebuilds.cancel(name);
  }

  /** How the documents of the copy that is being built, or was replaced last, differ from those of the one that serves. */
  @Get(':name/diff')
  @ApiConflictResponse()
  @Requires('projections.read')
  diff(@Param('name') name: string) {
    return this.rebuilds.diff(name);
  }

  /** Goes back to the copy that served before. It keeps up, and stays until a rebuild is asked for. */
  @ApiConflictResponse()
  @Post(':name/rollback')
  @HttpCode(200)
  @Requires('projections.rebuild')
  rollback(@Param('name') name: string) {
    return this.rebuilds.rollback(name);
  }
}
