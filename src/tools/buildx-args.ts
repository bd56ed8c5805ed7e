// A build order -> the arguments of `docker buildx build`. Pure; secrets never come here.

import type { BuildOrder } from '../build/build.ts';
import { platformName } from '../plan/platform.ts';

export interface BuildPlace {
  /** Name of the builder, always given: the current one may change while we run. */
  readonly builder: string;
  /** Where the layout goes; a directory that does not exist yet: BuildKit adds to one that does. */
  readonly layout: string;
  readonly metadataFile: string;
}

/** Arguments after `docker`. */
export function buildArgs(order: BuildOrder, place: BuildPlace): string[] {
  return [
    'buildx',
    'build',
    ...flag('--builder', place.builder),
    ...flag('--platform', order.platforms.map(platformName).join(',')),
    ...order.names.flatMap(name => flag('--tag', name)),
    ...pairs(order.labels).flatMap(pair => flag('--label', pair)),
    ...pairs(order.annotations).flatMap(pair => flag('--annotation', `${annotationLevel(order)}:${pair}`)),
    ...(order.file === undefined ? [] : flag('--file', order.file)),
    ...(order.target === undefined ? [] : flag('--target', order.target)),
    ...order.buildArgs.flatMap(argument => flag('--build-arg', argument)),
    `--provenance=${provenanceValue(order.provenance)}`,
    ...(order.noCache ? ['--no-cache'] : []),
    ...(order.pull ? ['--pull'] : []),
    ...flag('--output', csv(['type=oci', `dest=${place.layout}`, 'tar=false'])),
    ...flag('--metadata-file', place.metadataFile),
    ...flag('--progress', 'rawjson'),
    // A context may begin with a dash.
    '--',
    order.context,
  ];
}

/** False when the result is one bare manifest: one platform and no attestation. BuildKit then refuses index annotations, so they go to the manifest. */
export function hasIndex(order: BuildOrder): boolean {
  return order.platforms.length > 1 || !provenanceOff(order.provenance);
}

function annotationLevel(order: BuildOrder): 'index' | 'manifest' {
  return hasIndex(order) ? 'index' : 'manifest';
}

function provenanceOff(value: string): boolean {
  return ['false', '0', 'f'].includes(value.toLowerCase()) || value.split(',').includes('disabled=true');
}

/** `max` and `min` alone are what people write; buildx wants `mode=max`. */
function provenanceValue(value: string): string {
  return value === 'max' || value === 'min' ? `mode=${value}` : value;
}

function flag(name: string, value: string): string[] {
  return [name, value];
}

function pairs(map: Readonly<Record<string, string>>): string[] {
  return Object.entries(map).map(([key, value]) => `${key}=${value}`);
}

/** buildx reads this flag as one line of CSV. */
function csv(fields: readonly string[]): string {
  return fields.map(field => (/[",\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(',');
}
