// Lock files of every kind: the line of exactly this package in exactly this version, or none.

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { indexLockFiles, LOCK_FILES } from '../../src/report/lock-lines.ts';

const NPM = `{
  "name": "web",
  "lockfileVersion": 3,
  "packages": {
    "": {
      "name": "web",
      "dependencies": { "lodash": "^4.17.11" }
    },
    "node_modules/lodash": {
      "version": "4.17.11",
      "resolved": "https://packages.example.test/lodash-4.17.11.tgz"
    },
    "node_modules/@acme/ui": {
      "version": "2.0.0"
    },
    "node_modules/@acme/ui/node_modules/lodash": {
      "version": "3.10.1"
    }
  }
}
`;
const NPM1 = `{
  "dependencies": {
    "lodash": {
      "version": "4.17.11"
    }
  }
}
`;
const YARN = `# yarn lockfile v1

"@acme/ui@^2.0.0", "@acme/ui@^2.1.0":
  version "2.1.0"
  dependencies:
    lodash "^4"

lodash@^4, lodash@^4.17.11:
  version "4.17.11"
`;
const BERRY = `__metadata:
  version: 8

"lodash@npm:^4.17.11":
  version: 4.17.11
  resolution: "lodash@npm:4.17.11"
`;
const PNPM = `lockfileVersion: '9.0'

packages:

  '@acme/ui@2.0.0':
    resolution: {integrity: sha512-x}

  lodash@4.17.11:
    resolution: {integrity: sha512-y}

snapshots:

  lodash@4.17.11: {}
`;
const POETRY = `[[package]]
name = "Flask_Cors"
version = "3.0.8"

[[package]]
name = "requests"
description = "x"
version = "2.28.0"
`;
const PIPFILE = `{
    "default": {
        "django": {
            "hashes": [
                "sha256:1",
                "sha256:2"
            ],
            "index": "pypi",
            "version": "==3.2.0"
        }
    }
}
`;
const COMPOSER = `{
    "packages": [
        {
            "name": "symfony/http-kernel",
            "version": "v5.4.0",
            "authors": [{
                "name": "A",
                "version": "9"
            }]
        }
    ]
}
`;
const NUGET = `{
  "version": 1,
  "dependencies": {
    "net8.0": {
      "Newtonsoft.Json": {
        "type": "Direct",
        "requested": "[12.0.1, )",
        "resolved": "12.0.1"
      }
    }
  }
}
`;

const FOUND: [string, string, string, number][] = [
  ['package-lock.json', NPM, 'pkg:npm/lodash@4.17.11', 9],
  ['package-lock.json', NPM, 'pkg:npm/%40acme/ui@2.0.0', 13],
  ['package-lock.json', NPM, 'pkg:npm/lodash@3.10.1', 16],
  ['npm-shrinkwrap.json', NPM1, 'pkg:npm/lodash@4.17.11', 3],
  ['yarn.lock', YARN, 'pkg:npm/lodash@4.17.11', 8],
  ['yarn.lock', YARN, 'pkg:npm/%40acme/ui@2.1.0', 3],
  ['yarn.lock', BERRY, 'pkg:npm/lodash@4.17.11', 4],
  ['pnpm-lock.yaml', PNPM, 'pkg:npm/lodash@4.17.11', 8],
  ['pnpm-lock.yaml', PNPM, 'pkg:npm/%40acme/ui@2.0.0', 5],
  ['requirements.txt', '# pinned\nDjango==3.2.0 ; python_version > "3"\n', 'pkg:pypi/django@3.2.0', 2],
  ['requirements.txt', 'requests[security]==2.28.0 \\\n    --hash=sha256:1\n', 'pkg:pypi/requests@2.28.0', 1],
  ['poetry.lock', POETRY, 'pkg:pypi/flask-cors@3.0.8', 2],
  ['poetry.lock', POETRY, 'pkg:pypi/requests@2.28.0', 6],
  ['uv.lock', POETRY, 'pkg:pypi/requests@2.28.0', 6],
  ['pdm.lock', POETRY, 'pkg:pypi/requests@2.28.0', 6],
  ['Pipfile.lock', PIPFILE, 'pkg:pypi/django@3.2.0', 3],
  ['go.mod', 'module x\n\nrequire golang.org/x/net v0.1.0\n', 'pkg:golang/golang.org/x/net@v0.1.0', 3],
  ['go.mod', 'require (\n\tgolang.org/x/net v0.1.0 // indirect\n)\n', 'pkg:golang/golang.org/x/net@0.1.0', 2],
  ['go.sum', 'golang.org/x/net v0.1.0 h1:x=\ngolang.org/x/net v0.1.0/go.mod h1:y=\n', 'pkg:golang/golang.org/x/net@v0.1.0', 1],
  ['Cargo.lock', '[[package]]\nname = "time"\nversion = "0.1.43"\n', 'pkg:cargo/time@0.1.43', 2],
  ['Gemfile.lock', 'GEM\n  specs:\n    rack (2.0.1)\n      x (>= 1)\n', 'pkg:gem/rack@2.0.1', 3],
  ['composer.lock', COMPOSER, 'pkg:composer/symfony/http-kernel@v5.4.0', 4],
  ['packages.lock.json', NUGET, 'pkg:nuget/Newtonsoft.Json@12.0.1', 5],
  [
    'gradle.lockfile',
    'org.apache.logging.log4j:log4j-core:2.14.1=runtimeClasspath\n',
    'pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1',
    1,
  ],
];

describe('indexLockFiles', () => {
  test.each(FOUND)('%s: %#', (file, content, purl, line) => {
    for (const newline of ['\n', '\r\n'])
      expect(indexLockFiles({ [`web/${file}`]: content.replaceAll('\n', newline) })(purl)).toEqual({ path: `web/${file}`, line });
  });

  test('every kind of file has a case', () => {
    expect([...new Set(FOUND.map(([file]) => file))].sort()).toEqual([...LOCK_FILES].sort());
  });

  test.each([
    ['another version', 'pkg:npm/lodash@4.17.12'],
    ['another ecosystem', 'pkg:pypi/lodash@4.17.11'],
    ['a longer name', 'pkg:npm/lodash.merge@4.17.11'],
    ['no version', 'pkg:npm/lodash'],
    ['no package URL', 'lodash@4.17.11'],
    ['a broken escape', 'pkg:npm/%zz@1'],
    ['a name of JavaScript', 'pkg:npm/__proto__@1.0.0'],
  ])('%s is not found', (_name, purl) => {
    expect(indexLockFiles({ 'package-lock.json': NPM, 'other.txt': 'lodash' })(purl)).toBeUndefined();
  });

  test('qualifiers do not matter; the file that people edit wins', () => {
    const find = indexLockFiles({ 'go.sum': 'a.io/b v1.0.0 h1:x=\n', 'go.mod': 'require a.io/b v1.0.0\n' });
    expect(find('pkg:golang/a.io/b@v1.0.0?type=module#x')).toEqual({ path: 'go.mod', line: 1 });
  });

  test('minified and huge files take no time', () => {
    const minified = NPM.replaceAll('\n', ' ').repeat(2_000);
    const hostile = `${'"'.repeat(900)}\n${' '.repeat(900)}"\n`.repeat(3_000);
    const started = performance.now();
    for (const file of LOCK_FILES) indexLockFiles({ [file]: minified + hostile })('pkg:npm/lodash@4.17.11');
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  test('no text breaks it', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...LOCK_FILES),
        fc.string({ unit: 'binary', maxLength: 200 }),
        fc.string(),
        (file, text, purl) => {
          indexLockFiles({ [file]: text })(`pkg:${purl}`);
        },
      ),
    );
  });
});
