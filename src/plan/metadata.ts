// What docker/metadata-action prints for the same inputs: the outputs that other steps of a workflow read.

/** One annotation with its level, as the `annotations` output and buildx write it. */
export interface PlannedAnnotation {
  /** `manifest`, `index`, `manifest-descriptor` or `index-descriptor`, as typed; several are several annotations. */
  readonly level: string;
  readonly key: string;
  readonly value: string;
}

/** The peer's outputs, byte for byte: what is listed twice there is listed twice here, and what is no valid reference is here too. */
export interface Metadata {
  readonly version: string;
  /** `image:tag`, or the bare tag without images. */
  readonly tags: readonly string[];
  readonly tagNames: readonly string[];
  /** `key=value`, sorted by key. */
  readonly labels: readonly string[];
  /** `level:key=value`. */
  readonly annotations: readonly string[];
  /** Text of the `json` output. */
  readonly json: string;
  /** Text of the bake definitions behind `bake-file`, `bake-file-tags`, `bake-file-labels`, `bake-file-annotations`. */
  readonly bake: { readonly all: string; readonly tags: string; readonly labels: string; readonly annotations: string };
  readonly separators: { readonly tags: string; readonly labels: string; readonly annotations: string };
}
