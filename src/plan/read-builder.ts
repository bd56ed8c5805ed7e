// The inputs that say what builds (builder, its making, emulation, buildx itself) -> typed values.

import { CsvMistake, splitFields } from './csv.ts';
import { readBoolean, readChoice, readReference, readText } from './input-values.ts';
import type { Source } from './input-values.ts';
import type { Inputs } from './inputs.ts';
import { shorten } from './reference.ts';

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
  const builderImage = readReference(source, 'builder-image');
  const driverOpts = readDriverOpts(source, builderImage);
  const [buildkitdConfig, buildkitdConfigInline] = [
    readText(source, 'buildkitd-config'),
    readText(source, 'buildkitd-config-inline')?.replaceAll('\r\n', '\n'),
  ];
  if (buildkitdConfig !== undefined && buildkitdConfigInline !== undefined)
    source.mistakes.add(
      'buildkitd-config',
      'is there together with buildkitd-config-inline; one buildkitd.toml is all that a builder takes',
    );
  return {
    builder: readText(source, 'builder'),
    builderImage,
    keepBuilder: readBoolean(source, 'keep-builder') ?? false,
    driverOpts,
    buildkitdConfig,
    buildkitdConfigInline,
    buildkitdFlags: readText(source, 'buildkitd-flags'),
    buildxVersion: readBuildxVersion(source),
    qemu: readChoice(source, 'qemu', ['auto', 'off']) ?? 'auto',
    binfmtImage: readReference(source, 'binfmt-image'),
  };
}

/**
 * One line is one `--driver-opt`: its commas separate options, unless quotes stand around it, which buildx reads (docker/setup-buildx-action hands lines on as
 * they are, too). buildx itself refuses names that it does not know.
 */
function readDriverOpts(source: Source, image: string | undefined): string[] {
  const name = 'driver-opts';
  const lines = source.get(name).split(/\r\n|\r|\n/);
  const options = lines.map(line => line.trim()).filter(line => line !== '');
  for (const option of options) {
    const problem = optionProblem(option, image);
    if (problem !== undefined) source.mistakes.add(name, problem);
  }
  return options;
}

function optionProblem(option: string, image: string | undefined): string | undefined {
  try {
    const fields = splitFields(option).map(field => field.trim());
    const odd = fields.find(field => !/^[^=\s]+=/.test(field));
    if (odd !== undefined)
      return `"${shorten(odd)}" is not key=value${fields.length > 1 ? `; an option with commas in its value stands in quotes, "key=a,b"` : ''}`;
    if (image !== undefined && fields.some(field => field.startsWith('image=')))
      return '"image=…" is there together with builder-image; leave one of the two out';
    return undefined;
  } catch (error) {
    if (!(error instanceof CsvMistake)) throw error;
    return `"${shorten(option)}": ${error.message}`;
  }
}

/** setup-buildx-action takes `latest`, `cloud:…` and Git addresses too: those have no checksum. */
function readBuildxVersion(source: Source): string | undefined {
  const version = readText(source, 'buildx-version');
  if (version === undefined || /^v?\d+\.\d+\.\d+$/.test(version)) return version;
  source.mistakes.add(
    'buildx-version',
    `"${shorten(version)}" is not a version such as 0.36.1; only versions whose checksum is built in are downloaded`,
    'For another buildx run docker/setup-buildx-action before this step and leave buildx-version out.',
  );
  return undefined;
}
