// What is asked of Trivy -> its argument list. Every flag was run on every pinned version: none of them lets it reach the network or read the working directory.

/** Files of ours that stand in for those that Trivy would look for in its working directory; their content switches nothing on. */
export const NEUTRAL_FILES = { config: '{}\n', ignore: '', secrets: '{}\n' } as const;

/** Where they are. (Empty texts instead of paths work from 0.76 on only: before, they are an error.) */
export type NeutralFiles = Readonly<Record<keyof typeof NEUTRAL_FILES, string>>;

/** One view below the working directory, unfiltered: filtering is the gate's, and Trivy leaves no trace of what it filtered. */
export function scanArguments(options: {
  readonly view: string;
  readonly cacheDirectory: string;
  readonly scanners: readonly string[];
  /** Seconds. */
  readonly timeout: number;
  readonly parallel: number;
  readonly output: string;
  readonly neutral: NeutralFiles;
}): string[] {
  return [
    ...['image', '--input', options.view],
    ...common(options.cacheDirectory, options.timeout, options.neutral),
    ...['--secret-config', options.neutral.secrets],
    ...['--parallel', String(options.parallel), '--skip-check-update'],
    ...['--scanners', options.scanners.join(','), '--pkg-types', 'os,library'],
    ...['--list-all-pkgs', '--show-suppressed', '--output', options.output],
  ];
}

/** A bill of materials of packages that must be found vulnerable; the report comes on standard output. */
export function canaryArguments(file: string, cacheDirectory: string, timeout: number, neutral: NeutralFiles): string[] {
  return ['sbom', ...common(cacheDirectory, timeout, neutral), '--scanners', 'vuln', file];
}

/** A report of ours as an SPDX document; nothing is fetched or scanned. */
export function convertArguments(report: string, output: string, neutral: NeutralFiles): string[] {
  return [
    'convert',
    '--config',
    neutral.config,
    '--ignorefile',
    neutral.ignore,
    '--format',
    'spdx-json',
    '--output',
    output,
    report,
  ];
}

/** No --quiet: acceptance reads the log. */
function common(cacheDirectory: string, timeout: number, neutral: NeutralFiles): string[] {
  return [
    ...['--config', neutral.config, '--ignorefile', neutral.ignore, '--cache-dir', cacheDirectory, '--cache-backend', 'memory'],
    ...['--skip-db-update', '--skip-java-db-update', '--offline-scan', '--skip-version-check', '--disable-telemetry'],
    ...['--format', 'json', '--exit-code', '0', '--exit-on-eol', '0', '--no-progress', '--timeout', `${timeout}s`],
  ];
}
