// The scanner's process and log -> reasons why its word does not count.

import { logLines, said } from './check.ts';
import type { Examined } from './check.ts';
import { parseReport } from './parse.ts';

export function endedWell({ raw, settings }: Examined): string[] {
  if (raw.timedOut) return [`the scanner was stopped: no result after ${settings.timeout} s (input: scan-timeout)`];
  if (raw.signal !== null) return [`the scanner was ended by ${raw.signal}${said(raw.stderr)}`];
  if (raw.exitCode !== 0) return [`the scanner ended with exit code ${raw.exitCode ?? '?'}${said(raw.stderr)}`];
  return [];
}

export function reportIsThere({ raw }: Examined): string[] {
  return parseReport(raw.report) === undefined ? [`the scanner wrote no readable report${said(raw.stderr)}`] : [];
}

/** Appears even when the checks bundle is not wanted, and means nothing for vulnerabilities and secrets. */
const HARMLESS = '[misconfig] Falling back to embedded checks';

export function logErrors({ raw }: Examined): string[] {
  return logLines(raw.stderr)
    .filter(({ level, text }) => (level === 'ERROR' || level === 'FATAL') && !text.includes(HARMLESS))
    .map(({ level, text }) => `the scanner reported ${level} ${text}`);
}

const DOUBTS: readonly string[] = [
  'Unsupported os',
  'No OS package is detected',
  'not on the EOL list',
  'Invalid version',
  'Parse error',
  'Version matching error',
];

export function logDoubts({ raw, settings }: Examined): string[] {
  if (!settings.scanners.includes('vuln')) return [];
  return logLines(raw.stderr)
    .filter(({ text }) => DOUBTS.some(doubt => text.toLowerCase().includes(doubt.toLowerCase())))
    .map(({ level, text }) => `the scanner warned: ${level} ${text}`);
}

const STARTED = { vuln: '[vuln] Vulnerability scanning is enabled', secret: '[secret] Secret scanning is enabled' } as const;

/** The report does not record flags: only the log tells whether a scanner ran at all. */
export function scannersRan({ raw, settings }: Examined): string[] {
  return settings.scanners
    .filter(scanner => !raw.stderr.includes(STARTED[scanner]))
    .map(scanner => `nothing shows that the ${scanner} scanner ran ("${STARTED[scanner]}" is missing from its log)`);
}
