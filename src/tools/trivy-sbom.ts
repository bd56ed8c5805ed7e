// A report that Trivy wrote -> an SPDX document of the packages in it, made by Trivy itself without looking at the image again.

import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseObject } from '../bundle/parse.ts';
import { ToolError } from '../errors.ts';
import { ending } from './command.ts';
import type { CommandResult } from './command.ts';
import { convertArguments, type NeutralFiles } from './trivy-args.ts';

type Fields = Readonly<Record<string, unknown>>;

export interface SbomOrder {
  /** Stripped: it cannot hold a secret. */
  readonly report: unknown;
  /** Repository and digest of the image manifest. */
  readonly image: string;
  /** Private to this run. */
  readonly directory: string;
  /** Name of the files in it, one of this image's own. */
  readonly name: string;
  readonly neutral: NeutralFiles;
  readonly runTrivy: (args: readonly string[]) => Promise<CommandResult>;
}

/** What the SBOM needs of a report: its packages. Vulnerabilities would be old news by the time somebody reads it. */
export function packagesOf(report: unknown): unknown {
  const { Results, ...rest } = report as Fields;
  const results = Array.isArray(Results) ? (Results as Fields[]) : [];
  const kept = results.filter(result => 'Packages' in result);
  return { ...rest, Results: kept.map(({ Target, Class, Type, Packages }) => ({ Target, Class, Type, Packages })) };
}

/** The document of `packagesOf()` a report, with the image as its subject. Throws ToolError when Trivy cannot make it. */
export async function convertToSpdx({ report, image, directory, name, neutral, runTrivy }: SbomOrder): Promise<Fields> {
  const input = path.join(directory, `${name}.packages.json`);
  const output = path.join(directory, `${name}.spdx.json`);
  const { Metadata, ...rest } = report as Fields;
  const metadata = { ...(Metadata as Fields | undefined), RepoDigests: [image] };
  try {
    await writeFile(input, JSON.stringify({ ...rest, ArtifactName: image, Metadata: metadata }));
    const result = await runTrivy(convertArguments(input, output, neutral));
    if (result.exitCode !== 0)
      throw new ToolError(`Trivy could not turn its report into an SBOM: ${ending(result)}`, { tool: 'trivy convert' });
    return parseObject(await readFile(output), `SBOM of ${image}`);
  } finally {
    for (const left of [input, output]) await rm(left, { force: true });
  }
}
