/** Code scanning uploads. */
import { randomUUID } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { missing, type Request, type Route } from '../router.ts';
import { sarifProblems } from '../sarif.ts';
import { refuse } from '../tokens.ts';

const SARIFS = '/repos/{owner}/{repo}/code-scanning/sarifs';
const COMPRESSED_LIMIT = 10 * 1024 * 1024;
/** GitHub's words; the product was called Advanced Security before 2025. */
const FEATURE_OFF = 'Code Security must be enabled for this repository to use code scanning.';

function unpack(encoded: string): unknown {
  try {
    return JSON.parse(gunzipSync(Buffer.from(encoded, 'base64')).toString('utf8'));
  } catch {
    return undefined;
  }
}

export const sarifRoutes: readonly Route[] = [
  {
    operation: `POST ${SARIFS}`,
    needs: [['security-events', 'write']],
    handle: (request: Request) => {
      if (!request.repository.codeScanning) return refuse(403, FEATURE_OFF, request.documentation);
      const sent = request.body as { commit_sha: string; ref: string; sarif: string };
      if (Buffer.byteLength(sent.sarif) * 0.75 > COMPRESSED_LIMIT) {
        return refuse(413, 'SARIF payload is too large', request.documentation);
      }
      const sarif = unpack(sent.sarif);
      const id = randomUUID();
      const errors = sarif === undefined ? ['not gzip of JSON in base64'] : sarifProblems(sarif);
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
