/**
 * Cuts the part of GitHub's OpenAPI description that the stand-in serves out of npm's `@octokit/openapi` and writes it to
 * `api.subset.json`. Run it after adding an operation below: `node scripts/run.mjs testbed/github/cut-openapi.ts`
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const VERSION = '23.0.2';

const REPOSITORY = '/repos/{owner}/{repo}';
const OPERATIONS = [
  'GET /rate_limit',
  `GET ${REPOSITORY}`,
  `GET ${REPOSITORY}/tags`,
  `GET ${REPOSITORY}/branches/{branch}`,
  `GET ${REPOSITORY}/git/ref/{ref}`,
  `GET ${REPOSITORY}/contents/{path}`,
  `GET ${REPOSITORY}/commits`,
  `GET ${REPOSITORY}/commits/{ref}`,
  `GET ${REPOSITORY}/commits/{ref}/status`,
  `GET ${REPOSITORY}/commits/{ref}/statuses`,
  `GET ${REPOSITORY}/commits/{ref}/check-runs`,
  `GET ${REPOSITORY}/commits/{commit_sha}/pulls`,
  `GET ${REPOSITORY}/compare/{basehead}`,
  `POST ${REPOSITORY}/statuses/{sha}`,
  `POST ${REPOSITORY}/check-runs`,
  `GET ${REPOSITORY}/check-runs/{check_run_id}`,
  `PATCH ${REPOSITORY}/check-runs/{check_run_id}`,
  `POST ${REPOSITORY}/code-scanning/sarifs`,
  `GET ${REPOSITORY}/code-scanning/sarifs/{sarif_id}`,
  `GET ${REPOSITORY}/pulls`,
  `GET ${REPOSITORY}/pulls/{pull_number}`,
  `GET ${REPOSITORY}/pulls/{pull_number}/files`,
  `GET ${REPOSITORY}/issues`,
  `POST ${REPOSITORY}/issues`,
  `GET ${REPOSITORY}/issues/{issue_number}`,
  `PATCH ${REPOSITORY}/issues/{issue_number}`,
  `GET ${REPOSITORY}/issues/{issue_number}/comments`,
  `POST ${REPOSITORY}/issues/{issue_number}/comments`,
  `GET ${REPOSITORY}/issues/comments/{comment_id}`,
  `PATCH ${REPOSITORY}/issues/comments/{comment_id}`,
  `DELETE ${REPOSITORY}/issues/comments/{comment_id}`,
];

type Json = Record<string, unknown>;
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

/** What only people read. Not dropped directly under `properties`, where these words are names of fields. */
const PROSE = ['example', 'examples', 'externalDocs', 'x-github', 'tags', 'summary', 'operationId'];

function lean(value: unknown, parent = ''): unknown {
  if (Array.isArray(value)) return value.map(item => lean(item));
  if (!isObject(value)) return value;
  const names = parent === 'properties' || parent === 'schemas';
  const prose = (key: string, inner: unknown): boolean =>
    PROSE.includes(key) || (['description', 'title'].includes(key) && typeof inner === 'string');
  const kept = Object.entries(value).filter(([key, inner]) => names || !prose(key, inner));
  return Object.fromEntries(kept.map(([key, inner]) => [key, lean(inner, key)]));
}

/** The given operations and everything they refer to, without prose. */
export function cut(description: Json, operations: readonly string[]): Json {
  const all = description['paths'] as Record<string, Json>;
  const components = description['components'] as Record<string, Json>;
  const paths: Record<string, Json> = {};
  const kept: Record<string, Json> = {};
  const todo: string[] = ['#/components/schemas/basic-error', '#/components/schemas/validation-error'];
  const follow = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(follow);
    else if (isObject(value)) {
      if (typeof value['$ref'] === 'string') todo.push(value['$ref']);
      Object.values(value).forEach(follow);
    }
  };
  for (const operation of operations) {
    const [method = '', template = ''] = operation.split(' ');
    const found = all[template]?.[method.toLowerCase()];
    if (!isObject(found)) throw new Error(`GitHub's description has no ${operation}`);
    const documentation = isObject(found['externalDocs']) ? found['externalDocs']['url'] : undefined;
    const entry = { ...(lean(found) as Json), 'x-documentation': documentation };
    paths[template] = { ...paths[template], [method.toLowerCase()]: entry };
    follow(entry);
  }
  for (let reference = todo.pop(); reference !== undefined; reference = todo.pop()) {
    const [, , kind = '', name = ''] = reference.split('/');
    if (kept[kind]?.[name] !== undefined) continue;
    const leaned = lean(components[kind]?.[name]);
    kept[kind] = { ...kept[kind], [name]: leaned };
    follow(leaned);
  }
  return { openapi: description['openapi'], info: description['info'], paths, components: kept };
}

/** Where GitHub answers otherwise than it describes: a pull request whose fork was deleted has no head repository. */
function correct(subset: Json): void {
  const schemas = (subset['components'] as Record<string, Record<string, Json>>)['schemas'] ?? {};
  for (const name of ['pull-request', 'pull-request-simple']) {
    const head = (schemas[name]?.['properties'] as Record<string, Json>)['head'];
    const properties = head?.['properties'] as Record<string, Json>;
    properties['repo'] = { nullable: true, allOf: [properties['repo']] };
  }
}

/** One entry a line: a new version of the description shows as a readable difference. */
function print(subset: Json): string {
  const lines = (value: Json): string =>
    `{\n${Object.keys(value)
      .sort()
      .map(key => `${JSON.stringify(key)}:${JSON.stringify(value[key])}`)
      .join(',\n')}\n}`;
  const components = subset['components'] as Record<string, Json>;
  const kinds = Object.keys(components).sort();
  const inner = kinds.map(kind => `${JSON.stringify(kind)}:${lines(components[kind] ?? {})}`).join(',\n');
  const head = `"openapi":${JSON.stringify(subset['openapi'])},\n"info":${JSON.stringify(subset['info'])}`;
  return `{${head},\n"paths":${lines(subset['paths'] as Json)},\n"components":{${inner}}}\n`;
}

function main(): void {
  const directory = mkdtempSync(path.join(tmpdir(), 'openapi-'));
  try {
    const name = `@octokit/openapi@${VERSION}`;
    execFileSync('npm', ['pack', name, '--silent', '--ignore-scripts'], {
      cwd: directory,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const files = ['package/generated/api.github.com.json', 'package/LICENSE'];
    execFileSync('tar', ['xzf', `octokit-openapi-${VERSION}.tgz`, ...files], { cwd: directory });
    const [api, licence] = files.map(file => readFileSync(path.join(directory, file), 'utf8'));
    const subset = cut(JSON.parse(api ?? '') as Json, OPERATIONS);
    correct(subset);
    const original = subset['info'] as Json;
    // The licence asks for its text to travel with the copy, so it travels inside the file.
    const info = { title: original['title'], version: original['version'], 'x-source': name, 'x-licence': licence };
    const text = print({ ...subset, info });
    writeFileSync(new URL('api.subset.json', import.meta.url), text);
    console.log(`api.subset.json: ${OPERATIONS.length} operations, ${Math.round(text.length / 1024)} KiB`);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

if (import.meta.main) main();
