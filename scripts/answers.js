// What the routes answer, as JSON Schema, from the types their controllers return: there is nothing to write beside the
// code, and so nothing that could say something else than the code.
import { DEFAULT_CONFIG, SchemaGenerator, createFormatter, createParser } from 'ts-json-schema-generator';
import ts from 'typescript';

const ROUTE = /^@(Get|Post|Put|Patch|Delete)\(/;
/**
 * What every route answers when it refuses, every command when it does not, and what is answered by routes that are made of definitions;
 * by the file that declares it.
 */
const COMMON = {
  Problem: '/problem.filter.ts',
  Decided: '/event-store/streams.ts',
  History: '/audit/queries.ts',
  Report: '/reports/answer.ts',
};

/** Aliases by their names, wherever they are declared: the generator follows the names to what they stand for. */
const BY_NAME = ts.NodeBuilderFlags.NoTruncation | ts.NodeBuilderFlags.UseAliasDefinedOutsideCurrentScope;

/** @returns `routes`: a schema by operation id; `schemas`: what they refer to, and what is common to all */
export function answersOf(program) {
  const checker = program.getTypeChecker();
  const sources = program.getSourceFiles().filter(({ isDeclarationFile }) => !isDeclarationFile);
  const answers = sources
    .filter(({ fileName }) => fileName.endsWith('.controller.ts'))
    .flatMap(routesIn)
    .map(({ id, method }) => [id, answerOf(method, checker)]);
  const common = Object.entries(COMMON).flatMap(([name, file]) =>
    sources
      .filter(({ fileName }) => fileName.endsWith(file))
      .flatMap(({ statements }) => statements.filter((statement) => statement.name?.text === name))
      .map((declaration) => [name, checker.getTypeAtLocation(declaration)]),
  );
  const { properties, definitions } = schemaOf([...answers, ...common], program);
  const routes = Object.fromEntries(Object.entries(properties).filter(([name]) => !(name in COMMON)));
  return { routes, schemas: definitions };
}

/** The routes of a file by the id OpenAPI knows them by. */
function routesIn({ statements }) {
  return statements
    .filter(ts.isClassDeclaration)
    .flatMap(({ name, members }) =>
      members
        .filter((member) => ts.getDecorators(member)?.some((decorator) => ROUTE.test(decorator.getText())))
        .map((method) => ({ id: `${name.text}_${method.name.text}`, method })),
    );
}

const answerOf = (method, checker) =>
  checker.getAwaitedType(checker.getReturnTypeOfSignature(checker.getSignatureFromDeclaration(method)));

/** One schema with a property for each of the types, so that two types of one name cannot both become its definition. */
function schemaOf(types, program) {
  const checker = program.getTypeChecker();
  // Fields a type does not name are excluded: with the generator's other setting it forgets inherited ones.
  const config = { ...DEFAULT_CONFIG, topRef: false, encodeRefs: false, additionalProperties: false };
  const generator = new SchemaGenerator(program, createParser(program, config), createFormatter(config), config);
  const members = types.map(([name, type]) =>
    ts.factory.createPropertySignature(undefined, name, undefined, checker.typeToTypeNode(type, undefined, BY_NAME)),
  );
  const schema = generator.createSchemaFromNodes([ts.factory.createTypeLiteralNode(members)]);
  const definitions = Object.entries(schema.definitions).map(([name, definition]) => [nameOf(name), definition]);
  return JSON.parse(
    JSON.stringify({ properties: schema.properties ?? {}, definitions: Object.fromEntries(definitions) }),
    (key, value) => (key === '$ref' ? `#/components/schemas/${nameOf(value.replace('#/definitions/', ''))}` : value),
  );
}

/** `Found<TaskItem>` is called FoundTaskItem, since names in OpenAPI have no brackets. */
function nameOf(type) {
  if (!/^[\w<>,]+$/.test(type)) throw new Error(`${type} is made of a type without a name: give that one a name.`);
  return type.replace(/\W/g, '');
}
