// The report -> reasons to believe that it is about another image than ours.

import { platformName, samePlatform } from '../plan/platform.ts';
import { shown } from './check.ts';
import type { Examined } from './check.ts';

export function reportKind({ report }: Examined): string[] {
  const problems: string[] = [];
  if (report.schemaVersion !== 2) problems.push(`the report has SchemaVersion ${report.schemaVersion ?? 'none'}, not 2`);
  if (report.artifactType !== 'container_image')
    problems.push(`the report is about ${shown(report.artifactType)}, not about a container_image`);
  return problems;
}

export function scannerVersion({ report, scanner }: Examined): string[] {
  if (report.scannerVersion === scanner.version) return [];
  return [`the report was written by Trivy ${shown(report.scannerVersion)}, not by ${scanner.version}`];
}

export function imageId({ report, image }: Examined): string[] {
  if (report.imageId === image.config.digest) return [];
  return [`the scanner looked at another image: configuration ${shown(report.imageId)}, not ${image.config.digest}`];
}

export function diffIds({ report, image }: Examined): string[] {
  if (image.diffIds.length === 0) return ['the image has no layers: there is nothing that a scanner could have looked at'];
  if (same(report.diffIds, image.diffIds)) return [];
  return [`the scanner saw other layers (${report.diffIds.length} diff ids) than the image has (${image.diffIds.length})`];
}

/** By position: a set comparison would miss one layer that was analysed twice instead of another. */
export function layers({ report, image }: Examined): string[] {
  const expected = image.layers.map((layer, at) => {
    const first = image.diffIds.indexOf(image.diffIds[at] ?? '');
    return `${image.layers[first]?.digest ?? layer.digest} ${image.diffIds[at] ?? ''}`;
  });
  const seen = report.layers.map(layer => `${layer.digest} ${layer.diffId}`);
  const at = expected.findIndex((layer, n) => layer !== seen[n]);
  if (at < 0 && seen.length === expected.length) return [];
  if (at < 0) return [`the scanner read ${seen.length} layers, the image has ${expected.length}`];
  return [
    `layer ${at + 1} of ${expected.length} was not read as it is: expected ${expected[at] ?? ''}, seen ${shown(seen[at] ?? '')}`,
  ];
}

export function platform({ report, image }: Examined): string[] {
  const { os, architecture } = report.config;
  if (os === '' || architecture === '') return ["the image's configuration does not name its operating system and architecture"];
  if (samePlatform(report.config, image.platform)) return [];
  return [`the image's configuration says that it is for ${platformName(report.config)}`];
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((value, at) => value === b[at]);
}
