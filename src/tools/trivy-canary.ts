// A lockstep proof that scanner and database are alive: bills of materials of packages that are known to be bad.

import type { SystemFacts } from '../scan/scan.ts';

/** lodash 4.17.11 has been CRITICAL since 2019; it is in every database that deserves the name. */
export const LIBRARY_CANARY = { vulnerability: 'CVE-2019-10744', package: 'lodash', version: '4.17.11' };

/** Source packages of which at least one has an advisory in every release that any distribution maintains. */
const OLD_ACQUAINTANCES = [
  ...['apt', 'glibc', 'openssl', 'systemd', 'util-linux', 'perl', 'tar', 'zlib', 'busybox'],
  ...['musl', 'curl', 'krb5', 'expat', 'libxml2', 'bash', 'sqlite', 'kernel'],
];

const PACKAGE_TYPES: Readonly<Record<string, string>> = {
  debian: 'deb',
  ubuntu: 'deb',
  echo: 'deb',
  alpine: 'apk',
  wolfi: 'apk',
  chainguard: 'apk',
  minimos: 'apk',
};

/** CycloneDX with lodash 4.17.11 only. */
export function libraryBom(): unknown {
  const { package: name, version } = LIBRARY_CANARY;
  return bom([{ 'bom-ref': name, type: 'library', name, version, purl: `pkg:npm/${name}@${version}` }], [name]);
}

/** CycloneDX of this release with packages of version 0: older than any fix. */
export function systemBom(system: SystemFacts): unknown {
  const type = PACKAGE_TYPES[system.family] ?? 'rpm';
  const version = type === 'rpm' ? '0-0' : '0';
  const vendor = encodeURIComponent(system.family);
  const libraries = OLD_ACQUAINTANCES.map(name => ({
    'bom-ref': name,
    type: 'library',
    name,
    version,
    purl: `pkg:${type}/${vendor}/${name}@${version}`,
  }));
  return bom([{ 'bom-ref': 'os', type: 'operating-system', name: system.family, version: system.name }, ...libraries], ['os'], {
    ref: 'os',
    dependsOn: OLD_ACQUAINTANCES,
  });
}

function bom(components: readonly unknown[], roots: readonly string[], ...dependencies: readonly unknown[]): unknown {
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    version: 1,
    metadata: { component: { 'bom-ref': 'canary', type: 'container', name: 'canary' } },
    components,
    dependencies: [{ ref: 'canary', dependsOn: roots }, ...dependencies],
  };
}
