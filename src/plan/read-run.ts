// The inputs that decide how RUN steps are run (add-hosts, allow, network, cgroup-parent, shm-size, ulimit) -> typed values.

import { readList, readSize, readText } from './input-values.ts';
import type { Source } from './input-values.ts';
import type { Inputs } from './inputs.ts';
import { didYouMean } from './nearest.ts';
import { shorten } from './reference.ts';

export type RunInputs = Pick<Inputs, 'addHosts' | 'allow' | 'bakeAllow' | 'network' | 'cgroupParent' | 'shmSize' | 'ulimit'>;

/** What BuildKit knows; a device may be named (`device=vendor.com/gpu`). */
const ENTITLEMENTS = ['network.host', 'security.insecure', 'device'];
const NETWORKS = ['default', 'none', 'host'];
/** What Docker's command line knows (github.com/docker/go-units). */
const LIMITS = [
  ...['core', 'cpu', 'data', 'fsize', 'locks', 'memlock', 'msgqueue', 'nice'],
  ...['nofile', 'nproc', 'rss', 'rtprio', 'rttime', 'sigpending', 'stack'],
];

/** Reads them; what buildx would refuse after the build began is a mistake now. */
export function readRun(source: Source): RunInputs {
  return {
    addHosts: readHosts(source),
    ...readEntitlements(source),
    network: readNetwork(source),
    cgroupParent: readText(source, 'cgroup-parent'),
    shmSize: readSize(source, 'shm-size'),
    ulimit: readLimits(source),
  };
}

function readHosts(source: Source): readonly string[] {
  const hosts = readList(source, 'add-hosts', { commas: true, comments: false });
  for (const entry of hosts.filter(each => !/^[^:=\s]+[:=]\s*\S+$/.test(each)))
    source.mistakes.add('add-hosts', `"${shorten(entry)}" is not host:ip, e.g. db.internal:10.0.0.5`);
  return hosts;
}

/** What only bake knows is no right of BuildKit's: it permits what a bake file asks for. */
function readEntitlements(source: Source): Pick<Inputs, 'allow' | 'bakeAllow'> {
  const entitlements = readList(source, 'allow', { commas: true, comments: false });
  const bakes = source.get('bake').trim() !== '';
  const bakeAllow = bakes ? entitlements.filter(entry => /^(?:ssh$|fs(?:\.read|\.write)?=.)/.test(entry)) : [];
  const allow = entitlements.filter(entry => !bakeAllow.includes(entry));
  const known = bakes ? [...ENTITLEMENTS, 'fs.read', 'fs.write', 'fs', 'ssh'] : ENTITLEMENTS;
  for (const entry of allow) {
    const [name = ''] = entry.split('=');
    if (ENTITLEMENTS.includes(name) && (name === 'device' || name === entry)) continue;
    source.mistakes.add('allow', `"${shorten(entry)}" is not one of ${known.join(', ')}${didYouMean(name, known)}`);
  }
  return { allow, bakeAllow };
}

function readNetwork(source: Source): string | undefined {
  const network = readText(source, 'network');
  if (network !== undefined && !NETWORKS.includes(network))
    source.mistakes.add(
      'network',
      `"${shorten(network)}" is not one of ${NETWORKS.join(', ')}${didYouMean(network, NETWORKS)}; a network of your own belongs to the builder (driver-opts: network=… of docker/setup-buildx-action)`,
    );
  return network;
}

function readLimits(source: Source): readonly string[] {
  const limits = readList(source, 'ulimit', { commas: false, comments: false });
  for (const entry of limits) {
    const [name = '', values = ''] = entry.split('=');
    const known = LIMITS.includes(name);
    if (known && /^-?\d+(?::-?\d+)?$/.test(values)) continue;
    const guess = known ? '' : didYouMean(name, LIMITS);
    source.mistakes.add('ulimit', `"${shorten(entry)}" is not name=soft[:hard], e.g. nofile=1024:2048${guess}`);
  }
  return limits;
}
