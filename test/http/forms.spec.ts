import 'reflect-metadata';
import { globSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { getMetadataStorage, ValidationTypes } from 'class-validator';
import { MOST_FIELDS } from '../../libs/http/json-body.js';
import { shapeOf } from '../../libs/http/shape.js';
import type { Form } from '../../libs/http/shape.js';

const root = new URL('../../', import.meta.url);
const files = globSync('libs/**/{*.dto,validation}.ts', { cwd: root.pathname });
const modules = await Promise.all(
  files.map((file) => import(new URL(file, root).href) as Promise<Record<string, unknown>>),
);
const rulesOf = (form: Form) => getMetadataStorage().getTargetValidationMetadatas(form, '', false, false);
const forms = modules
  .flatMap((module) => Object.values(module))
  .filter((each): each is Form => typeof each === 'function' && String(each).startsWith('class '))
  .map((form) => ({ name: form.name, form }));

/** Most fields that a body of a form can have, with those of its parts. */
const fieldsOf = (form: Form): number =>
  [...shapeOf(form).values()].reduce(
    (sum, { most = 1, form: part }) => sum + 1 + (part ? most * fieldsOf(part) : 0),
    0,
  );

describe('the form', () => {
  it('is found', () => {
    expect(forms.length).toBeGreaterThan(0);
  });

  it.each(forms)('$name says how long its lists may be', ({ form }) => {
    expect(() => shapeOf(form)).not.toThrow();
  });

  it.each(forms)('$name takes fewer fields than a body may have', ({ form }) => {
    expect(fieldsOf(form)).toBeLessThan(MOST_FIELDS / 10);
  });

  // What its parent permits to be left out could be left out of it too.
  it.each(forms)('$name has no field that its parent has', ({ form }) => {
    const parents = rulesOf(Object.getPrototypeOf(form) as Form);
    const inherited = new Set(parents.map(({ propertyName }) => propertyName));
    const own = rulesOf(form).filter(({ target }) => target === form);
    expect(own.filter(({ propertyName }) => inherited.has(propertyName))).toEqual([]);
  });

  // Nested validation alone lets lists pass, and what is left out.
  it.each(forms)('$name says of every nested form that it is an object', ({ form }) => {
    const rules = rulesOf(form);
    const nested = rules.filter(({ type, each }) => type === ValidationTypes.NESTED_VALIDATION && !each);
    const objects = new Set(rules.filter(({ name }) => name === 'isObject').map(({ propertyName }) => propertyName));
    expect(nested.filter(({ propertyName }) => !objects.has(propertyName))).toEqual([]);
  });
});
