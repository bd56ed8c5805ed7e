// Inputs that do nothing beside what else was typed -> one warning each, with the reason and the way out.

import type { Inputs } from './inputs.ts';

/** What only counts when something is scanned. */
const OF_THE_GATE = ['severity', 'ignore-unfixed', 'on-scan-error', 'allow-unrecognised', 'scanners'];
/** What only counts for vulnerabilities. */
const OF_VULNERABILITIES = ['severity', 'ignore-unfixed'];

/**
 * Only what cannot be meant is told, never what a workflow switches on and off by expressions (a key that is set while `sign: off`, an empty
 * secret on a run of a fork). `typed` says whether an input holds more than blanks.
 */
export function findContradictions(inputs: Inputs, typed: (name: string) => boolean): string[] {
  const idle = (names: readonly string[], because: string): string[] => {
    const useless = names.filter(typed);
    return useless.length === 0
      ? []
      : [`${useless.join(', ')}: ${useless.length === 1 ? 'does' : 'do'} nothing, because ${because}`];
  };
  const warnings: string[] = [];
  if (inputs.gate === 'off') warnings.push(...idle(OF_THE_GATE, 'gate: off does not scan'));
  else if (inputs.scanners?.includes('vuln') === false)
    warnings.push(...idle(OF_VULNERABILITIES, 'scanners leaves "vuln" out, and only vulnerabilities are judged by it'));
  if (inputs.sign === 'keyless')
    warnings.push(...idle(['cosign-key', 'cosign-password'], 'sign is "keyless"; leave it out, or set sign: key'));
  else if (inputs.sign !== 'off' && inputs.cosignKey === undefined)
    warnings.push(...idle(['cosign-password'], 'cosign-key is empty; is its secret there?'));
  if (inputs.call !== 'build')
    warnings.push(
      ...idle([...(inputs.load ? ['load'] : []), 'outputs', 'export'], `call: ${inputs.call} looks at the Dockerfile and stops`),
    );
  if (inputs.bake === undefined) warnings.push(...idle(['bake-files', 'bake-set'], 'bake is empty and names no target'));
  if (inputs.builder !== undefined)
    warnings.push(
      ...idle(
        [
          ...(inputs.keepBuilder ? ['keep-builder'] : []),
          'builder-image',
          'driver-opts',
          'buildkitd-config',
          'buildkitd-config-inline',
          'buildkitd-flags',
        ],
        `builder names one that exists; they are for the one that Seaworthy creates`,
      ),
    );
  return [...warnings, ...aboutAttestations(inputs, idle), ...aboutTime(inputs)];
}

type Idle = (names: readonly string[], because: string) => string[];

function aboutAttestations(inputs: Inputs, idle: Idle): string[] {
  const sbom = inputs.sbom ?? inputs.attests.find(({ type }) => type === 'sbom')?.value ?? 'false';
  // What bake says of it shows only later.
  if (sbom === 'false' && inputs.bake === undefined)
    return idle(['sbom-image'], 'no SBOM is asked for; set sbom: true, or leave it out');
  return /(?:^|,)"?generator=/.test(sbom) ? idle(['sbom-image'], 'sbom names its own generator=') : [];
}

/** Files get the time that buildx is told, by us or by a build argument; without one BuildKit says nothing and does nothing. */
function aboutTime({ rewriteTimestamp, sourceDateEpoch, buildArgs }: Inputs): string[] {
  const named = buildArgs.some(argument => /^SOURCE_DATE_EPOCH=./.test(argument));
  if (!rewriteTimestamp || sourceDateEpoch !== 'off' || named) return [];
  return [
    'rewrite-timestamp: does nothing, because source-date-epoch is off and no build argument SOURCE_DATE_EPOCH says which time the files get',
  ];
}
