// The report and its log -> reasons to believe that packages were overlooked.

import { logLines } from './check.ts';
import type { Examined } from './check.ts';
import type { SystemFacts } from './scan.ts';

export function knownSystem({ report, settings }: Examined): string[] {
  if (!settings.scanners.includes('vuln') || report.os?.family !== 'none') return [];
  return ['the operating system is one that Trivy does not know: its packages were not looked at'];
}

export function recognised({ report, settings }: Examined): string[] {
  if (!settings.scanners.includes('vuln') || report.os !== undefined || report.languageResults > 0) return [];
  if (settings.allowUnrecognised) return [];
  return [
    'neither an operating system nor packages of a language were recognised; if there are none (a static binary on scratch), set allow-unrecognised: true',
  ];
}

export function systemPackages({ report, settings }: Examined): string[] {
  if (!settings.scanners.includes('vuln') || report.os === undefined || report.os.family === 'none') return [];
  if (report.osPackages.length > 0) return [];
  return [`${systemName(report.os)} was recognised, but not one of its packages: the package database is missing or unreadable`];
}

/** Which package database belongs to which family; families that are not here are rpm's. */
const ANALYSERS: Readonly<Record<string, string>> = {
  debian: 'dpkg',
  ubuntu: 'dpkg',
  echo: 'dpkg',
  alpine: 'apk',
  wolfi: 'apk',
  chainguard: 'apk',
  minimos: 'apk',
};

/** Files of one distribution over the packages of another: Trivy believes the files and matches nothing. */
export function packageAnalyser({ report, settings }: Examined): string[] {
  if (!settings.scanners.includes('vuln') || report.os === undefined) return [];
  const own = ANALYSERS[report.os.family] ?? 'rpm';
  const kind = (analyser: string): string => (analyser.startsWith('rpm') ? 'rpm' : analyser);
  const foreign = report.osPackages.find(({ analyzedBy }) =>
    ['dpkg', 'apk', 'rpm'].some(known => kind(analyzedBy) === known && known !== own),
  );
  if (foreign === undefined) return [];
  return [
    `${systemName(report.os)} was recognised, but package ${foreign.name} comes from ${foreign.analyzedBy}: it was matched with the wrong advisories`,
  ];
}

/** Packages of third parties are listed but not matched, gpg-pubkey is no package: Trivy leaves both out of its count. */
export function packagesMatched({ raw, report, settings }: Examined): string[] {
  const { os, osPackages } = report;
  if (!settings.scanners.includes('vuln') || os === undefined || osPackages.length === 0) return [];
  const expected = osPackages.filter(entry => !entry.thirdParty && entry.name !== 'gpg-pubkey').length;
  const line = logLines(raw.stderr).find(({ text }) => text.startsWith(`[${os.family}] Detecting vulnerabilities`));
  const counted = /\bpkg_num=(\d+)/.exec(line?.text ?? '')?.[1];
  if (counted === undefined) return [`nothing shows that the packages of ${systemName(os)} were matched with advisories`];
  if (Number(counted) === expected) return [];
  return [`${counted} packages of ${systemName(os)} were matched with advisories, but ${expected} are installed`];
}

function systemName(os: SystemFacts): string {
  return `${os.family} ${os.name}`.trim();
}
