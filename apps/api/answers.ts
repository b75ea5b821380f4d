import { existsSync, readFileSync } from 'node:fs';
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
/** What a command may be sent under; `envelope.interceptor.ts` reads it. */
const parameters = {
  IfMatch: {
    name: 'If-Match',
    in: 'header',
    description: 'The `ETag` that was seen last: refused with `revision-stale` when somebody else was faster.',
    schema: { type: 'string', example: '"3"' },
  },
  IdempotencyKey: {
    name: 'Idempotency-Key',
    in: 'header',
    description:
      'Chosen by the caller: sent again with the same key and body, the command is answered as it was, not done again.',
    schema: { type: 'string', maxLength: 200 },
  },
} as const;
const responses = {
  Problem: {
    description: 'Refused. Its `code` says why and stays the same, its `detail` says so in words.',
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  },
};

/** The description with what each route answers, whether it does what was asked or refuses. */
export function withAnswers(document: OpenAPIObject): OpenAPIObject {
  if (!existsSync(file)) return document;
  const answers = JSON.parse(readFileSync(file, 'utf8')) as Answers;
  const { paths, components = {} } = document;
  for (const [method, operation] of Object.values(paths).flatMap((path) => Object.entries(path))) {
    const described = operation as OperationObject;
    described.responses = responsesOf(described, answers);
    if (method !== 'get' && isCommand(described))
      described.parameters = [...(described.parameters ?? []), ...sentUnder];
  }
  const schemas = together({ ...components.schemas }, answers.schemas);
  return { ...document, components: { ...components, schemas, responses, headers, parameters } };
}

function responsesOf({ operationId, responses: known }: OperationObject, { routes, schemas }: Answers) {
  const answer = routes[operationId!];
  if (answer === undefined) return known;
  const [status, success] = Object.entries(known).find(([code]) => code.startsWith('2')) as [string, ResponseObject];
  const { properties = {} } = '$ref' in answer ? schemas[answer.$ref.split('/').at(-1)!]! : answer;
  return {
    [status]: {
      ...success,
      ...('revision' in properties && { headers: { ETag: { $ref: '#/components/headers/ETag' } } }),
      content: contentOf(answer, success),
    },
    default: { $ref: '#/components/responses/Problem' },
  };
}

const sentUnder = Object.keys(parameters).map((name) => ({ $ref: `#/components/parameters/${name}` }));

/** Whether the answer says at which revision it left what it is about. */
const isCommand = ({ responses: known }: OperationObject): boolean =>
  Object.values(known).some(
    (response) => response !== undefined && 'headers' in response && 'ETag' in (response.headers ?? {}),
  );

/** The types of content are those the controller names; whatever is not JSON is text. */
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
