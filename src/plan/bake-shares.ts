// The attributes of a bake target that can be refused (contexts, secrets, caches, outputs, rights) -> texts of inputs, warnings and mistakes.

import { isOverridden, isReplaced, isTyped } from './bake-order.ts';
import type { BakeMistake, BakeOrder, Share } from './bake-order.ts';
import { contextOf, dockerfileIn, withoutScheme } from './bake-paths.ts';
import { fieldLine } from './bake-target.ts';
import type { BakeSecret, Fields } from './bake-target.ts';
import { joinFields } from './join-fields.ts';
import { shorten } from './reference.ts';

/** The Dockerfile belongs to the context, also to one that was typed. One that stands in the bake file is given through standard input. */
export function dockerfileShare(order: BakeOrder): Record<string, Share> {
  const { target } = order;
  if (target.dockerfileInline !== undefined) return { 'dockerfile-inline': { texts: { file: '-' } } };
  const typed = order.get('context').trim();
  return { dockerfile: { texts: { file: dockerfileIn(typed === '' ? contextOf(target) : typed, target) } } };
}

/** Named contexts; those that are targets need bake itself. */
export function contextsShare(order: BakeOrder): Share {
  const { target } = order;
  const linked = isTyped(order, 'build-contexts') ? [] : target.contexts.filter(([, value]) => value.startsWith('target:'));
  const lines = target.contexts.map(([name, value]) => joinFields([`${name}=${withoutScheme(value)}`]));
  return {
    texts: { 'build-contexts': lines.join('\n') },
    mistakes: linked.map(([name, value]) => notLinked(target.name, name, value.slice('target:'.length))),
  };
}

/** buildx builds linked targets in one go with those that use them, which only bake can; what was built and not scanned would be part of the image. */
function notLinked(target: string, name: string, linked: string): BakeMistake {
  return {
    what: `its context "${shorten(name)}" is the target "${shorten(linked)}", and a step builds one target`,
    wayOut: `Make "${shorten(linked)}" a stage of the same Dockerfile; or publish its image first and say which: bake-set: ${target}.contexts.${shorten(name)}=docker-image://NAME@DIGEST`,
  };
}

/** Typed secrets stand for all of them. A variable that is empty or not set gives none, as in bake; ours are nobody's secrets. */
export function secretShare(order: BakeOrder): Share {
  const { target, env } = order;
  const typed = ['secrets', 'secret-envs', 'secret-files'].filter(input => isTyped(order, input));
  if (typed.length > 0) {
    const lost = target.secrets.filter(({ id }) => !typed.some(input => order.get(input).includes(`${id}=`)));
    const names = lost.map(({ id }) => `"${shorten(id)}"`).join(', ');
    return lost.length === 0
      ? {}
      : { warnings: [`the secret ${names} of the target is left out, because ${typed.join(', ')} was typed: add it there`] };
  }
  const secrets = target.secrets.map(secret => sourceOf(secret, env));
  const missing = secrets.filter(({ variable }) => variable !== undefined && (env[variable] ?? '') === '');
  const ours = secrets.flatMap(({ id, variable }) => (variable !== undefined && isOurs(variable) ? [{ id, variable }] : []));
  const lines = (key: 'variable' | 'file'): string =>
    secrets
      .filter(secret => !missing.includes(secret) && secret[key] !== undefined)
      .map(secret => joinFields([`${secret.id}=${secret[key] ?? ''}`]))
      .join('\n');
  return {
    texts: { 'secret-envs': lines('variable'), 'secret-files': lines('file') },
    warnings: missing.map(
      ({ id, variable = '' }) =>
        `the secret "${shorten(id)}" is left out: the variable ${shorten(variable)} is empty or not set (secrets are empty on runs of forks and Dependabot)`,
    ),
    mistakes: ours.map(({ id, variable }) => ({
      what: `its secret "${shorten(id)}" is to come from the variable ${shorten(variable)}, which belongs to the runner`,
      wayOut: 'Give the secret a variable of its own in "env:" of the step.',
    })),
  };
}

interface SecretSource {
  readonly id: string;
  readonly variable?: string;
  readonly file?: string;
}

function sourceOf({ id, env: variable, src: file }: BakeSecret, env: BakeOrder['env']): SecretSource {
  if (variable !== undefined) return { id, variable };
  if (file !== undefined) return { id, file };
  return env[id] === undefined ? { id, file: id } : { id, variable: id };
}

/** What the runner hands to an action alone. */
function isOurs(variable: string): boolean {
  return /^(?:INPUT_|STATE_|ACTIONS_)/.test(variable);
}

export function cacheToShare(order: BakeOrder): Share {
  const { target } = order;
  const replaced = isReplaced(order, 'cache-to', 'cache-to');
  const sent = replaced ? [] : target.cacheTo.filter(({ type }) => type === 'registry');
  return {
    texts: {
      'cache-to': target.cacheTo
        .map(fieldLine)
        .map(line => joinFields([line]))
        .join('\n'),
    },
    mistakes: sent.map(({ ref = '' }) => ({
      what: `its cache-to type=registry${ref === '' ? '' : `,ref=${shorten(ref)}`} would push before the verdict`,
      wayOut: `Type it as the input cache-to, which is written after the last tag; or take it out with bake-set: ${target.name}.cache-to=type=inline`,
    })),
  };
}

/** What pushes is refused; `load` says alone what goes into the engine. */
export function outputShare(order: BakeOrder): Share {
  const { target } = order;
  if (isTyped(order, 'outputs')) return {};
  const [pushing, others] = [target.outputs.filter(pushes), target.outputs.filter(output => !pushes(output))];
  const kept = isTyped(order, 'load') ? others.filter(output => !loads(output)) : others;
  return {
    texts: { outputs: kept.map(fieldLine).join('\n') },
    mistakes: pushing.map(output => ({
      what: `its output ${shorten(fieldLine(output))} would push before the verdict`,
      wayOut: `"images" and "tags" (or the target's tags) say where the image goes once the gate has passed; take the output out with bake-set: ${target.name}.push=false`,
    })),
  };
}

function pushes({ type, push = 'false' }: Fields): boolean {
  return type === 'registry' || !/^(?:0|f|false)$/i.test(push);
}

function loads({ type, dest = '' }: Fields): boolean {
  return type === 'image' || (type === 'docker' && dest === '');
}

/** The rights that nobody gave: a bake file asks for them, whoever runs it gives them, as with `--allow` of bake. */
export function missingEntitlements(order: BakeOrder): BakeMistake[] {
  const { target, allow, guarded } = order;
  const given = (right: string): boolean =>
    allow.includes(right) ||
    (right.startsWith('device') && allow.includes('device')) ||
    (right === 'network.host' && isTyped(order, 'network')) ||
    isOverridden(order, 'entitlements', right);
  const missing = target.entitlements.filter(right => !given(right));
  const own = target.ssh.filter(({ id, paths }) => paths.length === 0 && !isOverridden(order, 'ssh', id));
  const agent = guarded && !isTyped(order, 'ssh') && own.length > 0;
  return [...missing, ...(agent && !allow.includes('ssh') ? ['ssh'] : [])].map(right => ({
    what: `it asks for ${right === 'ssh' ? 'the SSH agent (ssh)' : shorten(right)}, which a bake file cannot give itself`,
    wayOut: `Give it with allow: ${shorten(right)}`,
  }));
}
