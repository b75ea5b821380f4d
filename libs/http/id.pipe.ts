import { Injectable, ParseUUIDPipe } from '@nestjs/common';
import type { ArgumentMetadata } from '@nestjs/common';
import { isId } from '../ids.js';

/** An id in a path. Ids are recorded in lower case and can be asked for in either. */
@Injectable()
export class IdPipe extends ParseUUIDPipe {
  override async transform(value: string, metadata: ArgumentMetadata): Promise<string> {
    await super.transform(value, metadata);
    return value.toLowerCase();
  }

  protected override isUUID(text: unknown): boolean {
    return isId(String(text));
  }
}
