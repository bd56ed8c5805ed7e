// A docker/bake-action step for one target -> bake, bake-files and bake-set of ours; or why a person has to do it.

import { appendLines, moveInputs, oneLine, setInput } from './draft.ts';
import type { Draft, Special } from './draft.ts';
import { publishAsThere, readsBuilder } from './merge-build.ts';
import { ownToken } from './merge-naming.ts';
import { describeStep, inputOf, linesOf, readsOutput } from './workflow.ts';
import type { Step } from './workflow.ts';

const ACTION = 'docker/bake-action';

/** Takes over the bake; `steps` are those of its job, `metadata` the step whose bake file or outputs it reads. */
export function mergeBake(draft: Draft, bake: Step, metadata: Step | undefined, steps: readonly Step[]): void {
  const reads = (text: string): boolean => metadata !== undefined && readsOutput(text, metadata);
  const files: Special = value => {
    const kept = entries(value).filter(file => !reads(file));
    if (kept.length > 0) draft.inputs.set('bake-files', kept.map(file => file.replace(/^cwd:\/\//, '')).join('\n'));
    return true;
  };
  moveInputs(draft, ACTION, bake, {
    files,
    set: value => takeOverrides(value, draft, metadata, reads),
    source: () => true,
    vars: (value, taken) => tellVariables(value, taken),
    load: value => value.trim() === 'false',
    'github-token': ownToken,
    builder: readsBuilder,
  });
  if (entries(inputOf(bake, 'targets')).length === 0) setInput(draft, 'bake', 'default', ACTION);
  publishAsThere(draft, bake, ACTION);
  const checkout = steps.some(step => step.uses?.startsWith('actions/checkout@') === true);
  const fromGit = isDefault(inputOf(bake, 'source').trim());
  if (fromGit)
    draft.decisions.push(
      `${describeStep(bake)} read definition and context of the commit from Git; now both are the workspace${checkout ? '' : ': put actions/checkout before it'}`,
    );
  if (metadata === undefined)
    draft.decisions.push('without "images" and "tags" the tags of the target are published; leave them out of "bake-set" else');
  else
    draft.decisions.push(
      'tags and labels come from the inputs now, the target may keep inheriting the empty one; if the Dockerfile reads DOCKER_META_VERSION, which that bake file gave, add build-args: DOCKER_META_VERSION={{meta.version}}',
    );
}

/** What would push is what `push` and `cache-to` do here. */
function takeOverrides(value: string, draft: Draft, metadata: Step | undefined, reads: (text: string) => boolean): boolean {
  const lines = linesOf(value);
  const caches = lines.filter(line => keyOf(line) === 'cache-to');
  // A typed cache-to stands for all of the target's: one moves, all move.
  const moved = caches.some(line => /(?:^|,)type=registry/.test(valueOf(line)) || !valueOf(line).includes('=')) ? caches : [];
  for (const line of moved) appendLines(draft, 'cache-to', valueOf(line));
  const sent = lines.filter(line => ['output', 'outputs'].includes(keyOf(line)) && /type=registry|push=true/.test(valueOf(line)));
  for (const line of sent) draft.dropped.push(`${ACTION} set: ${oneLine(line)}: "push" publishes what "images" and "tags" name`);
  const named = metadata === undefined ? [] : lines.filter(line => keyOf(line) === 'tags');
  for (const line of named.filter(one => !reads(one)))
    draft.decisions.push(
      `${ACTION} set: ${oneLine(line)} stands beside the metadata step's tags and is left out; write what it adds as a rule in "tags"`,
    );
  const rest = lines.filter(line => ![...moved, ...sent, ...named].includes(line));
  if (rest.length > 0) draft.inputs.set('bake-set', rest.join('\n'));
  return true;
}

function tellVariables(value: string, draft: Draft): boolean {
  draft.decisions.push(
    `${ACTION} vars: write ${oneLine(value)} into "env:" of the step, where variables of bake files come from`,
  );
  return true;
}

/** `target.KEY=…` and `target.KEY+=…`. */
function keyOf(line: string): string {
  return /^[^.=]+\.([\w-]+)/.exec(line)?.[1] ?? '';
}

function valueOf(line: string): string {
  return line.slice(line.indexOf('=') + 1).trim();
}

/** Lines, and commas that no expression holds. */
function entries(value: string): readonly string[] {
  return linesOf(value)
    .flatMap(line => (line.includes('${{') ? [line] : line.split(',')))
    .map(entry => entry.trim())
    .filter(entry => entry !== '');
}

/** Why a bake cannot become a step of ours, with what to do by hand. */
export function refuseBake(bake: Step): string | undefined {
  const targets = entries(inputOf(bake, 'targets'));
  const keep = 'or keep docker/bake-action, with a mode: plan step in place of docker/metadata-action';
  if (targets.length > 1)
    return `${describeStep(bake)} builds ${targets.join(', ')}, a step builds one target: make it a job with strategy: {matrix: {target: [${targets.join(', ')}]}} and targets: \${{ matrix.target }}, and merge again; ${keep}`;
  const source = inputOf(bake, 'source').trim();
  if (!isDefault(source) && !/^\.?\/?$/.test(source))
    return `${describeStep(bake)} reads its definition in ${oneLine(source)}, a step in the workspace: name the files in "files" and write their paths as seen from there; ${keep}`;
  const workdir = inputOf(bake, 'workdir').trim();
  if (workdir !== '' && !/^\.?\/?$/.test(workdir))
    return `${describeStep(bake)} runs in ${oneLine(workdir)}, a step in the workspace: write paths as seen from there; ${keep}`;
  return undefined;
}

function isDefault(source: string): boolean {
  return source === '' || /^\{\{\s*defaultContext\s*\}\}$/.test(source);
}
