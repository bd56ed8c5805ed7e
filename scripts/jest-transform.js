// Jest's transform for TypeScript: Node's own type stripping, the very one that runs scripts and testbed, so no second compiler decides.
import { createHash } from 'node:crypto';
import { stripTypeScriptTypes } from 'node:module';

export default {
  process: source => ({ code: stripTypeScriptTypes(source) }),
  getCacheKey: (source, file) => createHash('sha256').update(process.version).update(file).update(source).digest('hex'),
};
