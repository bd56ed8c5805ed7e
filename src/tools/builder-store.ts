// The files in which buildx keeps its builders -> one builder with its nodes, without asking any of them: `buildx inspect` waits 20 s for a node that is stuck.

import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { normalisePlatform } from '../plan/platform.ts';
import type { Platform } from '../plan/platform.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface StoredNode {
  readonly name: string;
  readonly endpoint: string;
  /** Given by `--platform` when the node was created. */
  readonly platforms: readonly Platform[];
  /** Of the driver, e.g. `cacert`. */
  readonly options: Readonly<Record<string, string>>;
}

export interface StoredBuilder {
  readonly name: string;
  readonly driver: string;
  readonly nodes: readonly StoredNode[];
}

/**
 * The builder of this name, or the current one. Undefined when it is not kept in a file (those of contexts are not), or when the file is not what is expected:
 * its form is buildx's own affair (docker/buildx, store/store.go, the same since 0.3), so it only makes answers faster.
 */
export async function readStoredBuilder(env: Environment, name?: string): Promise<StoredBuilder | undefined> {
  const folder = storeOf(env);
  if (folder === undefined) return undefined;
  const wanted = name ?? set(env['BUILDX_BUILDER']) ?? (await currentName(env, folder));
  if (wanted === undefined || !/^[a-zA-Z][\w.+-]*$/.test(wanted)) return undefined;
  return parse(await json(join(folder, 'instances', wanted.toLowerCase())));
}

/** Whether buildx has a file of this builder; undefined when it cannot be known. */
export async function isStored(env: Environment, name: string): Promise<boolean | undefined> {
  const folder = storeOf(env);
  if (folder === undefined) return undefined;
  return readdir(join(folder, 'instances')).then(
    names => names.includes(name.toLowerCase()),
    () => undefined,
  );
}

function storeOf(env: Environment): string | undefined {
  const own = set(env['BUILDX_CONFIG']);
  if (own !== undefined) return own;
  const config = configOf(env);
  return config === undefined ? undefined : join(config, 'buildx');
}

function configOf(env: Environment): string | undefined {
  const config = set(env['DOCKER_CONFIG']);
  const home = set(env['HOME']);
  return config ?? (home === undefined ? undefined : join(home, '.docker'));
}

/** What `buildx use` has chosen for this engine, or (with `--global`) for all. */
async function currentName(env: Environment, folder: string): Promise<string | undefined> {
  const key = await engineKey(env);
  const current = record(await json(join(folder, 'current')));
  const name = text(current['Name']);
  if (name !== undefined && name !== '' && (current['Global'] === true || current['Key'] === key)) return name;
  const hash = createHash('sha256').update(key).digest('hex').slice(0, 20);
  const standard = await readFile(join(folder, 'defaults', hash), 'utf8').catch(() => '');
  return set(standard.trim());
}

/** By what buildx tells engines apart: the address of the default context, else the name of the context. */
async function engineKey(env: Environment): Promise<string> {
  const host = set(env['DOCKER_HOST']);
  const config = configOf(env);
  const chosen = config === undefined ? {} : record(await json(join(config, 'config.json')));
  const context = host === undefined ? (set(env['DOCKER_CONTEXT']) ?? text(chosen['currentContext'])) : undefined;
  if (context !== undefined && context !== 'default' && context !== '') return context;
  return host ?? 'unix:///var/run/docker.sock';
}

function parse(value: unknown): StoredBuilder | undefined {
  const builder = record(value);
  const [name, driver] = [text(builder['Name']), text(builder['Driver'])];
  const nodes = list(builder['Nodes']).map(parseNode);
  if (name === undefined || driver === undefined || nodes.length === 0 || nodes.includes(undefined)) return undefined;
  return { name, driver, nodes: nodes.filter(node => node !== undefined) };
}

function parseNode(value: unknown): StoredNode | undefined {
  const node = record(value);
  const [name, endpoint] = [text(node['Name']), text(node['Endpoint'])];
  if (name === undefined || endpoint === undefined) return undefined;
  const platforms = list(node['Platforms']).map(entry => {
    const { os, architecture, variant } = record(entry);
    return normalisePlatform({ os: text(os) ?? '', architecture: text(architecture) ?? '', variant: text(variant) ?? '' });
  });
  const options = Object.entries(record(node['DriverOpts'])).map(([key, option]) => [key, text(option) ?? ''] as const);
  return { name, endpoint, platforms, options: Object.fromEntries(options) };
}

async function json(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as unknown;
  } catch {
    return undefined;
  }
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** An empty variable is one that is not set. */
function set(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}
