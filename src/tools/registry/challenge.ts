// A WWW-Authenticate header -> the login that the registry asks for; and the arithmetic of token scopes.

export type Challenge =
  | { readonly scheme: 'basic' }
  | {
      readonly scheme: 'bearer';
      readonly realm: string;
      readonly service: string | undefined;
      readonly scopes: readonly string[];
    };

/** Reads one header with one or several challenges; Bearer wins over Basic. Undefined when there is none that we can answer. */
export function parseChallenge(header: string | undefined): Challenge | undefined {
  const found = splitChallenges(header ?? '');
  const bearer = found.find(one => one.scheme === 'bearer' && one.parameters.get('realm') !== undefined);
  if (bearer !== undefined) {
    const scope = bearer.parameters.get('scope') ?? '';
    return {
      scheme: 'bearer',
      realm: bearer.parameters.get('realm') ?? '',
      service: bearer.parameters.get('service'),
      scopes: scope.split(' ').filter(part => part !== ''),
    };
  }
  return found.some(one => one.scheme === 'basic') ? { scheme: 'basic' } : undefined;
}

interface RawChallenge {
  readonly scheme: string;
  readonly parameters: Map<string, string>;
}

/** `a="x", b=y` belongs to the scheme before it; a word that is not followed by `=` starts a new challenge. */
function splitChallenges(header: string): RawChallenge[] {
  const challenges: RawChallenge[] = [];
  const token = /([A-Za-z0-9!#$%&'*+.^_`|~-]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+)))?/g;
  for (const [, word = '', quoted, plain] of header.matchAll(token)) {
    const value = quoted?.replace(/\\(.)/g, '$1') ?? plain;
    if (value === undefined) challenges.push({ scheme: word.toLowerCase(), parameters: new Map() });
    else challenges.at(-1)?.parameters.set(word.toLowerCase(), value);
  }
  return challenges;
}

/** Joins scopes: actions of the same resource are united, everything is sorted so that equal demands are equal texts. */
export function mergeScopes(...lists: readonly (readonly string[])[]): string[] {
  const actions = new Map<string, Set<string>>();
  for (const scope of lists.flat()) {
    const colon = scope.lastIndexOf(':');
    // Public ECR asks for the scope `aws`: no resource, no actions.
    const resource = colon === -1 ? scope : scope.slice(0, colon);
    const set = actions.get(resource) ?? new Set<string>();
    if (colon !== -1) for (const action of scope.slice(colon + 1).split(',')) set.add(action);
    actions.set(resource, set);
  }
  return [...actions].map(([resource, set]) => (set.size === 0 ? resource : `${resource}:${[...set].sort().join(',')}`)).sort();
}

/** What reading a repository needs. */
export function pullScope(name: string): string {
  return `repository:${name}:pull`;
}

/** What writing to a repository needs. */
export function pushScope(name: string): string {
  return `repository:${name}:pull,push`;
}
