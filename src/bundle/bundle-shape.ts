// The fields of a bundle.json -> what is wrong with them, in the words of a person.

type Fields = Readonly<Record<string, unknown>>;
type Check = (value: unknown) => boolean;

const isText: Check = value => typeof value === 'string' && value !== '';
const isDigest: Check = value => typeof value === 'string' && /^sha256:[a-f0-9]{64}$/.test(value);
const isSize: Check = value => Number.isSafeInteger(value) && (value as number) >= 0;
const isObject: Check = value => typeof value === 'object' && value !== null && !Array.isArray(value);
const listOf =
  (check: Check): Check =>
  value =>
    Array.isArray(value) && value.every(check);
const optional =
  (check: Check): Check =>
  value =>
    value === undefined || check(value);
const fieldsOf =
  (checks: Readonly<Record<string, Check>>): Check =>
  value =>
    isObject(value) && Object.entries(checks).every(([key, check]) => check((value as Fields)[key]));

const SHAPE: Readonly<Record<string, readonly [Check, string]>> = {
  digest: [isDigest, 'a sha256 digest'],
  mediaType: [isText, 'a media type'],
  platforms: [
    value =>
      listOf(
        fieldsOf({
          platform: isText,
          digest: isDigest,
          size: isSize,
          compressedSize: isSize,
          attestations: listOf(isDigest),
          referrers: optional(listOf(isDigest)),
        }),
      )(value) && (value as unknown[]).length > 0,
    'a list of at least one platform with digest, size, compressedSize and attestations',
  ],
  names: [listOf(isText), 'a list of names'],
  source: [fieldsOf({ repository: isText, commit: isText, ref: isText }), 'an object with repository, commit and ref'],
  tools: [value => isObject(value) && Object.values(value as Fields).every(isText), 'an object of versions'],
  display: [
    optional(
      fieldsOf({
        version: optional(isAnyText),
        tags: optional(listOf(isText)),
        verdict: optional(isAnyText),
        scans: optional(listOf(isText)),
      }),
    ),
    'an object of texts',
  ],
  files: [
    fieldsOf({ 'index.json': isDigest, 'oci-layout': isDigest }),
    'an object with the digests of index.json and oci-layout',
  ],
  checksum: [isDigest, 'a sha256 digest'],
};

function isAnyText(value: unknown): boolean {
  return typeof value === 'string';
}

/** What is wrong with the fields of a bundle.json, a sentence each; as `schema/bundle.schema.json` has it. */
export function mistakesIn(fields: Fields): string[] {
  return Object.entries(SHAPE).flatMap(([key, [check, wanted]]) => (check(fields[key]) ? [] : [`"${key}" is not ${wanted}`]));
}
