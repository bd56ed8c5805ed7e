/** Check runs. */
import { invalid, missing, page, type Request, type Route } from '../router.ts';
import { actionsApp, nodeId, type Json } from '../shapes.ts';
import type { Needs } from '../tokens.ts';
import { now, resolveRef, type CheckRecord } from '../world.ts';
import { conclusionMissing } from './limits.ts';

const REPOSITORY = '/repos/{owner}/{repo}';
const READ: Needs = [['checks', 'read']];
const WRITE: Needs = [['checks', 'write']];

interface Output {
  readonly title?: string;
  readonly summary?: string;
  readonly text?: string;
  readonly annotations?: readonly unknown[];
}

function shape(request: Request, check: CheckRecord): Json {
  const { api, repository } = request;
  const url = `${api}/repos/${repository.name}/check-runs/${check.id}`;
  const web = `https://github.com/${repository.name}/runs/${check.id}`;
  const output = (check.sent['output'] ?? {}) as Output;
  return {
    id: check.id,
    node_id: nodeId('CR', check.id),
    name: check.name,
    head_sha: check.headSha,
    external_id: check.sent['external_id'] ?? '',
    url,
    html_url: web,
    details_url: check.sent['details_url'] ?? web,
    status: check.status,
    conclusion: check.conclusion,
    started_at: check.startedAt,
    completed_at: check.completedAt,
    output: {
      title: check.title,
      summary: check.summary,
      text: output.text ?? null,
      annotations_count: check.annotations,
      annotations_url: `${url}/annotations`,
    },
    check_suite: { id: 1 },
    app: actionsApp(api),
    pull_requests: [],
  };
}

/** What was known, with what is sent now on top; annotations add up. */
function merge(before: CheckRecord | undefined, sent: Json, id: number): CheckRecord {
  const output = (sent['output'] ?? {}) as Output;
  const text = (key: string, otherwise: string): string => (typeof sent[key] === 'string' ? sent[key] : otherwise);
  const conclusion = typeof sent['conclusion'] === 'string' ? sent['conclusion'] : (before?.conclusion ?? null);
  const status = text('status', conclusion === null ? (before?.status ?? 'queued') : 'completed');
  return {
    id,
    name: text('name', before?.name ?? ''),
    headSha: text('head_sha', before?.headSha ?? ''),
    status,
    conclusion,
    title: output.title ?? before?.title ?? null,
    summary: output.summary ?? before?.summary ?? null,
    annotations: (before?.annotations ?? 0) + (output.annotations?.length ?? 0),
    sent: { ...before?.sent, ...sent },
    startedAt: before?.startedAt ?? now(),
    completedAt: status === 'completed' ? now() : null,
  };
}

export const checkRoutes: readonly Route[] = [
  {
    operation: `POST ${REPOSITORY}/check-runs`,
    needs: WRITE,
    handle: request => {
      const sent = request.body as Json;
      const refused = conclusionMissing(request, sent['status'], sent['conclusion']);
      if (refused) return refused;
      const check = merge(undefined, sent, request.world.nextId());
      if (!request.repository.commits.has(check.headSha)) return invalid(request, `No commit found for SHA: ${check.headSha}`);
      request.repository.checks.set(check.id, check);
      return { status: 201, body: shape(request, check) };
    },
  },
  {
    operation: `GET ${REPOSITORY}/check-runs/{check_run_id}`,
    needs: READ,
    handle: request => {
      const check = request.repository.checks.get(Number(request.params['check_run_id']));
      return check === undefined ? missing(request) : { status: 200, body: shape(request, check) };
    },
  },
  {
    operation: `PATCH ${REPOSITORY}/check-runs/{check_run_id}`,
    needs: WRITE,
    handle: request => {
      const before = request.repository.checks.get(Number(request.params['check_run_id']));
      if (before === undefined) return missing(request);
      const sent = request.body as Json;
      const refused = conclusionMissing(request, sent['status'], sent['conclusion'] ?? before.conclusion);
      if (refused) return refused;
      const check = merge(before, sent, before.id);
      request.repository.checks.set(check.id, check);
      return { status: 200, body: shape(request, check) };
    },
  },
  {
    operation: `GET ${REPOSITORY}/commits/{ref}/check-runs`,
    needs: READ,
    handle: request => {
      const commit = resolveRef(request.repository, request.params['ref'] ?? '');
      if (commit === undefined) return missing(request);
      const name = request.query.get('check_name');
      const all = [...request.repository.checks.values()].filter(check => check.headSha === commit.sha);
      const found = all.filter(check => name === null || check.name === name).map(check => shape(request, check));
      const paged = page(request, found);
      return { ...paged, body: { total_count: found.length, check_runs: paged.body } };
    },
  },
];
