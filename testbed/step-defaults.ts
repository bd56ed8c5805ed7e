/**
 * What a step needs to find the real parts of the testbed, as a workflow with mirrors and its own tools would say it: no switch of
 * the product is made for tests.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Sigstore } from './sigstore/sigstore.ts';
import type { Testbed } from './testbed.ts';

const EXAMPLES = fileURLToPath(new URL('../examples/', import.meta.url));

/** `env:` of the job: the engine of the testbed, and a `docker login` folder of its own. */
export function jobEnvironment(testbed: Testbed): Record<string, string> {
  const { engine } = testbed;
  return {
    PATH: `${engine.bin}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
    DOCKER_HOST: engine.dockerHost,
    DOCKER_CONFIG: engine.dockerConfig,
  };
}

/** Inputs that name the tools, the database and (keyless) the local Sigstore. */
export function toolInputs(testbed: Testbed, sigstore?: Sigstore): Record<string, string> {
  return {
    'trivy-path': testbed.tools.trivy,
    'cosign-path': testbed.tools.cosign,
    'db-repository': testbed.trivyDb.repository,
    ...(sigstore === undefined ? {} : { 'signing-config': sigstore.signingConfig, 'trusted-root': sigstore.trustedRoot }),
  };
}

/**
 * The files of `examples/NAME`, for `workspace()`. The exceptions of a policy would expire one day and block, as they should: their
 * dates are moved to 90 days from now, so that the example shows the same in every year.
 */
export function exampleFiles(name: string, now = new Date()): Record<string, string> {
  const folder = path.join(EXAMPLES, name);
  const soon = new Date(now.getTime() + 90 * 24 * 3600 * 1000).toISOString().slice(0, 10);
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile());
  return Object.fromEntries(
    entries.map(entry => {
      const file = path.join(entry.parentPath, entry.name);
      const relative = path.relative(folder, file);
      const text = readFileSync(file, 'utf8');
      return [relative, relative === '.github/seaworthy.yml' ? text.replaceAll(/expires: \S+/g, `expires: ${soon}`) : text];
    }),
  );
}
