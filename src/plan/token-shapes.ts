// A text -> which kind of credential it is by its shape, or whether it only looks random. Says what, never shows it.

/** Documented beginnings and lengths of the issuers; first match wins. */
const SHAPES: readonly (readonly [what: string, shape: RegExp])[] = [
  ['a token of GitHub', /(?<![A-Za-z0-9])(?:gh[pousr]_[A-Za-z0-9_.-]{20,}|github_pat_\w{20,})/],
  ['an access key of AWS', /(?<![A-Z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])/],
  ['a token of GitLab', /(?<![A-Za-z0-9])gl(?:pat|dt|rt|cbt|ptt|ft|soat|oas)-[\w.-]{20,}/],
  ['a token of npm', /(?<![A-Za-z0-9])npm_[A-Za-z0-9]{36}/],
  ['a token of PyPI', /(?<![A-Za-z0-9])pypi-Ag[\w-]{30,}/],
  ['a token of RubyGems', /(?<![A-Za-z0-9])rubygems_[0-9a-f]{48}/],
  ['a token of crates.io', /(?<![A-Za-z0-9])cio[A-Za-z0-9]{32}(?![A-Za-z0-9])/],
  ['a token of Docker Hub', /(?<![A-Za-z0-9])dckr_(?:pat|oat)_[\w-]{20,}/],
  ['a token of Slack', /(?<![A-Za-z0-9])xox[abeoprs]-[A-Za-z0-9-]{10,}|hooks\.slack\.com\/services\/T\w+\/B\w+\/\w+/],
  ['a live key of Stripe', /(?<![A-Za-z0-9])[rs]k_live_[A-Za-z0-9]{16,}/],
  ['a key of Google', /(?<![A-Za-z0-9])(?:AIza[\w-]{35}|ya29\.[\w-]{20,}|GOCSPX-[\w-]{20,})/],
  ['an API key of the form sk-…', /(?<![A-Za-z0-9])sk-(?:proj|svcacct|ant)-[\w-]{20,}/],
  ['a token of Hugging Face', /(?<![A-Za-z0-9])hf_[A-Za-z0-9]{30,}/],
  ['a key of SendGrid', /(?<![A-Za-z0-9])SG\.[\w-]{16,}\.[\w-]{16,}/],
  ['a token of DigitalOcean', /(?<![A-Za-z0-9])do[opr]_v1_[0-9a-f]{64}/],
  ['a token of Vault or Terraform', /(?<![A-Za-z0-9])(?:hv[sbr]\.[\w-]{20,}|[A-Za-z0-9]{14}\.atlasv1\.[\w-]{40,})/],
  ['an account key of Azure', /(?:AccountKey|SharedAccessKey)=[A-Za-z0-9+/]{40,}/],
  ['a private key', /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----|AGE-SECRET-KEY-1[A-Z0-9]{50,}/],
  ['a JSON web token', /(?<![\w-])eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]*/],
];
const URL_LOGIN = /[a-z][a-z0-9+.-]*:\/\/([^\s/:@]*):([^\s/@]+)@/i;
/** Passwords of examples and of databases that live as long as a test. */
const EXAMPLES =
  /^(?:pass(?:word)?|secret|changeme|change-me|example|test|dummy|placeholder|postgres|root|mysql|admin|x+|\*+|\$\{?\w+\}?|<.*>)$/i;
/** 40 characters of base64 that are no hash: only beside the name or the other half of the pair is it taken for one. */
const AWS_SECRET = /^[A-Za-z0-9/+]{40}$/;

/** What credential a text holds by its shape; undefined: none that is known. `name` is what the text is called. */
export function tokenShape(text: string, name = ''): string | undefined {
  const found = SHAPES.find(([, shape]) => shape.test(text))?.[0];
  if (found !== undefined) return found;
  const [, user = '', password = ''] = URL_LOGIN.exec(text) ?? [];
  if (password !== '' && !isExample(user, password)) return 'an address with a password';
  const named = /secret|aws/i.test(name) && AWS_SECRET.test(text) && !/^[0-9a-f]+$/i.test(text);
  return named ? 'a secret key of AWS' : undefined;
}

function isExample(user: string, password: string): boolean {
  return password === user || EXAMPLES.test(password);
}

const SHORTEST = 20;
/** Bits a character: words and versions stay below, what a generator of passwords gives is above. */
const RANDOM = 3.7;
const RESTLESS = 0.4;
/** Hashes and digests (hex or base64 with the name of their algorithm), identifiers, what has parts with a meaning. */
const HARMLESS = [
  /^(?:[a-z0-9]+:)?[0-9a-f]+$/i,
  /^\{?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\}?$/i,
  /^(?:sha(?:1|224|256|384|512)|md5|blake[23]\w?|h1)[-:=]/i,
  /^v?\d+(?:\.\d+)+/,
  /[\s/\\:@,;|<>(){}[\]"'$%&?*]/,
];

/** True for a text of letters of both cases and digits in no order, such as a generated password. Hashes, checksums, UUIDs, versions, paths and addresses are none. */
export function looksRandom(text: string): boolean {
  if (text.length < SHORTEST || HARMLESS.some(pattern => pattern.test(text))) return false;
  if (![/[a-z]/, /[A-Z]/, /\d/].every(kind => kind.test(text))) return false;
  return entropy(text) >= RANDOM && unrest(text) >= RESTLESS;
}

/** How often the kind of character changes: in words joined by dashes or capitals (MyService-Name-V2) seldom. */
function unrest(text: string): number {
  const kinds = Array.from(text, character => [/[a-z]/, /[A-Z]/, /\d/].findIndex(kind => kind.test(character)));
  const changes = kinds.filter((kind, at) => kind >= 0 && (kinds[at - 1] ?? -1) >= 0 && kind !== kinds[at - 1]);
  return changes.length / (text.length - 1);
}

/** Shannon's, in bits a character. */
function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  return [...counts.values()].reduce((sum, count) => sum - (count / text.length) * Math.log2(count / text.length), 0);
}
