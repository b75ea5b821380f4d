import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { MetadataScanner, ModulesContainer } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { OpenAPIObject, OperationObject, ParameterObject, SchemaObject } from '@nestjs/swagger';
import { IdPipe } from '../../libs/http/id.pipe.js';
import { refOf, schemaOf } from '../../libs/http/schema-of.js';
import type { Class } from '../../libs/http/schema-of.js';
import { isCommaSeparated } from '../../libs/http/validation.js';

/** A parameter of a method of a controller: where its value comes from, and what is made of it. */
interface Argument {
  readonly from: number;
  /** Name of a part of the path. */
  readonly data: unknown;
  readonly pipes: readonly unknown[];
  readonly type: Class;
}

/** The description with what each route takes, as the validation of its classes has it. Comments stay as they were. */
export function withRequests(document: OpenAPIObject, app: NestFastifyApplication): OpenAPIObject {
  const routes = argumentsOf(app);
  const bodies = new Map<string, SchemaObject>();
  for (const operation of Object.values(document.paths).flatMap((path) => Object.values(path) as OperationObject[])) {
    const taken = routes.get(operation.operationId!);
    if (!taken) throw new Error(`${operation.operationId} is described, but no controller has it.`);
    const known = (operation.parameters ?? []) as ParameterObject[];
    operation.parameters = taken.flatMap((argument) => parametersOf(argument, known));
    const body = taken.find(({ from }) => from === RouteParamtypes.BODY);
    if (body) operation.requestBody = bodyOf(body.type, bodies);
  }
  const { schemas: before = {} } = document.components ?? {};
  const schemas = Object.fromEntries(
    [...bodies].map(([name, schema]) => [name, withComments(schema, before[name] as SchemaObject | undefined)]),
  );
  return { ...document, components: { ...document.components, schemas } };
}

/** What the methods of all controllers take, by operation id. */
function argumentsOf(app: NestFastifyApplication): ReadonlyMap<string, readonly Argument[]> {
  const controllers = [...app.get(ModulesContainer).values()].flatMap((module) => [...module.controllers.values()]);
  return new Map(
    controllers.flatMap(({ metatype }) => {
      const controller = metatype as Class;
      return new MetadataScanner().getAllMethodNames(controller.prototype as object).map((method) => {
        const types = (Reflect.getMetadata('design:paramtypes', controller.prototype as object, method) ??
          []) as Class[];
        const taken = (Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, method) ?? {}) as Record<
          string,
          { readonly index: number; readonly data: unknown; readonly pipes: readonly unknown[] }
        >;
        const all = Object.entries(taken).map(([key, { index, data, pipes }]) => ({
          from: Number.parseInt(key, 10),
          data,
          pipes,
          type: types[index]!,
        }));
        return [`${controller.name}_${method}`, all.reverse()] as const;
      });
    }),
  );
}

function parametersOf({ from, data, pipes, type }: Argument, known: readonly ParameterObject[]): ParameterObject[] {
  const commentOn = (name: string) => {
    const description = known.find((parameter) => parameter.name === name)?.description;
    return description === undefined ? {} : { description };
  };
  if (from === RouteParamtypes.PARAM) {
    const name = String(data);
    const schema = { type: 'string', ...(pipes.includes(IdPipe) ? { format: 'uuid' } : { minLength: 1 }) };
    return [{ name, in: 'path', required: true, ...commentOn(name), schema }];
  }
  if (from !== RouteParamtypes.QUERY) return [];
  const { schema } = schemaOf(type);
  return Object.entries(schema.properties).map(([name, property]) => ({
    name,
    in: 'query' as const,
    required: schema.required.includes(name),
    ...commentOn(name),
    ...(isCommaSeparated(type, name) && { style: 'form' as const, explode: false }),
    schema: property,
  }));
}

/** Adds a body, and what it is made of, to those described. A body whose fields may all be left out may be left out itself. */
function bodyOf(type: Class, bodies: Map<string, SchemaObject>) {
  const { schema, parts } = schemaOf(type);
  bodies.set(type.name, schema);
  for (const part of parts.filter(({ name }) => !bodies.has(name))) bodyOf(part, bodies);
  return {
    required: schema.required.length > 0,
    content: { 'application/json': { schema: { $ref: refOf(type) } } },
  };
}

/** The comments on fields, which the OpenAPI plugin reads at build time. */
function withComments(schema: SchemaObject, { properties: before = {} }: SchemaObject = {}): SchemaObject {
  const properties = Object.entries(schema.properties ?? {}).map(([name, property]) => {
    const { description } = (before[name] ?? {}) as SchemaObject;
    return [name, description === undefined ? property : { description, ...property }] as const;
  });
  return { ...schema, properties: Object.fromEntries(properties) };
}
