// Trivy's report as it wrote it -> the same without anything that may hold a secret. Nothing but the adapter sees the former.

type Fields = Readonly<Record<string, unknown>>;

/** What is kept of the image's configuration. Env, history, Cmd, Labels ... stay behind: Trivy repeats them in clear text. */
const CONFIG_KEPT = ['architecture', 'os', 'variant', 'created', 'rootfs'];
/** What is kept of a result beside its lists. Other lists (misconfigurations, suppressed findings) quote files. */
const RESULT_KEPT = ['Target', 'Class', 'Type'];
/** What is kept of a secret: where it is and of what kind, not the line it stands in. */
const SECRET_KEPT = ['RuleID', 'Category', 'Severity', 'Title', 'StartLine', 'EndLine', 'Layer'];
/** Build arguments with their values stand in the text of the instruction. */
const LAYER_KEPT = ['Digest', 'DiffID', 'Size'];

/** A new value; anything that is not a report comes back undefined. */
export function stripReport(report: unknown): unknown {
  if (!isFields(report)) return undefined;
  const metadata = report['Metadata'];
  return {
    ...report,
    ...(isFields(metadata) ? { Metadata: { ...metadata, ...keptOf(metadata, 'ImageConfig', CONFIG_KEPT) } } : {}),
    ...('Results' in report ? { Results: each(report['Results'], stripResult) } : {}),
  };
}

function stripResult(result: Fields): Fields {
  return {
    ...only(result, RESULT_KEPT),
    ...('Packages' in result ? { Packages: each(result['Packages'], stripLayer) } : {}),
    ...('Vulnerabilities' in result ? { Vulnerabilities: each(result['Vulnerabilities'], stripLayer) } : {}),
    ...('Secrets' in result ? { Secrets: each(result['Secrets'], secret => stripLayer(only(secret, SECRET_KEPT))) } : {}),
  };
}

function stripLayer(entry: Fields): Fields {
  return { ...entry, ...keptOf(entry, 'Layer', LAYER_KEPT) };
}

/** `entry[key]` with only these keys, or nothing when it is absent. */
function keptOf(entry: Fields, key: string, keys: readonly string[]): Fields {
  const value = entry[key];
  return value === undefined ? {} : { [key]: isFields(value) ? only(value, keys) : undefined };
}

function only(value: Fields, keys: readonly string[]): Fields {
  return Object.fromEntries(Object.entries(value).filter(([key]) => keys.includes(key)));
}

/** Something else than a list of objects is kept as a mark of what was there: acceptance refuses it. */
function each(value: unknown, strip: (entry: Fields) => Fields): unknown {
  if (value === undefined || value === null) return value;
  return Array.isArray(value) ? value.map(entry => (isFields(entry) ? strip(entry) : 'malformed')) : 'malformed';
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
