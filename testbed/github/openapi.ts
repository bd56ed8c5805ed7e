/** GitHub's own description of its API as a judge of both sides: what clients send and what the stand-in answers. */
import { readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';

type Json = Record<string, unknown>;
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

export interface Operation {
  /** `GET /repos/{owner}/{repo}` */
  readonly key: string;
  readonly template: string;
  readonly documentation: string;
  readonly description: Json;
}

export interface Judge {
  readonly operations: readonly Operation[];
  /** What is wrong with a request; empty when nothing is. */
  request(operation: Operation, query: URLSearchParams, body: unknown): string[];
  /** What is wrong with an answer. */
  response(operation: Operation, status: number, body: unknown): string[];
}

const DEFINITIONS = 'github';

/** OpenAPI 3.0's `nullable` in the words of JSON Schema. */
function nullable(schema: Json): Json {
  const { nullable: isNullable, ...rest } = schema;
  if (isNullable !== true) return rest;
  if (rest['type'] === undefined) return { anyOf: [rest, { type: 'null' }] };
  const values = rest['enum'];
  // The list may hold null already, and ajv refuses a whole schema with a doubled value.
  const withNull = Array.isArray(values) ? { enum: [...new Set<unknown>([...(values as unknown[]), null])] } : {};
  return { ...rest, type: [rest['type'], 'null'].flat(), ...withNull };
}

function toSchema(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toSchema);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([key, inner]): [string, unknown] => [
    key,
    key === '$ref' && typeof inner === 'string'
      ? inner.replace('#/components/schemas/', `${DEFINITIONS}#/definitions/`)
      : toSchema(inner),
  ]);
  return nullable(Object.fromEntries(entries));
}

function explain(validate: ValidateFunction): string[] {
  return (validate.errors ?? []).map(error => {
    const allowed = (error.params as { allowedValues?: unknown }).allowedValues;
    const list = Array.isArray(allowed) ? ` (${allowed.join(', ')})` : '';
    return `${error.instancePath || 'the body'} ${error.message ?? 'is wrong'}${list}`;
  });
}

class OpenApiJudge implements Judge {
  readonly operations: readonly Operation[];
  readonly #description: Json;
  readonly #ajv = new Ajv({ strict: false, allErrors: true, coerceTypes: false });
  readonly #query = new Ajv({ strict: false, allErrors: true, coerceTypes: true });
  readonly #compiled = new Map<string, ValidateFunction>();

  constructor(description: Json) {
    this.#description = description;
    for (const ajv of [this.#ajv, this.#query]) {
      formats.default(ajv);
      for (const name of ['binary', 'repo.nwo', 'ssh-key']) ajv.addFormat(name, true);
    }
    const schemas = (description['components'] as Record<string, Json>)['schemas'];
    this.#ajv.addSchema({ $id: DEFINITIONS, definitions: toSchema(schemas) as Json });
    this.operations = Object.entries(description['paths'] as Record<string, Record<string, Json>>).flatMap(
      ([template, methods]) =>
        Object.entries(methods).map(([method, entry]) => ({
          key: `${method.toUpperCase()} ${template}`,
          template,
          documentation: typeof entry['x-documentation'] === 'string' ? entry['x-documentation'] : 'https://docs.github.com/rest',
          description: entry,
        })),
    );
  }

  /** Follows a `$ref` to a shared parameter, response or body. */
  #at(value: unknown): Json | undefined {
    if (!isObject(value)) return undefined;
    const reference = value['$ref'];
    if (typeof reference !== 'string') return value;
    let found: unknown = this.#description;
    for (const key of reference.slice(2).split('/')) found = isObject(found) ? found[key] : undefined;
    return isObject(found) ? found : undefined;
  }

  #check(key: string, schema: unknown, value: unknown, ajv = this.#ajv): string[] {
    const validate = this.#compiled.get(key) ?? ajv.compile(toSchema(schema) as Json);
    this.#compiled.set(key, validate);
    return validate(value) ? [] : explain(validate);
  }

  #schema(holder: Json | undefined): Json | undefined {
    const content = holder?.['content'];
    const json = isObject(content) ? (content['application/json'] ?? content['application/json+safe']) : undefined;
    return isObject(json) ? this.#at(json['schema']) : undefined;
  }

  request(operation: Operation, query: URLSearchParams, body: unknown): string[] {
    return [...this.#queryErrors(operation, query), ...this.#bodyErrors(operation, body)];
  }

  #queryErrors(operation: Operation, query: URLSearchParams): string[] {
    const described = ((operation.description['parameters'] ?? []) as unknown[]).map(parameter => this.#at(parameter));
    const known = new Map(described.filter(parameter => parameter?.['in'] === 'query').map(found => [found?.['name'], found]));
    return [...query].flatMap(([name, value]) => {
      const parameter = known.get(name);
      // GitHub ignores what it does not know; here it is a mistake of the client.
      if (parameter === undefined) return [`unknown query parameter ${name}`];
      const schema = { type: 'object', properties: { [name]: this.#at(parameter['schema']) ?? {} } };
      return this.#check(`${operation.key} ?${name}`, schema, { [name]: value }, this.#query);
    });
  }

  #bodyErrors(operation: Operation, body: unknown): string[] {
    const holder = this.#at(operation.description['requestBody']);
    const schema = this.#schema(holder);
    if (schema === undefined) return body === undefined ? [] : ['a body where none is described'];
    if (body === undefined) return holder?.['required'] === true ? ['a body is required'] : [];
    const properties = schema['properties'];
    const known = isObject(properties) && isObject(body) ? Object.keys(properties) : undefined;
    const unknown = known === undefined ? [] : Object.keys(body as Json).filter(key => !known.includes(key));
    return [...this.#check(operation.key, schema, body), ...unknown.map(key => `unknown property ${key}`)];
  }

  response(operation: Operation, status: number, body: unknown): string[] {
    const described = this.#at((operation.description['responses'] as Json)[String(status)]);
    if (described === undefined) {
      // Refusals that hold for every operation are not repeated in each description.
      const basic = { $ref: '#/components/schemas/basic-error' };
      return status >= 400 ? this.#check('basic-error', basic, body) : [`status ${status} is not described`];
    }
    const schema = this.#schema(described);
    if (schema === undefined) return [];
    return this.#check(`${operation.key} ${status}`, schema, body);
  }
}

let judge: Judge | undefined;

/** The judge; made once per process, because reading the description takes a tenth of a second. */
export function openApiJudge(): Judge {
  judge ??= new OpenApiJudge(JSON.parse(readFileSync(new URL('api.subset.json', import.meta.url), 'utf8')) as Json);
  return judge;
}
