// Event + inputs -> what buildx is asked for, and the name it builds under when nothing is published.

import type { Event } from './event.ts';
import { runUrl } from './event.ts';
import type { Inputs } from './inputs.ts';
import type { BuildRequest } from './plan.ts';
import { shortSha } from './tags.ts';

/** buildx's attributes; without an input `max` in public repositories and `min` in private ones, as docker/build-push-action does. */
export function planProvenance(event: Event, inputs: Inputs): string {
  const asked = inputs.provenance ?? (event.private === false ? 'mode=max' : 'mode=min');
  return asked === 'true' ? 'mode=min' : asked;
}

/** What buildx is asked for. `provenance` is the answer of planProvenance(). */
export function planBuild(event: Event, inputs: Inputs, provenance: string, commitDate: Date | undefined): BuildRequest {
  const builderId = `builder-id=${runUrl(event)}/attempts/${event.runAttempt}`;
  const named = provenance === 'false' || provenance.includes('builder-id=') ? provenance : `${provenance},${builderId}`;
  return {
    context: inputs.context,
    ...(inputs.file !== undefined && { file: inputs.file }),
    ...(inputs.target !== undefined && { target: inputs.target }),
    buildArgs: inputs.buildArgs,
    provenance: named,
    noCache: inputs.noCache,
    pull: inputs.pull,
    ...(inputs.builder !== undefined && { builder: inputs.builder }),
    ...(inputs.builderImage !== undefined && { builderImage: inputs.builderImage }),
    ...(commitDate !== undefined && { sourceDateEpoch: Math.floor(commitDate.getTime() / 1000) }),
  };
}

/** A build always has a name: without one its provenance speaks of nothing. */
export function localName(event: Event): string {
  const path = event.repository.toLowerCase().split('/').map(pathComponent).join('/');
  const sha = shortSha(event.sha).replaceAll(/[^0-9a-f]/g, '');
  return `localhost/${path}:sha-${sha === '' ? 'unknown' : sha}`;
}

/** GitHub allows names that a registry does not (`_x`, `a--.b`). */
function pathComponent(name: string): string {
  const mended = name.replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^-|-$/g, '');
  return mended === '' ? 'unnamed' : mended;
}
