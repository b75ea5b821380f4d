import { Body, Controller, HttpCode, Inject, Param, Post } from '@nestjs/common';
import type { Type } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import type { AnyCommand, Command } from '../commands/command.js';
import { id, part, textual, traitOf } from '../commands/fields.js';
import type { Fields } from '../commands/fields.js';
import { checked } from '../commands/form.js';
import { Invalid } from '../errors.js';
import { Requires } from '../security/requires.js';
import { createdId } from './new-id.js';

/** Fields in the path and fields in the body of a request. */
export interface Parts {
  readonly path: ReturnType<typeof part<Fields>>;
  readonly body: ReturnType<typeof part<Fields>>;
}

const COMMAND = Symbol('command of a route');

/** The command of a controller method that `routesOf` made. */
export const commandOf = (controller: object, method: string): AnyCommand | undefined =>
  Reflect.getMetadata(COMMAND, controller, method) as AnyCommand | undefined;

const NAMES = /:(\w+)/g;

/** Splits the fields of a command into path and body. Ids that the command creates are in neither. */
export function partsOf({ definition }: AnyCommand): Parts {
  const { post = '', about, fields, creates = {}, whole = (form) => form } = definition;
  const named = [...post.matchAll(NAMES)].map(([, name]) => name!);
  const path = Object.fromEntries(named.map((name) => [name, name === about ? id() : inPathAs(fields[name]!)]));
  const body = Object.entries(fields).filter(([name]) => !named.includes(name) && !(name in creates));
  return { path: part(path), body: whole(part(Object.fromEntries(body))) };
}

/** A name that is no id can be any text in a path: a rule says that nothing is called so. */
const inPathAs = (field: z.ZodType): z.ZodType =>
  traitOf(field)?.is === 'id' ? field : textual('must not be empty', (value) => value !== '', { minLength: 1 });

/**
 * A controller with a route for each command that has one; the others are sent by the program itself.
 * @param exported what a file of commands exports
 */
export function routesOf(tag: string, exported: Readonly<Record<string, unknown>>): Type {
  class Routes {
    constructor(@Inject(CommandBus) readonly bus: CommandBus) {}
  }
  for (const command of Object.values(exported).filter(isCommand))
    if (command.definition.post !== undefined) addRoute(Routes, command);
  Controller()(Routes);
  ApiTags(tag)(Routes);
  return Routes;
}

/** Whether it is a class that `command` has made. */
const isCommand = (exported: unknown): exported is AnyCommand =>
  typeof exported === 'function' && 'definition' in exported;

function addRoute({ prototype }: { readonly prototype: object }, command: AnyCommand): void {
  const { name, definition } = command;
  const { post, requires, says, creates } = definition;
  if (post === undefined || requires === undefined) throw new Error(`${name} says no permission for its route.`);
  const { path, body } = partsOf(command);
  async function send(this: { readonly bus: CommandBus }, named: unknown, said: unknown = {}) {
    const values = { ...inPath(path, named), ...checked(body, said, 'body') };
    const created = createdBy(command, values);
    const sent = commandWith(command, { ...values, ...created }, { ...(named as object), ...(said as object) });
    const answer = await this.bus.execute(sent);
    const { [definition.about]: subject, ...others } = created;
    return { ...answer, id: subject ?? values[definition.about], ...others };
  }
  const method = { value: send, writable: true, configurable: true };
  Object.defineProperty(prototype, name, method);
  Param()(prototype, name, 0);
  Body()(prototype, name, 1);
  for (const decorate of [
    Post(post),
    HttpCode(creates ? 201 : 200),
    Requires(requires),
    ApiOperation({ summary: says, operationId: name }),
  ])
    decorate(prototype, name, method);
  Reflect.defineMetadata(COMMAND, command, prototype, name);
}

/** @throws Invalid `request-invalid`: nothing can be under such a path */
function inPath(form: Parts['path'], named: unknown): Values {
  const { data, error } = form.safeParse(named);
  if (!error) return data;
  const wrong = error.issues.map(({ path, message }) => `${path.join('.')} ${message}`);
  throw new Invalid('request-invalid', `The path is not understood: ${wrong.join('; ')}.`);
}

/** Ids that a command creates, derived from the idempotency key or from the input. */
function createdBy({ definition: { creates = {} } }: AnyCommand, values: Values): Record<string, string> {
  return Object.fromEntries(
    Object.entries(creates).map(([field, how]) => [
      field,
      typeof how === 'string' ? createdId(how) : how(values as never),
    ]),
  );
}

type Values = Readonly<Record<string, unknown>>;

/** @param given the input before validation */
function commandWith(command: AnyCommand, values: Values, given: unknown): Command {
  const { [command.definition.about]: about, ...rest } = values;
  const made = new command(String(about), rest as never);
  (made as { given: unknown }).given = given;
  return made;
}
