import { Injectable } from '@nestjs/common';
import type { ArgumentMetadata, PipeTransform } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { Problems } from '../commands/problems.js';
import { isObject, shaped } from './shape.js';
import type { Form } from './shape.js';

/**
 * Validates bodies and queries by their forms and names all problems at once. Unknown fields are refused too.
 */
@Injectable()
export class FormPipe implements PipeTransform {
  transform(value: unknown, { type, metatype }: ArgumentMetadata): unknown {
    if ((type !== 'body' && type !== 'query') || metatype === undefined || metatype === Object) return value;
    const problems = new Problems();
    // Some commands need no body.
    const given = value === undefined ? {} : value;
    if (!isObject(given)) {
      problems.note('', type, `the ${type} must be an object`);
      throw problems.refusal();
    }
    const form = metatype as Form;
    const made = plainToInstance(form, shaped(given, form, problems));
    problems.validated(validateSync(made, { validationError: { target: false } }));
    if (problems.count > 0) throw problems.refusal();
    return made;
  }
}
