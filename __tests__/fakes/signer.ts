// An in-memory Signer: signatures live in the in-memory registry's books, so that a story sees requests and signatures in one order.

import type { SignerIdentity } from '../../src/publish/publish.ts';
import type { Signer } from '../../src/publish/publish.ts';
import { ToolError } from '../../src/errors.ts';
import type { MemoryRegistry } from './registry.ts';

interface Signature {
  readonly digest: string;
  readonly annotations: Readonly<Record<string, string>>;
  readonly by: string;
}

export interface MemorySigner extends Signer {
  /** Signatures per repository, in order; also of others than us. */
  readonly signatures: Map<string, Signature[]>;
  /** Digests that carry a signature of ours, per repository. */
  signed(image: string): string[];
}

/** `by`: what makes it our identity; two signers with different `by` do not count each other's signatures. */
export function memorySigner(
  registry: MemoryRegistry,
  by = 'key test',
  signatures = new Map<string, Signature[]>(),
): MemorySigner {
  const identity: SignerIdentity = { method: 'key', description: by };
  const list = (image: string): Signature[] => {
    const found = signatures.get(image) ?? [];
    signatures.set(image, found);
    return found;
  };
  return {
    identity,
    signatures,
    signed: image =>
      list(image)
        .filter(one => one.by === by)
        .map(one => one.digest),
    sign: async (image, digest, annotations) => {
      registry.note({ verb: 'sign', image, what: digest });
      await Promise.resolve();
      if (!registry.repository(image).manifests.has(digest))
        throw new ToolError(`${image}@${digest} is not there`, { tool: 'cosign' });
      list(image).push({ digest, annotations, by });
      registry.after({ verb: 'sign', image, what: digest }, registry.calls.length);
    },
    verify: async (image, digest, annotations = {}) => {
      registry.note({ verb: 'verify', image, what: digest });
      await Promise.resolve();
      return list(image).some(
        one =>
          one.by === by &&
          one.digest === digest &&
          Object.entries(annotations).every(([key, value]) => one.annotations[key] === value),
      );
    },
    verifyCommand: (image, digest) => `cosign verify --key test.pub ${image}@${digest}`,
  };
}
