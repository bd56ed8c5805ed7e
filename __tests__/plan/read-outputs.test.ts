// The inputs load, outputs and export: read as buildx reads them; what would push before the verdict is refused with its way out.

import { describe, expect, test } from '@jest/globals';
import { UserError } from '../../src/errors.ts';
import { isBuilt } from '../../src/plan/plan-delivery.ts';
import { readInputs } from '../../src/plan/read-inputs.ts';
import type { Inputs } from '../../src/plan/inputs.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { anEvent, planOf } from './plan-builders.ts';
import type { Typed } from './plan-builders.ts';

const aPlan = (typed: Typed, over: Parameters<typeof planOf>[2] = {}): Plan => planOf(anEvent(), typed, over);

function read(outputs: string, more: Readonly<Record<string, string>> = {}): Inputs {
  const typed: Readonly<Record<string, string>> = { outputs, ...more };
  return readInputs(name => typed[name] ?? '');
}

function refusal(outputs: string, more: Readonly<Record<string, string>> = {}): UserError {
  try {
    read(outputs, more);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error(`"${outputs}" was accepted`);
}

describe('an entry', () => {
  test.each<[string, Inputs['outputs']]>([
    ['out', [{ type: 'local', dest: 'out', attributes: {} }]],
    ['./my out', [{ type: 'local', dest: './my out', attributes: {} }]],
    ['type=local,dest=out', [{ type: 'local', dest: 'out', attributes: {} }]],
    ['TYPE=local , Dest=Out', [{ type: 'local', dest: 'Out', attributes: {} }]],
    ['dest=out,type=tar', [{ type: 'tar', dest: 'out', attributes: {} }]],
    ['type=local,"dest=a,b"', [{ type: 'local', dest: 'a,b', attributes: {} }]],
    ['"type=local,dest=out"', [{ type: 'local', dest: 'out', attributes: {} }]],
    ['type=local,dest=a=b', [{ type: 'local', dest: 'a=b', attributes: {} }]],
    ['type=local,dest=out,platform-split=false', [{ type: 'local', dest: 'out', attributes: { 'platform-split': 'false' } }]],
    ['type=oci,dest=i.tar', [{ type: 'oci', dest: 'i.tar', attributes: {} }]],
    ['type=oci,dest=i,tar=false', [{ type: 'oci', dest: 'i', attributes: { tar: 'false' } }]],
    ['type=docker,dest=/tmp/i.tar', [{ type: 'docker', dest: '/tmp/i.tar', attributes: {} }]],
    ['type=docker,dest=i.tar,name=acme/app', [{ type: 'docker', dest: 'i.tar', attributes: { name: 'acme/app' } }]],
    [
      'type=local,dest=a\n\n  type=tar,dest=b.tar  \r\nc',
      [
        { type: 'local', dest: 'a', attributes: {} },
        { type: 'tar', dest: 'b.tar', attributes: {} },
        { type: 'local', dest: 'c', attributes: {} },
      ],
    ],
    ['type=cacheonly', []],
    ['type=image', []],
    ['', []],
  ])('%j', (text, expected) => {
    expect(read(text).outputs).toEqual(expected);
  });

  test('buildx writes files; archives come from the scanned bytes', () => {
    const plan = aPlan({ outputs: 'type=local,dest=a\ntype=tar,dest=b\ntype=oci,dest=c\ntype=docker,dest=d' });
    expect(plan.delivery.outputs.map(isBuilt)).toEqual([true, true, false, false]);
    expect(plan.build.outputs.map(({ dest }) => dest)).toEqual(['a', 'b']);
  });
});

describe('what ends in the engine is load', () => {
  test.each<[string, readonly string[]]>([
    ['type=image', []],
    ['type=docker', []],
    ['type=image,push=false', []],
    ['type=image,name=acme/app:1', ['acme/app:1']],
    ['type=image,"name=acme/app:1,ghcr.io/acme/app"', ['acme/app:1', 'ghcr.io/acme/app:latest']],
  ])('%s', (text, names) => {
    const { load, loadNames, outputs } = read(text);
    expect({ load, loadNames, outputs }).toEqual({ load: true, loadNames: names, outputs: [] });
  });

  test('and nothing else is', () => {
    expect(read('type=local,dest=a\ntype=docker,dest=x').load).toBe(false);
    expect(read('', { load: 'true' }).load).toBe(true);
  });
});

describe('refused', () => {
  test.each<[string, RegExp, RegExp]>([
    ['type=registry', /^outputs: type=registry would push before the scan$/, /"images" and "tags" say where/],
    [
      'type=image,push=true',
      /^outputs: type=image,push=true would push before the scan$/,
      /"push" \(auto, true\) publishes it once the gate has passed/,
    ],
    [
      'type=image,name=ghcr.io/acme/app,push-by-digest=true,name-canonical=true,push=true',
      /push-by-digest=true would push/,
      /one job with all "platforms".*Hand-made merges/,
    ],
    ['type=registry,push-by-digest=true', /push-by-digest=true would push/, /one job with all "platforms"/],
    ['type=image,name-canonical=true,push=true', /name-canonical=true would push/, /Hand-made merges/],
    ['type=docker,push=true,dest=x', /type=docker,push=true would push/, /Leave it out/],
    ['-', /^outputs: type=local writes to standard output, which is the log; name a directory/, /./],
    ['type=tar,dest=-', /type=tar writes to standard output, which is the log; name a file, e\.g\. type=tar,dest=out\.tar/, /./],
    ['type=tar', /type=tar has no dest; name a file/, /./],
    ['type=local', /type=local has no dest; name a directory, e\.g\. type=local,dest=out/, /./],
    ['type=oci', /type=oci has no dest; name a file/, /./],
    ['type=oci,tar=false', /type=oci has no dest; name a directory/, /./],
    ['dest=out', /"dest=out" has no type; write e\.g\. type=local,dest=out/, /./],
    ['type=locale,dest=out', /there is no output of type "locale": local, tar.*did you mean "local"/, /./],
    ['type=local,out', /"out" in "type=local,out" is not key=value/, /./],
    ['type=local,"dest=a', /an entry is not CSV: a quote is opened and never closed/, /./],
    ['a\n./a/', /"\.\/a\/" is written twice/, /./],
    ['x/../.git/hooks', /"x\/\.\.\/\.git\/hooks" lies inside \.git/, /./],
    ['type=image,name=Acme/App', /name=Acme\/App is not the name of an image/, /./],
  ])('%s', (text, message, hint) => {
    const error = refusal(text);
    expect(error.message).toMatch(message);
    expect(error.hint).toMatch(hint);
  });

  test('all mistakes together', () => {
    const { message, hint } = refusal('type=registry\ntype=tar', { load: 'perhaps' });
    expect(`${message}\n${hint ?? ''}`).toMatch(/type=registry would push[^]*type=tar has no dest/);
    expect(`${message}\n${hint ?? ''}`).toContain('"perhaps" is not a boolean');
  });

  test('the place of an output and of export is one', () => {
    expect(refusal('type=oci,dest=a.tar', { export: './a.tar' }).message).toMatch(
      /^export: "\.\/a\.tar" is written twice \(see also outputs\)/,
    );
  });

  test('type=docker for several platforms: one image is all that such an archive holds', () => {
    const { message } = refusal('type=docker,dest=a.tar', { platforms: 'linux/amd64,linux/arm64' });
    expect(message).toMatch(/^outputs: type=docker,dest=a\.tar holds one platform, and 2 are built .*use the input "export"/);
    expect(read('type=docker,dest=a.tar', { platforms: 'linux/arm64' }).outputs).toHaveLength(1);
  });
});

test('attributes that would change the scanned bytes are not followed, and that is said', () => {
  const { outputs, warnings } = read('type=oci,dest=a.tar,compression=zstd,oci-mediatypes=true');
  expect(outputs).toEqual([{ type: 'oci', dest: 'a.tar', attributes: {} }]);
  expect(warnings).toEqual([
    'outputs: compression, oci-mediatypes of type=oci are not followed: a.tar gets the bytes that were scanned, as they are published; leave them out',
  ]);
  const image = read('type=image,push=false,name=a,name-canonical=true,annotation-index.a=b\ntype=docker,compression=zstd');
  expect(image.loadNames).toEqual(['a:latest']);
  expect(image.warnings).toEqual([
    'outputs: name-canonical, annotation-index.a of type=image are not followed: the engine gets the bytes that were scanned, as they are published; leave them out; annotations are the input "annotations"',
    'outputs: compression of type=docker is not followed: the engine gets the bytes that were scanned, as they are published; leave it out',
  ]);
  expect(read('type=image,push=false').warnings).toEqual([]);
});

test.each<[string, string, true | undefined]>([
  ['type=image', '', true],
  ['type=image\ntype=docker', '', undefined],
  ['type=docker', '', undefined],
  ['type=image', 'true', undefined],
])('%j with load: %j can do without an engine: %s', (outputs, load, without) => {
  expect(aPlan({ outputs, load }).delivery.loadsIfEngine).toBe(without);
});

describe('the plan', () => {
  const native = { os: 'linux', architecture: 'arm64' };

  test.each<[string, string, string | undefined]>([
    ["the machine's own platform of several", 'linux/amd64,linux/arm64', "the machine's own platform; the engine gets one"],
    [
      'the first when the own is not built',
      'linux/amd64,linux/arm/v7',
      "the first: the machine's own (linux/arm64) is not built, and the engine gets one",
    ],
    ['the only one, which is no decision', 'linux/s390x', undefined],
  ])('loads %s', (_name, platforms, reason) => {
    const plan = aPlan({ load: 'true', platforms }, { native });
    const row = plan.decisions.find(({ name }) => name === 'load');
    expect(row?.reason).toBe(reason);
    const loaded = plan.delivery.load;
    expect(loaded?.architecture).toBe(reason === undefined ? 's390x' : reason.startsWith('the m') ? 'arm64' : 'amd64');
  });

  test('without load, outputs and export hands nothing over', () => {
    expect(aPlan({}).delivery).toEqual({ outputs: [] });
    expect(aPlan({ export: 'a.tar' }).delivery).toEqual({ outputs: [], export: 'a.tar' });
  });
});
