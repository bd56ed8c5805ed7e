// The shapes of the OCI image specification that we read and write, and their media types.

export const MEDIA = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  emptyConfig: 'application/vnd.oci.empty.v1+json',
  dockerConfig: 'application/vnd.docker.container.image.v1+json',
  dockerIndex: 'application/vnd.docker.distribution.manifest.list.v2+json',
  dockerManifest: 'application/vnd.docker.distribution.manifest.v2+json',
} as const;

export const INDEX_TYPES: readonly string[] = [MEDIA.index, MEDIA.dockerIndex];
export const MANIFEST_TYPES: readonly string[] = [MEDIA.manifest, MEDIA.dockerManifest];
export const CONFIG_TYPES: readonly string[] = [MEDIA.config, MEDIA.dockerConfig];

const LAYER =
  /^application\/vnd\.(oci\.image\.layer\.(nondistributable\.)?v1\.tar(\+gzip|\+zstd)?|docker\.image\.rootfs\.(diff|foreign\.diff)\.tar(\.gzip|\.zstd)?)$/;

/** True for the layer types that container engines unpack. */
export function isLayerType(mediaType: string): boolean {
  return LAYER.test(mediaType);
}

/** True for layers that may lie elsewhere (`urls`) and not in the layout. */
export function isForeignLayerType(mediaType: string): boolean {
  return mediaType.includes('.nondistributable.') || mediaType.includes('.foreign.');
}

export interface OciPlatform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
  readonly 'os.version'?: string;
  readonly 'os.features'?: readonly string[];
}

export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly platform?: OciPlatform;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly artifactType?: string;
}

export interface Index {
  readonly schemaVersion: 2;
  readonly mediaType?: string;
  readonly artifactType?: string;
  readonly manifests: readonly Descriptor[];
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface Manifest {
  readonly schemaVersion: 2;
  readonly mediaType?: string;
  readonly artifactType?: string;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
  readonly subject?: Descriptor;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface ImageConfig {
  readonly os?: string;
  readonly architecture?: string;
  readonly variant?: string;
  readonly created?: string;
  readonly config?: { readonly Labels?: Readonly<Record<string, string>> | null; readonly User?: string };
  readonly rootfs?: { readonly type?: string; readonly diff_ids?: readonly string[] };
  readonly history?: readonly { readonly created_by?: string; readonly empty_layer?: boolean }[];
}

/** BuildKit marks attestation manifests with this annotation; its value is `attestation-manifest`. */
export const REFERENCE_TYPE = 'vnd.docker.reference.type';
export const ATTESTATION_MANIFEST = 'attestation-manifest';
/** ... and names the platform manifest that they speak of with this one. */
export const REFERENCE_DIGEST = 'vnd.docker.reference.digest';

/** What BuildKit calls an attestation manifest in its OCI-artifact form, and we one that is a referrer. */
export const ATTESTATION_ARTIFACT = 'application/vnd.docker.attestation.manifest.v1+json';
/** The config of an artifact that has none, as the image specification gives it; its two bytes are in the descriptor. */
export const EMPTY_CONFIG = {
  mediaType: MEDIA.emptyConfig,
  digest: 'sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a',
  size: 2,
  data: 'e30=',
} as const;
/** On the layer of a statement: what it is about, e.g. `https://spdx.dev/Document`. */
export const PREDICATE_TYPE = 'in-toto.io/predicate-type';
