// A docker/build-push-action step -> the inputs of ours that say what is built, cached and handed over.

import { moveInputs, oneLine, setInput } from './draft.ts';
import type { Draft, Special } from './draft.ts';
import { namingInputs, ownToken } from './merge-naming.ts';
import { describeStep, inputOf, linesOf } from './workflow.ts';
import type { Step } from './workflow.ts';

const ACTION = 'docker/build-push-action';

/** Takes over the build; `steps` are those of its job, `metadata` the step whose outputs it reads. */
export function mergeBuild(draft: Draft, build: Step, metadata: Step | undefined, steps: readonly Step[]): void {
  moveInputs(draft, ACTION, build, {
    ...namingInputs(metadata),
    'github-token': ownToken,
    load: value => value.trim() === 'false',
    'cache-to': takeCaches('cache-to'),
    'cache-from': takeCaches('cache-from'),
    outputs: takeOutputs,
    builder: readsBuilder,
  });
  publishAsThere(draft, build, ACTION);
  const checkout = steps.find(step => step.uses?.startsWith('actions/checkout@') === true);
  if (inputOf(build, 'context').trim() === '' && checkout !== undefined)
    draft.decisions.push(
      `${describeStep(build)} has no context: there BuildKit read the commit from Git, although it is checked out; now the checkout is built. context: "{{defaultContext}}" keeps it`,
    );
}

/** Nothing was published there unless it was asked for. */
export function publishAsThere(draft: Draft, build: Step, action: string): void {
  if (inputOf(build, 'push').trim() === '' && !draft.inputs.has('push')) setInput(draft, 'push', 'false', action);
}

/** The name of a setup step's builder: told by mergeBuilder(), which knows what becomes of that step. */
export const readsBuilder: Special = value => /steps\.[\w-]+\.outputs\.name/.test(value);

/** Attributes that would stand in the argument list, and what gives the same. */
const SECRETS: Readonly<Record<string, string>> = {
  token: "the runner's own token is used",
  ghtoken: 'the cache works without it',
  secret_access_key: 'set AWS_SECRET_ACCESS_KEY in "env:" of the step, or give the builder its own credentials',
  session_token: 'set AWS_SESSION_TOKEN in "env:" of the step, or give the builder its own credentials',
};

/** Caches as typed, without secrets, which every process of the machine would see. */
function takeCaches(name: 'cache-from' | 'cache-to'): Special {
  return (value, draft) => {
    const taken = linesOf(value).map(entry =>
      entry.replaceAll(/,(token|ghtoken|session_token|secret_access_key)=[^,]*/g, (_, attribute: string) => {
        draft.decisions.push(
          `${ACTION} ${name}: ${attribute} of ${oneLine(entry.split(',')[0] ?? '')} is left out: ${SECRETS[attribute] ?? ''}`,
        );
        return '';
      }),
    );
    if (taken.length > 0) draft.inputs.set(name, taken.join('\n'));
    return true;
  };
}

/** What pushes there is what `push`, `images` and `tags` do here; files and what goes into the engine stay. */
function takeOutputs(value: string, draft: Draft): boolean {
  const lines = linesOf(value);
  const pushing = lines.filter(pushes);
  for (const line of pushing) {
    draft.dropped.push(`${ACTION} outputs: ${oneLine(line)}: "push" publishes what "images" and "tags" name`);
    draft.inputs.set('push', 'true');
    const names = /(?:^|,)"?name=([^,"]+)/.exec(line)?.[1];
    if (names !== undefined && !draft.inputs.has('images') && !draft.inputs.has('tags')) draft.inputs.set('tags', names);
  }
  const others = lines.filter(line => !pushes(line));
  if (others.length > 0) draft.inputs.set('outputs', others.join('\n'));
  return true;
}

function pushes(line: string): boolean {
  return /(?:^|,)type=registry(?:,|$)/.test(line) || /(?:^|,)push=(?:true|1)(?:,|$)/.test(line);
}

/** Why a build cannot become a step of ours in this version. */
export function refuseBuild(build: Step): string | undefined {
  if (!/push-by-digest=true/.test(inputOf(build, 'outputs'))) return undefined;
  return 'a build by digest that another job merges stays as it is in this version: one step builds all platforms, on the nodes of one builder or emulated';
}
