// Entry of the bundle.

import { main } from './main.ts';

await main();
// All is told. What still hangs, such as an upload to a cache service that never answers, must not keep the step running.
await new Promise(resolve => process.stdout.write('', resolve));
// eslint-disable-next-line no-restricted-syntax -- with the exit code that main.ts has set
process.exit();
