// RunRecord -> the same record without masked values in its texts; what the report branches on stays, so that no secret can break a report.

import type { RunRecord } from '../record.ts';

const WORDS = /^[a-z]+(?: [a-z]+)*$/i;
const DIGEST = /^sha256:[0-9a-f]{64}$/;
const COMMIT = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
const TIME = /^\d{4}-\d\d-\d\d(?:T[\d:.]+(?:Z|[+-]\d\d:\d\d))?$/;
const PLATFORM = /^[a-z0-9]+\/[a-z0-9_]+(?:\/[a-z0-9.]+)?$/;
const PLATFORM_PART = /^[a-z0-9_.]+$/;
const ADVISORY = /^(?:CVE-\d{4}-\d+|GHSA(?:-[0-9a-z]{4}){3})$/;

/** Values that are no text but a word of our own, a digest, a time ...: by key, and only in this shape, because some keys hold texts elsewhere. */
const EXACT: Readonly<Record<string, RegExp>> = {
  state: WORDS,
  stage: WORDS,
  kind: WORDS,
  tool: WORDS,
  ruling: WORDS,
  severity: WORDS,
  method: WORDS,
  mode: WORDS,
  gate: WORDS,
  onScanError: WORDS,
  signature: WORDS,
  outcome: /^(?:passed|blocked|error|skipped)$/,
  status: /^(?:accepted|rejected|affected)$/,
  // Of a decision.
  name: /^(?:push|sign|sarif)$/,
  asked: /^(?:auto|off)$/,
  // Of the build.
  call: /^(?:build|check|outline|targets)$/,
  attestations: /^(?:inline|referrer|none)$/,
  type: /^(?:gha|registry|local|inline|s3|azblob|tar|oci|docker)$/,
  when: /^(?:inside|beside|last)$/,
  direction: /^(?:read|written)$/,
  from: /^(?:buildkit|scan|token|input|variable|file)$/,
  // Of the policy.
  vuln: WORDS,
  secret: WORDS,
  scanners: WORDS,
  expires: TIME,
  startedAt: TIME,
  updatedAt: TIME,
  created: TIME,
  published: new RegExp(`${TIME.source}|${DIGEST.source}`),
  built: DIGEST,
  scanned: DIGEST,
  manifest: DIGEST,
  digest: DIGEST,
  metadataDigest: DIGEST,
  before: DIGEST,
  layer: DIGEST,
  commit: COMMIT,
  platform: PLATFORM,
  platforms: PLATFORM,
  os: PLATFORM_PART,
  architecture: PLATFORM_PART,
  variant: PLATFORM_PART,
  id: ADVISORY,
  aliases: ADVISORY,
};

/** Maps whose keys a user wrote: nothing looks them up, so keys are texts too. */
const WRITTEN_BY_USERS = ['labels', 'buildLabels'];

/**
 * The record as people may see it: `redact` goes over every text. Keys stay, and so do the words, digests, times and platforms that renderings
 * compare, parse and look up. The event stays whole: it is what GitHub itself shows, and its reference and addresses are sent back to GitHub.
 */
export function redactRecord(record: RunRecord, redact: (text: string) => string): RunRecord {
  return { ...(redactValue(record, '', redact) as RunRecord), event: record.event };
}

/** `key`: under which the value stands; of an item, that of its list. */
function redactValue(value: unknown, key: string, redact: (text: string) => string): unknown {
  if (typeof value === 'string') return Object.hasOwn(EXACT, key) && EXACT[key]?.test(value) === true ? value : redact(value);
  if (Array.isArray(value)) return value.map(each => redactValue(each, key, redact));
  if (typeof value !== 'object' || value === null) return value;
  const written = WRITTEN_BY_USERS.includes(key);
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) =>
      written ? [redact(name), redactValue(each, '', redact)] : [name, redactValue(each, name, redact)],
    ),
  );
}
