import { Injectable } from '@nestjs/common';
import type { ArgumentMetadata, PipeTransform } from '@nestjs/common';
import { Invalid } from '../errors.js';
import { isId } from '../ids.js';

/** An id in a path. Ids are recorded in lower case and can be asked for in either. */
@Injectable()
export class IdPipe implements PipeTransform<string, string> {
  /** @throws Invalid `request-invalid`: nothing can be under such a path */
  transform(value: string, { data: name }: ArgumentMetadata): string {
    if (isId(value)) return value.toLowerCase();
    throw new Invalid('request-invalid', `The path is not understood: ${name} must be a UUID.`, { field: name });
  }
}
