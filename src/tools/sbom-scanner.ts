// A build with an SBOM -> which scanner buildx is told, and what is done when its image cannot be had: the build is not lost, the SBOM then comes from our own scan.

import type { BuildOrder, SbomSource } from '../build/build.ts';
import { ToolError } from '../errors.ts';
import { splitFields } from '../plan/csv.ts';
import { joinFields } from '../plan/join-fields.ts';
import { IMAGES } from './pins.ts';

const GENERATOR = 'generator=';

/** What follows `--sbom=`: a scanner that was typed into `sbom` wins over `sbom-image`, and that over the pinned one. Undefined: no SBOM. */
export function sbomAttributes({ sbom, sbomImage }: Pick<BuildOrder, 'sbom' | 'sbomImage'>): string | undefined {
  if (sbom === 'false') return undefined;
  const fields = sbom === 'true' ? [] : splitFields(sbom);
  if (fields.some(field => field.startsWith(GENERATOR))) return joinFields(fields);
  return joinFields([...fields, `${GENERATOR}${sbomImage ?? IMAGES.sbomScanner}`]);
}

/** Builds; when the image of the scanner cannot be had, builds again (every step is cached by then) without the SBOM. Throws what `build` throws. */
export async function buildWithSbom<Built>(
  order: BuildOrder,
  build: (order: BuildOrder) => Promise<Built>,
  onLine: (line: string) => void,
): Promise<{ readonly built: Built; readonly sbom?: SbomSource }> {
  const attributes = sbomAttributes(order);
  if (attributes === undefined) return { built: await build(order) };
  const image = splitFields(attributes)
    .find(field => field.startsWith(GENERATOR))
    ?.slice(GENERATOR.length);
  if (image === undefined) throw new Error(`no scanner in ${attributes}`);
  try {
    return { built: await build(order), sbom: { from: 'buildkit', reason: image } };
  } catch (error) {
    const problem = scannerProblem(error, image);
    if (problem === undefined) throw error;
    const reason = `the scanner image ${image} cannot be had (${problem})`;
    onLine(`no SBOM from BuildKit: ${reason}; building again without it, every step is cached by now`);
    // What was to be made anew has just been made anew.
    const rest = { noCache: false, noCacheFilters: [], pull: false };
    return { built: await build({ ...order, ...rest, sbom: 'false' }), sbom: { from: 'scan', reason } };
  }
}

/** Why a scanner image could not be pulled, as BuildKit tells it; undefined when the build failed for another reason, a scanner that ran and failed included. */
export function scannerProblem(error: unknown, image: string): string | undefined {
  if (!(error instanceof ToolError)) return undefined;
  const said = [error.message, ...error.tail].join('\n');
  const name = String.raw`(?:docker\.io/(?:library/)?)?${escapePattern(image.replace(/^(?:docker\.io\/)?(?:library\/)?/, ''))}(?:[:@]\S*?)?`;
  // Registry, manifest and config are asked for first; the layers when the scanner is to run.
  const unresolved = new RegExp(`failed to resolve source metadata for ${name}: (.*)`).exec(said)?.[1];
  if (unresolved !== undefined) return lastWords(unresolved);
  const pulling = new RegExp(
    `(?:generating sbom using |docker-image://)${name}(?: [^\\n]*?)?: (failed to (?:copy|fetch|do request|resolve)[^\\n]*)`,
  );
  return said.includes('did not complete successfully') ? undefined : pulling.exec(said)?.[1]?.slice(0, LONGEST);
}

const LONGEST = 200;

/** `unexpected status from HEAD request to https://…: 429 Too Many Requests`, `not found`: without the name that stands before. */
function lastWords(text: string): string {
  return text.replace(/^\S+: (?=not found$)/, '').slice(0, LONGEST);
}

function escapePattern(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
}
