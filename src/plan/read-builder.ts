// The inputs that say what builds (builder, its making, emulation, buildx itself) -> typed values.

import { readBoolean, readChoice, readList, readReference, readText } from './input-values.ts';
import type { Source } from './input-values.ts';
import type { Inputs } from './inputs.ts';

export type BuilderInputs = Pick<
  Inputs,
  | 'builder'
  | 'builderImage'
  | 'keepBuilder'
  | 'driverOpts'
  | 'buildkitdConfig'
  | 'buildkitdConfigInline'
  | 'buildkitdFlags'
  | 'buildxVersion'
  | 'qemu'
  | 'binfmtImage'
>;

/** Reads them; names and meanings are those of docker/setup-buildx-action and docker/setup-qemu-action where those have them. */
export function readBuilder(source: Source): BuilderInputs {
  return {
    builder: readText(source, 'builder'),
    builderImage: readReference(source, 'builder-image'),
    keepBuilder: readBoolean(source, 'keep-builder') ?? false,
    driverOpts: readList(source, 'driver-opts', { commas: false, comments: false }),
    buildkitdConfig: readText(source, 'buildkitd-config'),
    buildkitdConfigInline: readText(source, 'buildkitd-config-inline'),
    buildkitdFlags: readText(source, 'buildkitd-flags'),
    buildxVersion: readText(source, 'buildx-version'),
    qemu: readChoice(source, 'qemu', ['auto', 'off']) ?? 'auto',
    binfmtImage: readReference(source, 'binfmt-image'),
  };
}
