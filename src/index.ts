// Entry of the bundle.

import { main } from './main.ts';

await main();
