// GitHub's code scanning as this action needs it: hands a SARIF file over and asks what became of it, in little time.

import type { Call, Patience } from './github.ts';
import { at, textOf } from './payload.ts';

export interface SarifUpload {
  /** Gzip in base64. */
  readonly sarif: string;
  readonly ref: string;
  readonly sha: string;
  /** ISO time. */
  readonly startedAt: string;
}

export interface SarifState {
  /** pending, complete, failed. */
  readonly status: string;
  /** Why it failed. */
  readonly errors: readonly string[];
}

export interface CodeScanning {
  /** Hands a SARIF file over and returns the id of the upload. Sent twice, the second replaces the first. Throws what GitHub answers. */
  readonly uploadSarif: (upload: SarifUpload) => Promise<string>;
  /** What became of it. Throws when there is no answer. */
  readonly sarifState: (id: string) => Promise<SarifState>;
}

/** The job's end waits for both. */
const UPLOAD: Patience = { timeout: 10_000, tries: 2, longestWait: 3, again: true };
const LOOK: Patience = { timeout: 2_500, tries: 1, longestWait: 1, again: true };

/** Both operations, in the repository `here`. */
export function createCodeScanning(call: Call, here: { readonly owner: string; readonly repo: string }): CodeScanning {
  return {
    uploadSarif: async ({ sarif, ref, sha, startedAt }) => {
      const order = { ...here, ref, sarif, commit_sha: sha, started_at: startedAt };
      const { data } = await call((octokit, request) => octokit.rest.codeScanning.uploadSarif({ ...order, request }), UPLOAD);
      const id = textOf(at(data, 'id'));
      if (id === undefined) throw new Error('the answer is not a receipt of an upload');
      return id;
    },
    sarifState: async id => {
      const order = { ...here, sarif_id: id };
      const { data } = await call((octokit, request) => octokit.rest.codeScanning.getSarif({ ...order, request }), LOOK);
      const errors = at(data, 'errors');
      const lines = Array.isArray(errors) ? errors.filter(line => typeof line === 'string') : [];
      return { status: textOf(at(data, 'processing_status')) ?? 'pending', errors: lines };
    },
  };
}
