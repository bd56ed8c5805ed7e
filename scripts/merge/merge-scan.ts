// The trivy and cosign steps of a job -> gate, severity and signing inputs.

import { COSIGN, TRIVY } from '../../src/tools/pins.ts';
import type { PinTable } from '../../src/tools/pins.ts';
import { moveInputs, setInput } from './draft.ts';
import type { Draft, Special } from './draft.ts';
import { actionOf, describeStep, inputOf } from './workflow.ts';
import type { Step } from './workflow.ts';

/** True for trivy steps that scan an image: ours does the same. Other scan types stay. */
export function scansImage(step: Step): boolean {
  const type = inputOf(step, 'scan-type') || 'image';
  return actionOf(step) === 'aquasecurity/trivy-action' && type === 'image';
}

/** Takes over the scans of a job. Of several the one that fails the job decides; without any, a person does. */
export function mergeScans(draft: Draft, scans: readonly Step[]): void {
  const deciding = scans.find(fails) ?? scans[0];
  if (deciding === undefined) {
    draft.decisions.push(
      'nothing scanned this image so far: HIGH and CRITICAL vulnerabilities and secrets now stop the publication; "gate: warn" only reports them',
    );
    return;
  }
  for (const scan of scans.filter(step => step !== deciding))
    draft.dropped.push(`${describeStep(scan)}: one scan of each platform serves every report`);
  moveInputs(draft, 'aquasecurity/trivy-action', deciding, TRIVY_INPUTS);
  if (!fails(deciding)) setInput(draft, 'gate', 'warn', 'aquasecurity/trivy-action without exit-code');
  // What failed there when no severity was named: all of them.
  else if (!draft.inputs.has('severity')) draft.inputs.set('severity', 'UNKNOWN,LOW,MEDIUM,HIGH,CRITICAL');
}

function fails(step: Step): boolean {
  return !['', '0'].includes(inputOf(step, 'exit-code').trim());
}

const TRIVY_INPUTS: Readonly<Record<string, Special>> = {
  'scan-type': () => true,
  'exit-code': () => true,
  version: pinned('trivy-version', TRIVY),
  scanners: (value, draft) => {
    const kept = value.split(',').filter(one => ['vuln', 'secret'].includes(one.trim()));
    const others = value.split(',').filter(one => !['vuln', 'secret', ''].includes(one.trim()));
    if (others.length > 0)
      draft.decisions.push(
        `aquasecurity/trivy-action scanners: ${others.join(', ')} is not in this version; keep a scan step for it`,
      );
    if (kept.length > 0) draft.inputs.set('scanners', kept.join(','));
    return true;
  },
  // Trivy writes 5m0s; zeros say nothing.
  timeout: (value, draft) => {
    const duration = value.trim().replace(/(?<=[hm])0[ms](?:0s)?$/, '');
    draft.inputs.set('scan-timeout', duration);
    return true;
  },
};

/** Takes a version over when its hash is known; another one would stop the run. */
function pinned(input: string, table: PinTable): Special {
  return (value, draft) => {
    const version = value.trim().replace(/^v/, '');
    if (Object.hasOwn(table.rows, version)) setInput(draft, input, version, table.tool);
    else
      draft.decisions.push(
        `${table.tool} ${value.trim()}: this release knows the hashes of ${Object.keys(table.rows).join(', ')}; the first is the default`,
      );
    return true;
  };
}

/** Takes over an installer, and tells what becomes of the commands that sign. */
export function mergeSigning(draft: Draft, steps: readonly Step[]): void {
  for (const step of steps) {
    if (actionOf(step) === 'sigstore/cosign-installer')
      moveInputs(draft, 'sigstore/cosign-installer', step, { 'cosign-release': pinned('cosign-version', COSIGN) });
    if (!/\bcosign\s+sign\b/.test(step.run ?? '')) continue;
    const key = /--key[= ]("?)([^\s"]+)\1/.exec(step.run ?? '')?.[2];
    draft.decisions.push(
      key === undefined
        ? `${describeStep(step)}: remove "cosign sign"; with id-token: write the digest is signed before any tag moves (private repositories: sign: keyless)`
        : `${describeStep(step)}: remove "cosign sign"; set cosign-key: ${key} and cosign-password`,
    );
  }
}

/** Adds what the chain's other steps need to know. */
export function mergeSarif(draft: Draft, step: Step): void {
  draft.dropped.push(`${describeStep(step)}: "sarif: auto" uploads the findings; it needs security-events: write`);
}
