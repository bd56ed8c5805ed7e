// The input attestations -> its row in the table of decisions, when attestations are not where they usually are.

import type { Inputs } from './inputs.ts';
import type { Decision } from './plan.ts';
import type { Platform } from './platform.ts';

/** What becomes of the attestations, and so of the shape of what is published (rules 20). */
export function attestationDecision({ attestations }: Inputs, platforms: readonly Platform[]): Decision[] {
  if (attestations === 'inline') return [];
  const shape = platforms.length === 1 ? 'the image is one bare manifest' : 'the index holds images alone';
  const reason =
    attestations === 'none'
      ? `asked for; ${shape}, without provenance and SBOM`
      : `asked for; ${shape}, and what is attested is attached to each image`;
  return [{ name: 'attestations', asked: attestations, outcome: attestations, reason }];
}
