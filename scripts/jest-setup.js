// Property tests run with one known seed, so that a red run is red again on the next machine. SEED=random looks further, SEED=<number> repeats.
import fc from 'fast-check';

const asked = process.env.SEED ?? '20261121';
if (asked !== 'random') fc.configureGlobal({ seed: Number(asked) });
