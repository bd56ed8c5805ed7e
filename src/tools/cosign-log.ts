// cosign's stderr with the log of its HTTP traffic -> its last words, and how the registry answered.

/** The last error that cosign printed, on one line; it prints everything twice, and some of it over several lines. */
export function cosignMessage(stderr: string): string {
  const lines = quietLines(stderr);
  const start = lines.findLastIndex(line => line.startsWith(LAST_WORDS));
  const own = start === -1 ? lines.slice(-1) : lines.slice(start);
  const text = own
    .join('; ')
    .replace(LAST_WORDS, '')
    .replace(/^signing \[[^\]]*\]: /, '')
    // The first try of cosign on loopback is always TLS: noise.
    .replace(/Get "https:[^"]*": http: server gave HTTP response to HTTPS client; /, '')
    .trim();
  return text;
}

/** One line that fits on a screen. */
export function shortened(text: string): string {
  return text.length > 400 ? `${text.slice(0, 400)}...` : text;
}

const LAST_WORDS = 'error during command execution: ';

/** stderr without the log of HTTP traffic (`-d`): what is left is meant for people. */
export function quietLines(stderr: string): string[] {
  const kept: string[] = [];
  let traffic = false;
  for (const line of stderr.split('\n')) {
    if (/^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d /.test(line)) traffic = true;
    else if (/^(Error: |error during |WARNING: |main\.go:)/.test(line)) traffic = false;
    if (!traffic && line.trim() !== '') kept.push(line.trimEnd());
  }
  return kept;
}

/** One answer of a registry in cosign's debug log; a status, or what broke the connection. */
export interface Answer {
  readonly status: number | string;
  readonly url: string;
}

/** All answers in the order of arrival. */
export function answersOf(stderr: string): Answer[] {
  const found: Answer[] = [];
  for (const line of stderr.split('\n')) {
    const [, said, url] = /^\S+ \S+ <-- (.+?) (https?:\/\/\S+) \([^)]*\)( \[body redacted.*\])?$/.exec(line) ?? [];
    if (said === undefined || url === undefined) continue;
    found.push({ status: /^\d{3}$/.test(said) ? Number(said) : said.replace(/ [A-Z]+$/, ''), url: url.replace(/\?.*$/, '') });
  }
  return found;
}

/** The first address whose last answer says neither "here it is" nor "not here"; undefined when the registry answered everything. */
export function doubtfulAnswer(stderr: string): { readonly text: string; readonly refused: boolean } | undefined {
  const last = new Map(answersOf(stderr).map(answer => [answer.url, answer.status]));
  for (const [url, status] of last) {
    // The ping is a challenge by design, and is tried with TLS first everywhere.
    if (url.endsWith('/v2/')) continue;
    if (typeof status === 'number' && (status < 400 || status === 404)) continue;
    // Registries without the referrers API may say so in these ways, and cosign then takes the tag.
    if (/\/referrers\/sha256:/.test(url) && (status === 400 || status === 406)) continue;
    return { text: `${url} answered ${status}`, refused: typeof status === 'number' && !isOutage(status) };
  }
  return undefined;
}

/** Worth another try later: too many requests, a server's own trouble, a broken connection. */
export function isOutage(status: number | string): boolean {
  return typeof status === 'string' || status === 408 || status === 429 || status >= 500;
}

/** Takes known secrets and everything that looks like a token out of a text. */
export function redact(text: string, secrets: readonly string[]): string {
  let clean = text;
  for (const secret of secrets) if (secret.length >= 4) clean = clean.replaceAll(secret, '***');
  return clean.replaceAll(/eyJ[\w-]{10,}(\.[\w-]*){0,2}/g, '***');
}
