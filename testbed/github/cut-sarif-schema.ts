/**
 * Cuts the objects that Seaworthy writes out of SARIF's JSON schema and writes them to `sarif.subset.json`, as strict as the whole: what is cut away may
 * not be written at all. Run it after adding an object below: `node scripts/run.mjs testbed/github/cut-sarif-schema.ts`
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Carries SchemaStore's `sarif-2.1.0-rtm.5.json` (Apache-2.0), which is OASIS' schema of SARIF 2.1.0. */
const PACKAGE = '@microsoft/jest-sarif';
const VERSION = '1.0.0-beta.0';
const FILE = 'package/lib/schemas/sarif-2.1.0-rtm.5.json';

const KEPT = [
  'artifactLocation',
  'invocation',
  'location',
  'logicalLocation',
  'message',
  'multiformatMessageString',
  'notification',
  'physicalLocation',
  'propertyBag',
  'region',
  'reportingConfiguration',
  'reportingDescriptor',
  'result',
  'run',
  'runAutomationDetails',
  'suppression',
  'tool',
  'toolComponent',
  'versionControlDetails',
];

type Json = Record<string, unknown>;
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether a property leads to a definition that is cut away. */
function leadsAway(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(leadsAway);
  if (!isObject(value)) return false;
  const reference = value['$ref'];
  if (typeof reference === 'string') return !KEPT.includes(reference.replace('#/definitions/', ''));
  return Object.values(value).some(leadsAway);
}

/** Without prose. `names`: the keys of this object are names of properties, not words of the schema. */
function lean(value: unknown, names = false): unknown {
  if (Array.isArray(value)) return value.map(item => lean(item));
  if (!isObject(value)) return value;
  // Comparing thousands of rules with each other takes minutes; sarif.ts compares their ids.
  const costly = isObject(value['items']) && '$ref' in value['items'] ? ['uniqueItems'] : [];
  const prose = (name: string): boolean => ['description', 'title', 'id', '$schema', 'default', ...costly].includes(name);
  const entries = Object.entries(value).filter(([name, inner]) => (names ? !leadsAway(inner) : !prose(name)));
  return Object.fromEntries(entries.map(([name, inner]) => [name, lean(inner, !names && name === 'properties')]));
}

const directory = mkdtempSync(path.join(tmpdir(), 'sarif-'));
try {
  execFileSync('npm', ['pack', `${PACKAGE}@${VERSION}`, '--silent', '--ignore-scripts'], {
    cwd: directory,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  execFileSync('tar', ['xzf', `microsoft-jest-sarif-${VERSION}.tgz`, FILE], { cwd: directory });
  const whole = JSON.parse(readFileSync(path.join(directory, FILE), 'utf8')) as Json & { definitions: Json };
  const definitions = Object.fromEntries(KEPT.map(name => [name, lean(whole.definitions[name])]));
  const root = lean({ ...whole, definitions: undefined }) as Json;
  const source = `${PACKAGE}@${VERSION}: ${FILE.replace('package/', '')}, cut by cut-sarif-schema.ts`;
  const subset = { $comment: `${source}. From SchemaStore, Apache-2.0.`, ...root, definitions };
  writeFileSync(new URL('sarif.subset.json', import.meta.url), `${JSON.stringify(subset, undefined, 1)}\n`);
} finally {
  rmSync(directory, { recursive: true, force: true });
}
