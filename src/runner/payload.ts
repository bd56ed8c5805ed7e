// JSON that nobody vouches for (the webhook's payload, an answer of an API) -> its fields; what is not there or strange is undefined.

/** An own field of an object. */
export function field(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[name];
}

/** A field of a field of ...: `at(payload, 'pull_request', 'head', 'sha')`. */
export function at(value: unknown, ...names: readonly string[]): unknown {
  return names.reduce(field, value);
}

/** A text that is not empty. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A boolean. */
export function booleanOf(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}
