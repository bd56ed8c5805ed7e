// Event + `sign` + keys -> how the published digest is signed, by the table of the design (section 4) and rules 25.

import { describeEvent, publishes } from './decide.ts';
import type { Decided, DecisionMistake } from './decide.ts';
import type { Event } from './event.ts';
import type { Inputs } from './inputs.ts';
import type { Signing } from './plan.ts';

type SignInputs = Pick<Inputs, 'mode' | 'sign' | 'cosignKey'>;

const NO_TOKEN: DecisionMistake = {
  where: 'sign',
  what: 'keyless needs an OIDC token, and this job may not ask for one',
  wayOut: 'Add "permissions: id-token: write" to the job, or sign with a key (cosign-key), or set sign: off.',
};
const NO_KEY: DecisionMistake = {
  where: 'sign',
  what: 'key needs the input "cosign-key", which is empty',
  wayOut: 'Give a path, env://NAME, a KMS reference or the PEM text; a secret is empty on runs of forks and Dependabot.',
};

const UNKNOWN_VISIBILITY: DecisionMistake = {
  where: 'sign',
  what: "auto signs keyless what is public, and neither the event nor GitHub's API says whether the repository is",
  wayOut: 'Run again; or set sign: keyless, or sign: off.',
};

/** How the published digest is signed; `push` is whether anything is pushed. A way that was typed is kept even when it cannot be gone: that is a mistake. */
export function decideSigning(event: Event, inputs: SignInputs, push: boolean): Decided<Signing> {
  const answer = (value: Signing, reason: string, mistake?: DecisionMistake): Decided<Signing> => ({
    value,
    decision: { name: 'sign', asked: inputs.sign, outcome: outcome(value), reason },
    warnings: [],
    ...(mistake && { mistake }),
  });
  const off = { method: 'off' } as const;
  // Where the payload does not tell, the repository is treated as private: its name must not reach a public log.
  const log = event.private === false;
  if (inputs.sign === 'off') return answer(off, 'asked for');
  if (!push) return answer(off, 'nothing is pushed');
  if (inputs.sign === 'key')
    return answer({ method: 'key', log }, 'asked for', inputs.cosignKey === undefined ? NO_KEY : undefined);
  if (inputs.sign === 'keyless')
    return answer(
      { method: 'keyless', log },
      log ? 'asked for' : 'asked for; a private repository stays out of the public log',
      event.idToken ? undefined : NO_TOKEN,
    );
  if (!publishes(event)) return answer(off, `on ${describeEvent(event)} only an explicit sign signs`);
  if (inputs.cosignKey !== undefined) return answer({ method: 'key', log }, 'cosign-key is set');
  if (!log)
    return answer(
      off,
      `${event.private === true ? 'the repository is private' : 'nothing says that the repository is public'}, and keyless signing would name it in the public log; ask for it with sign: keyless`,
      // Not to sign what every other run signs is nothing to be decided by an outage.
      event.private === undefined && event.idToken ? UNKNOWN_VISIBILITY : undefined,
    );
  if (!event.idToken) return answer(off, withoutMeans(inputs));
  return answer({ method: 'keyless', log }, 'public repository, and the job has id-token: write');
}

/** A job that only plans often has fewer rights than the one that ships. */
function withoutMeans({ mode }: SignInputs): string {
  const why = 'no cosign-key, and the job has no "permissions: id-token: write" for keyless signing';
  return mode === 'plan' ? `${why}; a job that ships with either of them does sign` : why;
}

function outcome(signing: Signing): string {
  if (signing.method === 'off') return 'no';
  return signing.log ? signing.method : `${signing.method}, no public log`;
}
