// action.yml, the code and the README must name the same inputs and outputs.

import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { load } from 'js-yaml';
import { fillMarkers, readAction, renderReadme, table } from '../scripts/docs.ts';
import { INPUT_NAMES, POLICY_INPUTS, SECRET_INPUTS } from '../src/plan/inputs.ts';
import { readInputs } from '../src/plan/read-inputs.ts';

const root = path.dirname(path.dirname(new URL(import.meta.url).pathname));
const text = readFileSync(path.join(root, 'action.yml'), 'utf8');
const action = readAction();

/** Outputs that main.ts sets in every run; the list of the design for this version. */
const OUTPUTS =
  'verdict version tags tag-names labels annotations json bake-file bake-file-tags bake-file-labels bake-file-annotations matrix push sign decisions digest imageid digests published-tags metadata image references findings report sarif sbom bundle signed summary';

describe('action.yml', () => {
  test('is an action as the runner reads it', () => {
    const file = load(text) as Readonly<Record<string, unknown>>;
    expect(Object.keys(file).sort()).toEqual(['author', 'branding', 'description', 'inputs', 'name', 'outputs', 'runs']);
    expect(file['runs']).toEqual({ using: 'node24', main: 'dist/index.js', post: 'dist/post/index.js' });
    expect(file['branding']).toEqual({ icon: 'anchor', color: 'blue' });
    expect(String(file['description']).length).toBeLessThanOrEqual(125);
  });

  test('names are kebab-case and fields are those that the runner knows', () => {
    for (const [name, input] of Object.entries(action.inputs)) {
      expect(name).toMatch(/^[a-z]+(?:-[a-z]+)*$/);
      expect(['description', 'default'].sort()).toEqual(expect.arrayContaining(Object.keys(input)));
    }
    for (const [name, output] of Object.entries(action.outputs)) {
      expect(name).toMatch(/^[a-z]+(?:-[a-z]+)*$/);
      expect(Object.keys(output)).toEqual(['description']);
    }
  });

  test('every description is one or more sentences', () => {
    for (const { description } of [...Object.values(action.inputs), ...Object.values(action.outputs)])
      expect(description).toMatch(/^[A-Z].{10,}\.$/);
  });

  test('no input that the policy can set has a default: it would always look set', () => {
    for (const name of POLICY_INPUTS) {
      expect(action.inputs[name]).toBeDefined();
      expect(action.inputs[name]).not.toHaveProperty('default');
      expect(action.inputs[name]?.description).toContain('Default');
    }
  });

  test('the only default is the token, which the runner alone can fill in', () => {
    const filled = Object.entries(action.inputs).filter(([, input]) => input.default !== undefined);
    expect(filled).toEqual([['github-token', expect.objectContaining({ default: '${{ github.token }}' })]]);
  });

  test('its outputs are those of the design', () => {
    expect(Object.keys(action.outputs)).toEqual(OUTPUTS.split(' '));
  });
});

describe('the code', () => {
  test('knows the inputs of action.yml, in the same order', () => {
    expect(Object.keys(action.inputs)).toEqual([...INPUT_NAMES]);
  });

  test('reads each of them, and none beside', () => {
    const asked = new Set<string>();
    const inputs = readInputs(name => {
      asked.add(name);
      return '';
    });
    expect([...asked].sort()).toEqual([...INPUT_NAMES].sort());
    const { metadata, ...others } = inputs;
    const { context: metadataContext, ...naming } = metadata;
    const kebab = Object.keys({ ...others, ...naming, metadataContext }).map(key =>
      key.replaceAll(/[A-Z]/g, letter => `-${letter.toLowerCase()}`),
    );
    // `references` is the other half of `tags`, `loadNames` and `loadsIfEngine` of `load`, `bakeAllow` of `allow`; `warnings` is what was noticed.
    expect(
      kebab.filter(name => !['references', 'load-names', 'loads-if-engine', 'bake-allow', 'warnings'].includes(name)).sort(),
    ).toEqual([...INPUT_NAMES].sort());
  });

  test('its secrets are inputs', () => {
    expect(INPUT_NAMES).toEqual(expect.arrayContaining([...SECRET_INPUTS]));
  });
});

describe('the README', () => {
  test('holds the tables of action.yml (npm run docs)', () => {
    const page = readFileSync(path.join(root, 'README.md'), 'utf8');
    expect(renderReadme(page, action)).toBe(page);
  });

  test('a missing description or marker fails', () => {
    expect(() => table('input', { a: {} })).toThrow('"a" has no description');
    expect(() => fillMarkers('no markers', 'inputs', 'x')).toThrow('markers');
  });

  test('a pipe in a description does not end the cell', () => {
    expect(table('input', { a: { description: 'x|y\n z' } })).toContain('| `a` | x\\|y z |');
  });
});
