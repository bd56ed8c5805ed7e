// A metadata step and the build step that reads its outputs -> one set of images, tags, labels, annotations.

import { appendLines, moveInputs, oneLine } from './draft.ts';
import type { Draft, Special } from './draft.ts';
import { linesOf, readsOutput, textOf } from './workflow.ts';
import type { Step } from './workflow.ts';

/** Switches of docker/metadata-action in the environment, and the inputs that say the same. */
const SWITCHES: Readonly<Record<string, string>> = {
  DOCKER_METADATA_PR_HEAD_SHA: 'pr-head-sha',
  DOCKER_METADATA_SHORT_SHA_LENGTH: 'short-sha-length',
  DOCKER_METADATA_ANNOTATIONS_LEVELS: 'annotations-levels',
};

/** Takes over a metadata step; its variables become inputs. */
export function mergeMetadata(draft: Draft, step: Step): void {
  moveInputs(draft, 'docker/metadata-action', step, { 'github-token': ownToken });
  for (const [variable, input] of Object.entries(SWITCHES)) {
    const value = textOf(step.env?.[variable]);
    if (value !== '') draft.inputs.set(input, value);
  }
}

/** The job's own token is the default. */
export const ownToken: Special = value =>
  /^\$\{\{\s*(?:github\.token|secrets\.GITHUB_TOKEN|secrets\['GITHUB_TOKEN'\])\s*\}\}$/i.test(value.trim());

/** `tags`, `labels` and `annotations` of the build step, less what only repeats the metadata step's outputs. */
export function namingInputs(metadata: Step | undefined): Readonly<Record<string, Special>> {
  if (metadata === undefined) return {};
  const rest = (value: string, output: string): string[] => linesOf(value).filter(line => !readsMetadata(line, metadata, output));
  const pairs =
    (name: 'labels' | 'annotations'): Special =>
    (value, draft) => {
      const lines = rest(value, name);
      if (lines.length > 0) appendLines(draft, name, lines.join('\n'));
      for (const line of lines.filter(one => /(?<!\$)\{\{/.test(one)))
        draft.decisions.push(
          `docker/build-push-action ${name}: ${oneLine(line)} was taken as typed; here {{…}} is an expression`,
        );
      return true;
    };
  return {
    labels: pairs('labels'),
    annotations: pairs('annotations'),
    tags: (value, draft) => {
      for (const line of rest(value, 'tags'))
        draft.decisions.push(
          `docker/build-push-action tags: ${oneLine(line)} stands beside the metadata step's tags; add its image to "images" and type=raw,value=… to "tags"`,
        );
      return true;
    },
  };
}

/** True for `${{ steps.meta.outputs.tags }}`, and for the variable that the action exports beside it. */
function readsMetadata(line: string, metadata: Step, output: string): boolean {
  return readsOutput(line, metadata, output) || line.includes(`DOCKER_METADATA_OUTPUT_${output.toUpperCase()}`);
}

/** Inputs that know `{{meta.version}}` and its siblings. */
const KNOW_META = ['build-args', 'build-contexts', 'target', 'labels', 'annotations'];
/** The same of a bake target. */
const SET_KNOWS_META = /^[^.=]+\.(?:args|contexts|target|labels|annotations)\b/;
const OUTPUT = /\$\{\{\s*steps\.([\w-]+)\.outputs\.(version|tags|tag-names|json)\s*\}\}/g;
const LABEL = /\$\{\{\s*fromJSON\(\s*steps\.([\w-]+)\.outputs\.json\s*\)\.labels\['org\.opencontainers\.image\.(\w+)'\]\s*\}\}/gi;

/** Writes the metadata step's outputs in other inputs as `{{meta.…}}`, where that is known; a step cannot read its own outputs. */
export function expandOutputs(draft: Draft, { id }: Step): void {
  const ours = (whole: string, step: string, name: string): string => (step === id ? `{{meta.${name}}}` : whole);
  const fill = (text: string): string => text.replaceAll(OUTPUT, ours).replaceAll(LABEL, ours);
  for (const name of KNOW_META) {
    const value = draft.inputs.get(name);
    if (value !== undefined) draft.inputs.set(name, fill(value));
  }
  const set = draft.inputs.get('bake-set')?.split('\n');
  if (set !== undefined)
    draft.inputs.set('bake-set', set.map(line => (SET_KNOWS_META.test(line) ? fill(line) : line)).join('\n'));
}

/** The metadata step that a build step reads: by an output, else by the exported variables. */
export function metadataOf(build: Step, candidates: readonly Step[]): Step | undefined {
  const text = JSON.stringify([build.with ?? {}, build.env ?? {}]);
  const read = candidates.filter(step => readsOutput(text, step));
  return read[0] ?? (text.includes('DOCKER_METADATA_OUTPUT_') ? candidates.at(-1) : undefined);
}
