// What is asked of Trivy -> its argument list. Every flag was measured: none of them lets it reach the network or read the working directory.

/** One view below the working directory, unfiltered: filtering is the gate's, and Trivy leaves no trace of what it filtered. */
export function scanArguments(options: {
  readonly view: string;
  readonly cacheDirectory: string;
  readonly scanners: readonly string[];
  /** Seconds. */
  readonly timeout: number;
  readonly parallel: number;
  readonly output: string;
}): string[] {
  return [
    ...['image', '--input', options.view],
    ...common(options.cacheDirectory, options.timeout),
    // Switches off ./trivy-secret.yaml.
    ...['--secret-config', ''],
    ...['--parallel', String(options.parallel), '--skip-check-update'],
    ...['--scanners', options.scanners.join(','), '--pkg-types', 'os,library'],
    ...['--list-all-pkgs', '--show-suppressed', '--output', options.output],
  ];
}

/** A bill of materials of packages that must be found vulnerable; the report comes on standard output. */
export function canaryArguments(file: string, cacheDirectory: string, timeout: number): string[] {
  return ['sbom', ...common(cacheDirectory, timeout), '--scanners', 'vuln', file];
}

/** `--config ''` and `--ignorefile ''` switch off ./trivy.yaml and ./.trivyignore; no --quiet: acceptance reads the log. */
function common(cacheDirectory: string, timeout: number): string[] {
  return [
    ...['--config', '', '--ignorefile', '', '--cache-dir', cacheDirectory, '--cache-backend', 'memory'],
    ...['--skip-db-update', '--skip-java-db-update', '--offline-scan', '--skip-version-check', '--disable-telemetry'],
    ...['--format', 'json', '--exit-code', '0', '--exit-on-eol', '0', '--no-progress', '--timeout', `${timeout}s`],
  ];
}
