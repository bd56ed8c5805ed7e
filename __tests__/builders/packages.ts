// Files that make a scanner see an operating system, a package, a secret: the contents of test layers.

/** A file's text by its path inside the image. */
export type Files = Readonly<Record<string, string>>;

/** A Debian 12 with three packages, three findings in the testbed's database. `etc/debian_version` is what Trivy reads: with os-release alone the family is `none`. */
export const DEBIAN: Files = debian(
  '12.1',
  dpkg('libc6', '2.36-9+deb12u1', 'glibc'),
  dpkg('apt', '2.6.1'),
  dpkg('base-files', '12.4'),
);

/** The same release with nothing that the testbed's database knows a flaw of. */
export const CLEAN_DEBIAN: Files = debian('12.1', dpkg('base-files', '12.4+deb12u12'), dpkg('hostname', '3.23+nmu1'));

/** lodash 4.17.11: CVE-2019-10744 (CRITICAL) and three more. */
export const LODASH: Files = {
  'app/node_modules/lodash/package.json': '{"name":"lodash","version":"4.17.11","license":"MIT"}\n',
};

/** Nothing that a scanner recognises. */
export const NOTHING: Files = { 'hello.txt': 'hello\n' };

export const ALPINE: Files = {
  'etc/alpine-release': '3.19.0\n',
  'lib/apk/db/installed': [apk('libcrypto3', '3.1.4-r2', 'openssl'), apk('musl', '1.2.4-r2')].join('\n'),
};

/** A token in the form that GitHub gives out; no such token exists. */
export const TOKEN = `ghp_${'a1B2c3D4e5F6g7H8i9J0'.repeat(2).slice(0, 36)}`;
export const TOKEN_FILE: Files = { 'srv/app.env': `# deployment\nGITHUB_TOKEN=${TOKEN}\n` };

export function debian(release: string, ...packages: readonly string[]): Files {
  return {
    'etc/debian_version': `${release}\n`,
    'etc/os-release': 'PRETTY_NAME="Debian GNU/Linux"\nID=debian\n',
    'var/lib/dpkg/status': packages.join('\n'),
  };
}

/** One stanza of dpkg's status file. */
export function dpkg(name: string, version: string, source = name): string {
  const lines = [
    `Package: ${name}`,
    'Status: install ok installed',
    'Maintainer: Debian Developers <d@debian.org>',
    'Architecture: all',
    `Source: ${source}`,
    `Version: ${version}`,
    'Description: for a test',
  ];
  return `${lines.join('\n')}\n`;
}

function apk(name: string, version: string, origin = name): string {
  return `P:${name}\nV:${version}\nA:x86_64\no:${origin}\nm:Alpine Developers <d@alpinelinux.org>\n`;
}
