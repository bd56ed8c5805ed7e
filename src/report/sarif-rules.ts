// Findings of one platform -> SARIF rules, one for each advisory or kind of secret, with help that a reader of the alert can act on.

import { severityRank, type Severity } from '../plan/severity.ts';
import type { Finding } from '../scan/findings.ts';
import { code, head, link, plain, row, safeAddress, text } from './markdown.ts';

/** GitHub keeps so many characters of a name and of a description. */
const NAME_LIMIT = 255;
const DESCRIPTION_LIMIT = 1_024;
/** Packages in the help of one rule; an advisory for a source package may concern dozens. */
const SHOWN = 20;

/**
 * GitHub shows `security-severity` as a word: over 9.0 critical, 7.0 to 8.9 high, 4.0 to 6.9 medium, 0.1 to 3.9 low, and with 0.0 the finding counts as
 * none of security. `typical` stands where no score is known.
 */
const BANDS: Readonly<Record<Severity, { readonly from: number; readonly to: number; readonly typical: number }>> = {
  CRITICAL: { from: 9.1, to: 10, typical: 9.5 },
  HIGH: { from: 7, to: 8.9, typical: 8 },
  MEDIUM: { from: 4, to: 6.9, typical: 5.5 },
  LOW: { from: 0.1, to: 3.9, typical: 2 },
  UNKNOWN: { from: 0.1, to: 0.1, typical: 0.1 },
};

/** The CVSS score as text with one digit, kept within the severity that the gate judged by: GitHub must not call critical what we call low. */
export function securitySeverity({ severity, cvss }: Pick<Finding, 'severity' | 'cvss'>): string {
  const { from, to, typical } = BANDS[severity];
  return (cvss === undefined ? typical : Math.min(to, Math.max(from, cvss))).toFixed(1);
}

export function level(severity: Severity): 'error' | 'warning' | 'note' {
  if (severity === 'CRITICAL' || severity === 'HIGH') return 'error';
  return severity === 'MEDIUM' ? 'warning' : 'note';
}

/** The id of a finding's rule. */
export function ruleId(finding: Finding): string {
  return plain(finding.id, NAME_LIMIT) || 'unnamed';
}

/** Foreign text as a SARIF message: braces are placeholders there and `[a](b)` a link (SARIF 2.1.0, 3.11.5 and 3.11.6). `limit` counts UTF-16 units. */
export function message(value: string, limit = 1_000): { readonly text: string } {
  const inert = (points: number): string => plain(value, points).replaceAll('](', '] (').replaceAll(/[{}]/g, '$&$&');
  const whole = inert(limit);
  // A character is two units at most, and so is what stands for one here.
  return { text: whole.length <= limit ? whole : inert(Math.floor(limit / 2)) };
}

/** The rule of these findings, which have one id. Severity and score are those of the worst. */
export function makeRule(findings: readonly [Finding, ...Finding[]]) {
  const worst = findings.reduce((a, b) => (severityRank(b.severity) > severityRank(a.severity) ? b : a));
  const scores = findings.map(finding => Number(securitySeverity(finding)));
  const id = ruleId(worst);
  const title = plain(worst.title, 500);
  const help = safeAddress(worst.url);
  return {
    id,
    name: worst.kind === 'secret' ? 'Secret' : 'VulnerablePackage',
    shortDescription: message(title === '' || title === id ? id : `${title} (${id})`, DESCRIPTION_LIMIT),
    fullDescription: message(fullDescription(worst, id, title), DESCRIPTION_LIMIT),
    defaultConfiguration: { level: level(worst.severity) },
    ...(help === undefined ? {} : { helpUri: help }),
    help: { ...message(helpText(findings, worst), 4_000), markdown: helpMarkdown(findings, worst) },
    properties: {
      precision: 'very-high',
      'security-severity': Math.max(...scores).toFixed(1),
      tags: ['security', worst.kind === 'secret' ? 'secret' : 'vulnerability', 'container', worst.severity],
    },
  };
}

function fullDescription({ kind, severity, aliases = [], published }: Finding, id: string, title: string): string {
  const names = aliases.length === 0 ? '' : ` Also known as ${aliases.slice(0, 5).join(', ')}.`;
  const date = published === undefined ? '' : ` Published on ${published.slice(0, 10)}.`;
  const what = kind === 'secret' ? `The image holds a secret (${id}, ${severity})` : `${id} (${severity})`;
  return `${what}${title === '' || title === id ? '' : `: ${title}`}.${names}${date}`;
}

const SECRET_ADVICE =
  'Revoke the secret: whoever can pull the image, or could, has it. Then keep it out of the build (buildx secrets are not written into layers).';
const ADVICE = 'Update the package to the fixed version, or the base image that brings it.';

function helpText(findings: readonly Finding[], worst: Finding): string {
  if (worst.kind === 'secret') return SECRET_ADVICE;
  const fixes = packages(findings).map(
    ([name, installed, fixed]) => `${name} ${installed}: ${fixed === '' ? 'no fix yet' : `fixed in ${fixed}`}`,
  );
  return `${ADVICE} ${fixes.slice(0, SHOWN).join('; ')}.`;
}

function helpMarkdown(findings: readonly Finding[], worst: Finding): string {
  const first = `**${link(worst.id, worst.url, NAME_LIMIT)}** (${worst.severity})${worst.title === '' ? '' : `: ${text(worst.title, 500)}`}`;
  if (worst.kind === 'secret') return `${first}\n\n${SECRET_ADVICE}\n`;
  const all = packages(findings);
  const rows = all
    .slice(0, SHOWN)
    .map(([name, installed, fixed]) => row([code(name), code(installed), fixed === '' ? 'no fix yet' : code(fixed)]));
  const more = all.length > SHOWN ? `\n\nand ${all.length - SHOWN} more` : '';
  const excuse = `To accept the risk for a time, add an exception for ${code(worst.id)} with a reason and an expiry date to the policy file.`;
  return `${first}\n\n${head(['Package', 'Installed', 'Fixed'])}\n${rows.join('\n')}${more}\n\n${ADVICE} ${excuse}\n`;
}

/** Name, installed and fixed version of every package, once, in a fixed order. */
function packages(findings: readonly Finding[]): (readonly [string, string, string])[] {
  const rows = findings.map(finding => [finding.package, finding.installed, finding.fixed] as const);
  const unique = new Map(rows.map(cells => [JSON.stringify(cells), cells]));
  return [...unique].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, cells]) => cells);
}
