import { existsSync, readFileSync } from 'node:fs';
import { KEY, TAGS } from '../../libs/http/envelopes.js';
import type { OpenAPIObject, OperationObject, ReferenceObject, ResponseObject, SchemaObject } from '@nestjs/swagger';

type Schema = SchemaObject | ReferenceObject;

interface Answers {
  /** By operation id. */
  readonly routes: Readonly<Record<string, Schema>>;
  /** What the routes refer to, by name. */
  readonly schemas: Readonly<Record<string, SchemaObject>>;
}

/** Derived from the types of the controllers by `scripts/answers.js`; only a build has it. */
const file = new URL('./answers.json', import.meta.url);

const headers = {
  ETag: {
    description:
      'The revision of what is answered; sent back as `If-Match`, a command is refused when there is a later one.',
    schema: { type: 'string' },
  },
};
/** What a command may be sent under; `envelopes.ts` reads it. */
const parameters = {
  IfMatch: {
    name: 'If-Match',
    in: 'header',
    description: 'The `ETag` that was seen last: refused with `revision-stale` when the stream has changed since.',
    schema: { type: 'string', pattern: TAGS.source, example: '"3"' },
  },
  IdempotencyKey: {
    name: 'Idempotency-Key',
    in: 'header',
    description:
      'Chosen by the caller: a command that recorded something is, sent again with the same key and body, answered as it was then, not done again. One that was refused or changed nothing is not remembered: sent again, it is decided anew.',
    schema: { type: 'string', pattern: KEY.source },
  },
} as const;
/** How a route refuses, by status: only what is meant to be answered, so that anything else is known for a fault. */
const REFUSALS: Readonly<Record<number, string>> = {
  400: 'The request cannot be understood.',
  403: 'A page of another origin sent it, or it lacks the token that the route needs.',
  404: 'Something that is named is not there.',
  409: 'It conflicts with what is there.',
  412: 'There is a later revision than the one in `If-Match`.',
  413: 'The body is too large.',
  414: 'What a part of the path names is too long.',
  415: 'The body is of another type than JSON.',
  421: 'It was sent under a name that this machine does not have.',
  422: 'A rule says no.',
  429: 'There were too many: nothing was done, and the same request can be sent again later.',
  431: 'The URL or the headers are too large.',
  503: 'Not at the moment: nothing was done, and the same request can be sent again.',
};
const responses = Object.fromEntries(
  Object.entries(REFUSALS).map(([status, description]) => [
    `Refused${status}`,
    {
      description,
      ...((status === '503' || status === '429') && {
        headers: { 'Retry-After': { description: 'Seconds to wait.', schema: { type: 'integer' } } },
      }),
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    },
  ]),
);

/**
 * The description with what each route answers, whether it does what was asked or refuses.
 * @param words values of types that are known only when the program runs, by the names of the types
 */
export function withAnswers(
  document: OpenAPIObject,
  words: Readonly<Record<string, readonly string[]>>,
): OpenAPIObject {
  if (!existsSync(file)) return document;
  const answers = JSON.parse(readFileSync(file, 'utf8')) as Answers;
  const { paths, components = {} } = document;
  for (const [method, operation] of Object.values(paths).flatMap((path) => Object.entries(path))) {
    const described = operation as OperationObject;
    const success = successOf(described, answers);
    const isCommand = method === 'post' && 'headers' in Object.values(success)[0]!;
    described.responses = { ...success, ...refusalsOf(described, method, isCommand) };
    if (isCommand) described.parameters = [...(described.parameters ?? []), ...sentUnder];
  }
  const listed = Object.entries(words).map(([name, all]) => [name, { type: 'string' as const, enum: [...all] }]);
  const schemas = together({ ...components.schemas }, { ...answers.schemas, ...Object.fromEntries(listed) });
  return { ...document, components: { ...components, schemas, responses, headers, parameters } };
}

/** What commands are answered with. */
const DECIDED: Schema = { $ref: '#/components/schemas/Decided' };

function successOf({ operationId, responses: known }: OperationObject, { routes, schemas }: Answers) {
  const [status, success] = Object.entries(known).find(([code]) => code.startsWith('2')) as [string, ResponseObject];
  const answer = routes[operationId!] ?? statedIn(success, schemas) ?? DECIDED;
  const { properties = {} } = '$ref' in answer ? schemas[answer.$ref.split('/').at(-1)!]! : answer;
  return {
    [status]: {
      ...success,
      ...('revision' in properties && { headers: { ETag: { $ref: '#/components/headers/ETag' } } }),
      content: contentOf(answer, success),
    },
  };
}

/** The answer of a command that names what it creates besides. */
function decidedWith(more: SchemaObject, { Decided }: Answers['schemas']): SchemaObject {
  const { description: _, ...decided } = Decided!;
  return {
    ...decided,
    properties: { ...more.properties, ...decided.properties },
    required: [...more.required!, ...decided.required!],
  };
}

/**
 * Every request can be wrong in form or come from a wrong place, and what it names may not be there. What is posted may be
 * too large or no JSON; a command may meet a rule or another caller; the log and the read models may be out of reach. What
 * else a route can answer, its controller says by decorators.
 */
function refusalsOf(operation: OperationObject, method: string, isCommand: boolean) {
  const { responses: known, parameters: taken = [], tags = [] } = operation;
  const inPath = taken.some((parameter) => 'in' in parameter && parameter.in === 'path');
  const isAbout = inPath || taken.some((parameter) => 'in' in parameter && namesOne(parameter));
  const statuses = [
    400,
    403,
    421,
    431,
    ...(inPath ? [414] : []),
    ...(isAbout || isCommand ? [404] : []),
    ...(method === 'post' ? [413, 415] : []),
    ...(isCommand ? [409, 412, 422] : []),
    ...(tags.includes('operation') ? [] : [503]),
    ...Object.keys(known).map(Number),
  ];
  const refusals = statuses.filter((status) => status in REFUSALS).map((status) => [status, refRefused(status)]);
  return Object.fromEntries(refusals) as Record<number, { $ref: string }>;
}

/** Whether a filter of a list is the id of something, which may not be there. */
const namesOne = ({ schema }: { readonly schema?: unknown }): boolean =>
  JSON.stringify(schema ?? {}).includes('"uuid"');

const refRefused = (status: number) => ({ $ref: `#/components/responses/Refused${status}` });

const sentUnder = Object.keys(parameters).map((name) => ({ $ref: `#/components/parameters/${name}` }));

/** The answer of a route that was made from a list: a type by its name, or what a command answers with besides. */
function statedIn({ content }: ResponseObject, schemas: Answers['schemas']): Schema | undefined {
  const stated = content?.['application/json']?.schema;
  return stated && !('$ref' in stated) ? decidedWith(stated, schemas) : stated;
}

const contentOf = (answer: Schema, { content = { 'application/json': {} } }: ResponseObject) =>
  Object.fromEntries(
    Object.keys(content).map((type) => [type, { schema: type.endsWith('json') ? answer : { type: 'string' } }]),
  );

/** @throws when a body and an answer have the same name: one would be shown as the other */
function together(bodies: Record<string, Schema>, answers: Answers['schemas']): Record<string, Schema> {
  const twice = Object.keys(answers).filter((name) => name in bodies);
  if (twice.length > 0) throw new Error(`the name of a body and of an answer: ${twice.join(', ')}`);
  return { ...bodies, ...answers };
}
