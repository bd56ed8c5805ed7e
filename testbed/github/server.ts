/**
 * GitHub, as far as an action sees it, on a port of this machine: REST API, OIDC tokens, caches and artifacts, with a state that
 * tests can fill and read. GitHub's own description judges every request and every answer: see README.md.
 */
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Blobs } from './blobs.ts';
import { carryOut, Faults } from './faults.ts';
import { graphql } from './graphql.ts';
import { jsonOf, readCall, send, type Answer, type Call } from './http.ts';
import { completeClaims, idTokenRequestUrl, Oidc } from './oidc.ts';
import { openApiJudge } from './openapi.ts';
import { Rest } from './rest.ts';
import { Results, runtimeToken } from './results.ts';
import { Tokens } from './tokens.ts';
import type * as T from './types.ts';
import { viewer } from './viewer.ts';
import { resolveRef, World } from './world.ts';

export type * from './types.ts';
export { ISSUER } from './oidc.ts';

export interface GitHub {
  readonly url: string;
  /** The repository that the workflow runs in. */
  readonly repository: string;
  /** All answered requests, oldest first. */
  readonly requests: readonly T.Recorded[];
  /** Everything that GitHub's description (or a rule beside it) forbids, on either side. Tests expect none. */
  readonly violations: readonly string[];
  /** A new token; default `write`. */
  token(kind?: 'write' | 'read' | T.Permissions, options?: T.TokenOptions): string;
  /** Comments of a pull request or an issue, oldest first. */
  comments(number: number, repository?: string): readonly T.Comment[];
  /** Statuses of a commit, oldest first. */
  statuses(sha: string, repository?: string): readonly T.Status[];
  checks(sha: string, repository?: string): readonly T.CheckRun[];
  sarifs(repository?: string): readonly T.SarifUpload[];
  /** Issues without pull requests, oldest first. */
  issues(repository?: string): readonly T.Issue[];
  /** Finished uploads to the cache service and the artifact service. */
  readonly caches: readonly T.CacheEntry[];
  readonly artifacts: readonly T.Artifact[];
  addRepository(name: string, options?: T.NewRepository): void;
  /** Adds a commit and moves the named branch or tag to it. */
  addCommit(commit?: T.NewCommit): string;
  /** Puts a file into the tree of the commit that `ref` names; a branch that does not exist is made. */
  addFile(repository: string, ref: string, path: string, content: string): void;
  addPull(pull?: T.NewPull): number;
  /** A comment by somebody, made outside of the API. */
  addComment(number: number, body: string, author?: string): number;
  /** Makes requests fail, as often as said (for ever by default). The first fault that fits counts. */
  fault(match: { readonly method?: string; readonly path: RegExp }, what: T.Fault, times?: number): void;
  clearFaults(): void;
  /** What the runner sets for a job so that its clients talk to this stand-in. */
  environment(options?: T.EnvironmentOptions): Record<string, string>;
  close(): Promise<void>;
}

export interface GitHubOptions {
  readonly repository?: string;
  readonly private?: boolean;
  /** False: a private repository without GitHub Code Security. */
  readonly codeScanning?: boolean;
  readonly defaultBranch?: string;
  readonly description?: string;
  readonly license?: string;
}

class StandIn implements GitHub {
  readonly requests: T.Recorded[] = [];
  readonly violations: string[] = [];
  readonly repository: string;
  readonly #world: World;
  readonly #tokens: Tokens;
  readonly #rest: Rest;
  readonly #oidc = new Oidc();
  readonly #blobs = new Blobs();
  readonly #results: Results;
  readonly #faults = new Faults();
  readonly #server: http.Server;
  url = '';

  constructor(options: GitHubOptions) {
    this.repository = options.repository ?? 'acme/app';
    this.#world = new World(this.repository, options);
    this.#tokens = new Tokens(this.repository);
    this.#rest = new Rest(this.#world, this.#tokens, openApiJudge(), this.violations);
    this.#results = new Results(this.#blobs, () => this.url);
    this.#server = http.createServer((request, response) => void this.#serve(request, response));
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject).listen(0, '127.0.0.1', resolve);
    });
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    return this;
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise(resolve => this.#server.close(() => resolve()));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let call: Call;
    try {
      call = await readCall(request);
    } catch {
      return; // the client went away in the middle of its request
    }
    const faulty = this.#blobs.complete(call, await carryOut(this.#faults.take(call), response));
    const answer = faulty ?? this.#answer(call);
    const body = /json/.test(call.headers['content-type'] ?? '') ? jsonOf(call) : undefined;
    this.requests.push({
      method: call.method,
      path: call.path,
      query: call.query.toString(),
      status: answer === 'cut' ? 0 : answer.status,
      ...(body !== undefined && { body }),
    });
    if (answer !== 'cut') send(response, answer, call.method);
  }

  #answer(call: Call): Answer {
    try {
      const elsewhere =
        this.#results.answer(call) ?? this.#blobs.answer(call) ?? this.#oidc.answer(call, this.url) ?? viewer(call, this.#tokens);
      const violation = (what: string): void => void this.violations.push(`${call.method} ${call.path}: ${what}`);
      return elsewhere ?? graphql(call, this.#tokens, violation) ?? this.#rest.answer(call, this.url);
    } catch (error) {
      // A mistake of the stand-in itself must not look like one of GitHub's bad days.
      this.violations.push(
        `${call.method} ${call.path}: the stand-in failed: ${error instanceof Error ? (error.stack ?? '') : String(error)}`,
      );
      return { status: 500, body: { message: 'the stand-in failed, see violations' } };
    }
  }

  token(kind: 'write' | 'read' | T.Permissions = 'write', options: T.TokenOptions = {}): string {
    return this.#tokens.create(kind, options);
  }

  comments(number: number, repository?: string): T.Comment[] {
    return [...this.#world.repository(repository).comments.values()].filter(comment => comment.issue === number);
  }

  statuses(sha: string, repository?: string): T.Status[] {
    return this.#world.repository(repository).statuses.filter(status => status.sha === sha);
  }

  checks(sha: string, repository?: string): T.CheckRun[] {
    return [...this.#world.repository(repository).checks.values()].filter(check => check.headSha === sha);
  }

  sarifs(repository?: string): T.SarifUpload[] {
    return [...this.#world.repository(repository).sarifs.values()];
  }

  issues(repository?: string): T.Issue[] {
    return [...this.#world.repository(repository).issues.values()].filter(issue => issue.pull === undefined);
  }

  get caches(): T.CacheEntry[] {
    return this.#results.caches;
  }

  get artifacts(): T.Artifact[] {
    return this.#results.artifacts;
  }

  addRepository(name: string, options: T.NewRepository = {}): void {
    this.#world.addRepository(name, options);
  }

  addCommit(commit: T.NewCommit = {}): string {
    return this.#world.addCommit(commit);
  }

  addFile(repository: string, ref: string, path: string, content: string): void {
    const commit = resolveRef(this.#world.repository(repository), ref);
    if (commit !== undefined) commit.files.set(path, content);
    else
      this.#world.addCommit({
        repository,
        ...(/^[0-9a-f]{40}$/.test(ref) ? { sha: ref } : { branch: ref }),
        files: { [path]: content },
      });
  }

  addPull(pull: T.NewPull = {}): number {
    return this.#world.addPull(pull);
  }

  addComment(number: number, body: string, author = 'mallory'): number {
    return this.#world.addComment(this.#world.repository(), number, body, author).id;
  }

  fault(match: { readonly method?: string; readonly path: RegExp }, what: T.Fault, times = Number.POSITIVE_INFINITY): void {
    this.#faults.add(match, what, times);
  }

  clearFaults(): void {
    this.#faults.clear();
  }

  environment(options: T.EnvironmentOptions = {}): Record<string, string> {
    const { idToken = true, cacheMode = 'write', ...given } = options;
    const { private: isPrivate, defaultBranch } = this.#world.repository();
    const claims = completeClaims(this.repository, isPrivate, defaultBranch, given);
    const runtime = runtimeToken(claims.ref, cacheMode);
    if (idToken) this.#oidc.grant(runtime, claims);
    const identity = { ACTIONS_ID_TOKEN_REQUEST_URL: idTokenRequestUrl(this.url), ACTIONS_ID_TOKEN_REQUEST_TOKEN: runtime };
    return {
      GITHUB_API_URL: this.url,
      GITHUB_GRAPHQL_URL: `${this.url}/graphql`,
      // Any other host makes cache and artifact clients believe in an Enterprise Server, where the services are different ones.
      GITHUB_SERVER_URL: 'https://github.com',
      ACTIONS_RUNTIME_URL: `${this.url}/`,
      ACTIONS_RUNTIME_TOKEN: runtime,
      ACTIONS_RESULTS_URL: `${this.url}/`,
      ACTIONS_CACHE_URL: `${this.url}/`,
      ACTIONS_CACHE_SERVICE_V2: 'True',
      ACTIONS_CACHE_MODE: cacheMode,
      ...(idToken && identity),
    };
  }
}

/** Starts a GitHub of one's own on a free port of the loopback interface. */
export function startGitHub(options: GitHubOptions = {}): Promise<GitHub> {
  return new StandIn(options).listen();
}
