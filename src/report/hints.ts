// RunRecord -> what to do next, most useful first: each hint names the input or permission and the way out.

import type { Judged } from '../gate/verdict.ts';
import type { RunRecord } from '../record.ts';
import type { Hint } from './report.ts';
import { count, list } from './wording.ts';

/** How many exceptions are written out ready to paste. */
const EXCEPTIONS = 5;
/** The tool whose own lines are in the log, as errors name it. */
const BUILD = 'docker buildx build';
const DEFAULT_POLICY = '.github/seaworthy.yml';

/** What a person can do about this run. `blocking` comes worst first. Empty when there is nothing to do. */
export function makeHints(record: RunRecord, blocking: readonly Judged[]): Hint[] {
  if (record.state === 'running') return [];
  if (record.state === 'cancelled') return [{ text: 'Run it again: what an earlier run published is completed, not doubled.' }];
  if (record.state === 'failed') return failureHints(record);
  return [...publicationHints(record), ...scanHints(record), ...blockingHints(record, blocking), ...signingHints(record)];
}

function failureHints(record: RunRecord): Hint[] {
  const { failure } = record;
  const hints: Hint[] = failure?.error.hint === undefined ? [] : [{ text: failure.error.hint }];
  // Without docker, or with a secret that cannot be read, nothing was built and the group is empty.
  if (failure?.stage === 'build' && failure.error.tool === BUILD)
    hints.push({
      text: 'The failing instruction and the last lines of the build are in the job summary, and in the log in the group "build".',
    });
  if (failure?.stage === 'publish')
    hints.push({
      text: 'Run the job again when the cause is gone: blobs and signatures that are there already are not sent twice.',
    });
  return hints;
}

function publicationHints(record: RunRecord): Hint[] {
  if (record.publication?.complete !== false) return [];
  const errors = record.publication.targets.flatMap(target =>
    target.error === undefined ? [] : [{ text: `${target.image}: ${target.error}` }],
  );
  return [
    ...errors,
    { text: 'Run the job again when the cause is gone: the same digest is completed in every target, nothing is sent twice.' },
  ];
}

/** The scan proved nothing: what to do about each kind of problem. */
function scanHints(record: RunRecord): Hint[] {
  const { verdict } = record;
  if (verdict?.outcome !== 'error') return [];
  const problems = verdict.problems.join('\n');
  const hints: Hint[] = [];
  if (/recogni[sz]|no operating system|no packages?\b/i.test(problems))
    hints.push({
      text: 'An image without operating system and language packages (scratch, static binary) is accepted with `allow-unrecognised: true`.',
    });
  if (/java db/i.test(problems))
    hints.push({
      text: 'The image holds JAR files, and judging them needs a second database that this version does not fetch yet. Until it does, such an image cannot pass; `on-scan-error: warn` publishes it unjudged, and says so.',
    });
  if (/database/i.test(problems))
    hints.push({
      text: 'Let the step download a fresh vulnerability database, name a mirror in `db-repository`, or raise `max-db-age`.',
    });
  if (/timed? ?out|no (answer|result) after/i.test(problems))
    hints.push({ text: 'Give the scanner more time with `scan-timeout`.' });
  hints.push({
    text: 'A scanner that fails is never a pass. Run the job again; the scanner\'s own last lines are in the log, in the group "scan".',
  });
  return hints;
}

function blockingHints(record: RunRecord, blocking: readonly Judged[]): Hint[] {
  if (blocking.length === 0) return [];
  const secrets = blocking.filter(judged => judged.finding.kind === 'secret');
  const fixable = blocking.filter(judged => judged.finding.fixed !== '');
  const unfixed = blocking.filter(judged => judged.finding.kind === 'vuln' && judged.finding.fixed === '');
  const hints: Hint[] = [];
  if (unfixed.length === blocking.length)
    hints.push({
      text: `Nothing that blocks has a fix yet. \`ignore-unfixed: true\` lets such findings pass until there is one; an exception does it for one finding, with a reason and a date.`,
    });
  if (secrets.length > 0) hints.push(secretHint(secrets));
  hints.push(...fixHints(record, fixable));
  if (unfixed.length > 0 && unfixed.length < blocking.length)
    hints.push({
      text: `${count(unfixed.length, 'finding')} that block have no fix yet: \`ignore-unfixed: true\` or an exception lets them pass.`,
    });
  const excusable = blocking.filter(judged => judged.finding.kind === 'vuln');
  if (excusable.length > 0) hints.push(exceptionHint(record, excusable));
  return hints;
}

function secretHint(secrets: readonly Judged[]): Hint {
  const files = [...new Set(secrets.map(judged => `\`${judged.finding.path}\``))];
  return {
    text: `Revoke what was found in ${list(files, 3)}, and take it out of the image: deleting it in a later layer is not enough, a build secret (\`RUN --mount=type=secret\`) never gets in.`,
  };
}

/** Fixable findings, apart by where the package comes from: base image or own dependencies. */
function fixHints(record: RunRecord, fixable: readonly Judged[]): Hint[] {
  const isSystem = (judged: Judged): boolean => judged.finding.path === '';
  const system = packages(fixable.filter(isSystem));
  const own = packages(fixable.filter(judged => !isSystem(judged)));
  const hints: Hint[] = [];
  if (own.length > 0) hints.push({ text: `Update ${list(own, 4)} in the application.` });
  if (system.length > 0) {
    const cached = (record.build?.steps ?? []).some(step => step.cached);
    const how = cached
      ? 'The build used cached steps: rebuild once with `no-cache: true` and `pull: true`'
      : 'Move to a newer base image, or upgrade the packages in the Dockerfile';
    hints.push({ text: `${how}. Fixed by updated system packages: ${list(system, 4)}.` });
  }
  return hints;
}

/** libssl3 to 3.0.17, each package once. */
function packages(findings: readonly Judged[]): string[] {
  const fixes = new Map<string, string>();
  for (const { finding } of findings) if (!fixes.has(finding.package)) fixes.set(finding.package, finding.fixed);
  return [...fixes].map(([name, fixed]) => `\`${name}\` to \`${fixed.split(',')[0] ?? fixed}\``);
}

/** Exceptions ready to paste; the reason is the user's to write. */
function exceptionHint(record: RunRecord, blocking: readonly Judged[]): Hint {
  const file = record.plan?.policy.file?.path ?? DEFAULT_POLICY;
  const expires = new Date(Date.parse(record.startedAt) + 30 * 86_400_000).toISOString().slice(0, 10);
  const seen = new Set<string>();
  const lines = blocking.flatMap(({ finding }) => {
    const key = `${finding.id} ${finding.package}`;
    if (seen.has(key)) return [];
    seen.add(key);
    return [
      `  - id: ${JSON.stringify(finding.id)}`,
      ...(finding.package === '' ? [] : [`    package: ${JSON.stringify(finding.package)}`]),
      '    reason: "TODO: why this is acceptable"',
      `    expires: ${expires}`,
    ];
  });
  const shownLines = lines.slice(0, EXCEPTIONS * 4);
  const more = seen.size > EXCEPTIONS ? [`  # and ${seen.size - EXCEPTIONS} more`] : [];
  return {
    text: `To accept a finding for a while: exceptions for ${file}, reason and date are yours to set`,
    copy: {
      language: 'yaml',
      lines: [...(record.plan?.policy.file === undefined ? ['version: 1'] : []), 'exceptions:', ...shownLines, ...more],
    },
  };
}

function signingHints(record: RunRecord): Hint[] {
  const { plan, publication, event } = record;
  if (publication === undefined || plan?.signing.method !== 'off') return [];
  const sign = plan.decisions.find(decision => decision.name === 'sign');
  if (sign?.asked === 'off') return [];
  const how = event.idToken
    ? '`sign: keyless` signs with the identity of this workflow, `cosign-key` with a key.'
    : 'Give the job the permission `id-token: write` for keyless signing, or set `cosign-key`.';
  return [{ text: `The image is not signed${sign === undefined ? '' : ` (${sign.reason})`}. ${how}` }];
}
