// Entry of the post step: a file of its own, so that it can never be taken for the main step, and starts at once.

import { cleanUp } from './clean-up.ts';

await cleanUp(process.env, text => process.stdout.write(text));
