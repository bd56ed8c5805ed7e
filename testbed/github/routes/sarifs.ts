/** Code scanning uploads. */
import { randomUUID } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { missing, type Request, type Route } from '../router.ts';
import { refuse } from '../tokens.ts';

const SARIFS = '/repos/{owner}/{repo}/code-scanning/sarifs';
const COMPRESSED_LIMIT = 10 * 1024 * 1024;
const RUNS_LIMIT = 20;
const RESULTS_LIMIT = 25_000;

interface Sarif {
  readonly version?: unknown;
  readonly runs?: unknown;
}
interface Run {
  readonly results?: readonly unknown[];
}

/** What GitHub's processing would say after accepting the upload. */
function problemsOf(sarif: Sarif): string[] {
  const runs = Array.isArray(sarif.runs) ? (sarif.runs as Run[]) : undefined;
  if (sarif.version !== '2.1.0' || runs === undefined) return ['not SARIF 2.1.0'];
  const many = runs.some(run => (run.results?.length ?? 0) > RESULTS_LIMIT);
  return [
    ...(runs.length > RUNS_LIMIT ? [`${runs.length} runs, at most ${RUNS_LIMIT} are allowed`] : []),
    ...(many ? [`more than ${RESULTS_LIMIT} results in a run`] : []),
  ];
}

function unpack(encoded: string): Sarif | undefined {
  try {
    return JSON.parse(gunzipSync(Buffer.from(encoded, 'base64')).toString('utf8')) as Sarif;
  } catch {
    return undefined;
  }
}

export const sarifRoutes: readonly Route[] = [
  {
    operation: `POST ${SARIFS}`,
    needs: [['security-events', 'write']],
    handle: (request: Request) => {
      const sent = request.body as { commit_sha: string; ref: string; sarif: string };
      if (Buffer.byteLength(sent.sarif) * 0.75 > COMPRESSED_LIMIT) {
        return refuse(413, 'SARIF payload is too large', request.documentation);
      }
      const sarif = unpack(sent.sarif);
      const id = randomUUID();
      const errors = sarif === undefined ? ['not gzip of JSON in base64'] : problemsOf(sarif);
      request.repository.sarifs.set(id, { id, commit: sent.commit_sha, ref: sent.ref, sarif, errors, polls: 0 });
      const url = `${request.api}/repos/${request.repository.name}/code-scanning/sarifs/${id}`;
      return { status: 202, body: { id, url } };
    },
  },
  {
    operation: `GET ${SARIFS}/{sarif_id}`,
    needs: [['security-events', 'read']],
    handle: request => {
      const upload = request.repository.sarifs.get(request.params['sarif_id'] ?? '');
      if (upload === undefined) return missing(request);
      request.repository.sarifs.set(upload.id, { ...upload, polls: upload.polls + 1 });
      // Processing takes a moment: the first look sees it pending.
      if (upload.polls === 0) return { status: 200, body: { processing_status: 'pending', analyses_url: null } };
      const analyses = `${request.api}/repos/${request.repository.name}/code-scanning/analyses?sarif_id=${upload.id}`;
      const failed = upload.errors.length > 0;
      const result = failed ? { analyses_url: null, errors: upload.errors } : { analyses_url: analyses };
      return { status: 200, body: { processing_status: failed ? 'failed' : 'complete', ...result } };
    },
  },
];
