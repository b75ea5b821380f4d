import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { MetadataScanner, ModulesContainer } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { OpenAPIObject, OperationObject, ParameterObject, SchemaObject } from '@nestjs/swagger';
import { IdPipe } from '../../libs/http/id.pipe.js';
import type { AnyCommand } from '../../libs/commands/command.js';
import { mayBeLeftOut } from '../../libs/commands/fields.js';
import type { Form } from '../../libs/commands/fields.js';
import { isSeparatedByCommas, jsonSchemaOf } from '../../libs/commands/json-schema.js';
import { BodyPipe, QueryPipe } from '../../libs/http/asked.js';
import { commandOf, partsOf } from '../../libs/http/routes.js';

type Class = abstract new () => object;

/** A parameter of a method of a controller: where its value comes from, and what is made of it. */
interface Argument {
  readonly from: number;
  /** Name of a part of the path. */
  readonly data: unknown;
  readonly pipes: readonly unknown[];
}

/** The description with what each route takes, as its check has it. */
export function withRequests(document: OpenAPIObject, app: NestFastifyApplication): OpenAPIObject {
  const controllers = [...app.get(ModulesContainer).values()].flatMap((module) => [...module.controllers.values()]);
  const classes = controllers.map(({ metatype }) => metatype as Class);
  const routes = argumentsOf(classes);
  const commands = commandsOf(classes);
  const bodies = new Map<string, SchemaObject>();
  for (const operation of Object.values(document.paths).flatMap((path) => Object.values(path) as OperationObject[])) {
    const command = commands.get(operation.operationId!);
    if (command) describeCommand(operation, command, bodies);
    const taken = command ? [] : routes.get(operation.operationId!);
    if (!taken) throw new Error(`${operation.operationId} is described, but no controller has it.`);
    if (command) continue;
    const known = (operation.parameters ?? []) as ParameterObject[];
    const inHeaders = known.filter((parameter) => parameter.in === 'header');
    operation.parameters = [...taken.flatMap((argument) => parametersOf(argument, known)), ...inHeaders];
    const given = taken.flatMap(({ pipes }) => pipes.filter((pipe) => pipe instanceof BodyPipe));
    for (const { name, form } of given) describeBody(operation, name, form, bodies);
  }
  return { ...document, components: { ...document.components, schemas: Object.fromEntries(bodies) } };
}

/** Where `ApiOperation` of @nestjs/swagger keeps what it is given. */
const OPERATION = 'swagger/apiOperation';

/** The id of the operation that a method answers: what `ApiOperation` gives it, or else the names of class and method. */
function operationOf({ name, prototype }: Class, method: string): string {
  const answers = (prototype as Record<string, object>)[method]!;
  const said = Reflect.getMetadata(OPERATION, answers) as { readonly operationId?: string } | undefined;
  return said?.operationId ?? `${name}_${method}`;
}

/** Commands by the operation id of their routes. */
const commandsOf = (controllers: readonly Class[]): ReadonlyMap<string, AnyCommand> =>
  new Map(
    controllers.flatMap(({ prototype }) =>
      new MetadataScanner().getAllMethodNames(prototype as object).flatMap((method) => {
        const command = commandOf(prototype as object, method);
        return command ? [[method, command] as const] : [];
      }),
    ),
  );

function describeCommand(operation: OperationObject, command: AnyCommand, bodies: Map<string, SchemaObject>): void {
  const { path, body } = partsOf(command);
  const { about, creates = {} } = command.definition;
  const created = Object.keys(creates).filter((name) => name !== about);
  if (created.length > 0) operation.responses = { 201: { description: '', content: namesOf(created) } };
  operation.parameters = Object.entries(path.shape).map(([name, field]) => ({
    name,
    in: 'path' as const,
    required: true,
    schema: jsonSchemaOf(field).schema as SchemaObject,
  }));
  if (Object.keys(body.shape).length > 0) describeBody(operation, `${command.name}Body`, body, bodies);
}

function describeBody(operation: OperationObject, name: string, form: Form, bodies: Map<string, SchemaObject>): void {
  const { schema, parts } = jsonSchemaOf(form);
  bodies.set(name, { required: [], ...schema } as SchemaObject);
  for (const [part, ofPart] of Object.entries(parts)) bodies.set(part, ofPart as SchemaObject);
  operation.requestBody = {
    required: (schema.required ?? []).length > 0,
    content: { 'application/json': { schema: { $ref: `#/components/schemas/${name}` } } },
  };
}

/** What a command answers beside what all of them do: the ids of what it creates. */
const namesOf = (created: readonly string[]) => ({
  'application/json': {
    schema: {
      type: 'object' as const,
      properties: Object.fromEntries(created.map((name) => [name, { type: 'string' as const }])),
      required: [...created],
    },
  },
});

/** What the methods of all controllers take, by operation id. */
function argumentsOf(controllers: readonly Class[]): ReadonlyMap<string, readonly Argument[]> {
  return new Map(
    controllers.flatMap((controller) => {
      return new MetadataScanner().getAllMethodNames(controller.prototype as object).map((method) => {
        const taken = (Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, method) ?? {}) as Record<
          string,
          Omit<Argument, 'from'>
        >;
        const all = Object.entries(taken).map(([key, { data, pipes }]) => ({
          from: Number.parseInt(key, 10),
          data,
          pipes,
        }));
        return [operationOf(controller, method), all.reverse()] as const;
      });
    }),
  );
}

function parametersOf({ from, data, pipes }: Argument, known: readonly ParameterObject[]): ParameterObject[] {
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
  const asked = pipes.find((pipe) => pipe instanceof QueryPipe);
  if (!asked) throw new Error(`The query of a route is not checked: ${JSON.stringify(data)}`);
  return parametersAsked(asked);
}

const parametersAsked = ({ form }: QueryPipe): ParameterObject[] =>
  Object.entries(form.shape).map(([name, field]) => {
    const { description, ...schema } = jsonSchemaOf(field).schema as SchemaObject;
    return {
      name,
      in: 'query' as const,
      required: !mayBeLeftOut(form.shape[name]!),
      ...(description !== undefined && { description }),
      ...(isSeparatedByCommas(field) && { style: 'form' as const, explode: false }),
      schema,
    };
  });
