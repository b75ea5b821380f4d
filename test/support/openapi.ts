import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { OpenAPIObject, OperationObject, ReferenceObject, ResponseObject } from '@nestjs/swagger';
import type { Answer } from './app.js';

/** The description as it is committed; `test/openapi.slow.ts` says that it is the one that is served. */
export const document = JSON.parse(
  readFileSync(new URL('../../docs/openapi.json', import.meta.url), 'utf8'),
) as OpenAPIObject & { readonly components: Required<NonNullable<OpenAPIObject['components']>> };

export const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods as Record<string, OperationObject>).map(([method, operation]) => ({
    route: `${method.toUpperCase()} ${path}`,
    pattern: new RegExp(`^${method.toUpperCase()} ${path.replace(/\{\w+\}/g, '[^/]+')}$`),
    operation,
  })),
);

export const ajv = new Ajv2020({ strict: false, allErrors: true });
formats.default(ajv);

export const responseAt = (response: ResponseObject | ReferenceObject): ResponseObject =>
  '$ref' in response ? (document.components.responses[response.$ref.split('/').at(-1)!] as ResponseObject) : response;

/** What is wrong with an answer by the description: its status, its type of content, its ETag, what it holds. */
export function faultsOf(asked: string, { status, headers, body }: Answer): readonly string[] {
  const found = operations.find(({ pattern }) => pattern.test(asked.split('?')[0]!));
  if (!found) return [`${asked} is not described`];
  const { responses } = found.operation;
  const described = responses[status];
  if (!described) return [`${status} is not described`];
  const response = responseAt(described);
  const type = String(headers['content-type']).split(';')[0]!;
  const content = response.content?.[type];
  if (!content) return [`${type} is not described`];
  const faults = 'ETag' in (response.headers ?? {}) === 'etag' in headers ? [] : ['ETag'];
  if (!type.endsWith('json')) return faults;
  const holds = ajv.compile({ ...content.schema, components: document.components });
  return holds(body) ? faults : [...faults, ajv.errorsText(holds.errors)];
}
