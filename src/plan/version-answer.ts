// A tag that should be a version + a pattern -> what type=semver and type=pep440 give for it.

import { clean, explain, major, minor, patch, valid } from '@renovatebot/pep440';
import semver from 'semver';
import type { Renderer } from './expressions.ts';
import { shorten } from './reference.ts';
import type { Answer } from './rule-answer.ts';
import { isRawStatement } from './template.ts';

/** A prerelease moves neither "1" nor "1.2" nor "latest": whatever the pattern, it is tagged with its full version, or as it is by {{raw}}. */
export function answerSemver(text: string, pattern: string, { renderWith }: Renderer): Answer {
  const version = semver.valid(text) === null ? null : semver.parse(text, { loose: true });
  if (version === null) return { idle: `"${shorten(text)}" is not a semantic version (https://semver.org)` };
  const prerelease = semver.prerelease(text) !== null;
  const value = renderWith(prerelease && !isRawStatement(pattern) ? '{{version}}' : pattern, version);
  return { value, latest: !prerelease, full: value.includes(version.version) || semver.valid(value) !== null };
}

/** Prereleases, post-releases and development releases are tagged with their full version, or as they are by {{raw}}. */
export function answerPep440(text: string, pattern: string, { renderWith }: Renderer): Answer {
  const version = valid(text) === null ? null : explain(text);
  if (version === null) return { idle: `"${shorten(text)}" is not a version of PEP 440 (https://peps.python.org/pep-0440)` };
  const whole = clean(text) ?? '';
  if (version.is_prerelease || version.is_postrelease || version.is_devrelease)
    return { value: isRawStatement(pattern) ? text : whole, latest: false, full: true };
  const value = renderWith(pattern, {
    raw: () => text,
    version: () => whole,
    major: () => major(text),
    minor: () => minor(text),
    patch: () => patch(text),
  });
  // "1.2" is a whole version of PEP 440, but by {{major}}.{{minor}} it is one that moves.
  const full = value.includes(whole) && (version.release.length > 2 || /\b(?:version|raw)\b/.test(pattern));
  return { value, latest: true, full };
}

/** A semantic version, or one of PEP 440 with three numbers at least: "1.2" and "20261121" are expected to move. */
export function isFullVersion(text: string): boolean {
  // Both libraries take their time to refuse a text, and a list may hold thousands.
  if (!/\d\.\d+\.\d/.test(text)) return false;
  return semver.valid(text) !== null || (valid(text) !== null && (explain(text)?.release.length ?? 0) > 2);
}
