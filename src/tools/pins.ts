// Tool, version, architecture -> the sha256 that a download must have. The only rows that the product may start from.
//
// A version that is not here has no row, and nobody invents one: rows are added after the signature of the release was verified.

export type Architecture = 'amd64' | 'arm64';

/** sha256 (hex) of the released file, by architecture. */
export type Row = Readonly<Record<Architecture, string>>;

/** What is known of one tool; the first version is the default. */
export interface PinTable {
  readonly tool: string;
  /** Name of the input that chooses a version; the way out is `<tool>-path`. */
  readonly rows: Readonly<Record<string, Row>>;
  /** File name of a release, by version and architecture. */
  readonly file: (version: string, architecture: Architecture) => string;
  /** Below the base URL. */
  readonly directory: (version: string) => string;
  /** Versions that must never run. */
  readonly refusedVersions: readonly string[];
  /** sha256 of archives and binaries that must never run. */
  readonly refusedHashes: readonly string[];
  /** What to do without a download; left out: install it and name it with `<tool>-path`. */
  readonly instead?: string;
}

/** sha256 of the archives. 0.69.4 to 0.69.6 were the work of an intruder (GHSA-69fq-xp46-6x23). */
export const TRIVY: PinTable = {
  tool: 'trivy',
  rows: {
    '0.74.0': {
      amd64: '2ae6fe3ee734b7fdf11335663e18c75ea12dccc76062f09f164a3b0f8be4371a',
      arm64: 'b94ce1976bbf3c15b514b605ee88be7c6d94a29be2302847ff01cb794d47aad5',
    },
    '0.73.0': {
      amd64: '2edd39da482bb4e9831962487b68f68e3928ec3137794757f54d00383d79547b',
      arm64: '13833d97e8a1a5367471c372a173180157f593bece570e20d5d925fef552f5dd',
    },
    '0.72.0': {
      amd64: 'bbb64b9695866ce4a7a8f5c9592002c5961cab378577fa3f8a040df362b9b2ea',
      arm64: '2ca2c023109c2db6b2b77366b6717291452d4531167377d95c79547f0c8e3467',
    },
    '0.71.2': {
      amd64: '0510e71e2fd39bf863856d499c8dc19feb4e7336546394c502a8f5cc7ab27460',
      arm64: 'fe1c7106e15a5365d485b098a8c338f91e3b7ba71cb0e4963b98a3a098763cfc',
    },
    '0.70.0': {
      amd64: '8b4376d5d6befe5c24d503f10ff136d9e0c49f9127a4279fd110b727929a5aa9',
      arm64: '2f6bb988b553a1bbac6bdd1ce890f5e412439564e17522b88a4541b4f364fc8d',
    },
    '0.69.3': {
      amd64: '1816b632dfe529869c740c0913e36bd1629cb7688bd5634f4a858c1d57c88b75',
      arm64: '7e3924a974e912e57b4a99f65ece7931f8079584dae12eb7845024f97087bdfd',
    },
  },
  file: (version, architecture) => `trivy_${version}_Linux-${architecture === 'amd64' ? '64bit' : 'ARM64'}.tar.gz`,
  directory: version => `aquasecurity/trivy/releases/download/v${version}`,
  refusedVersions: ['0.69.4', '0.69.5', '0.69.6'],
  refusedHashes: [
    '385d498d18a3a7c67878ca7322716f9da25683eb1a4bf9e9592da0d5f2ab09f6',
    'e401ae1e6d2442fa9a0c79dc0f3b0457ecfebf74a9c0a920159c49437f663aef',
    // The binary of 0.69.4 for linux/amd64, as published with the advisory.
    '822dd269ec10459572dfaaefe163dae693c344249a0161953f0d5cdd110bd2a0',
  ],
};

/** sha256 of the binaries. */
export const COSIGN: PinTable = {
  tool: 'cosign',
  rows: {
    '3.1.3': {
      amd64: '4629c757b7618056f8ddd7e2625ae9fdd94c0372a65049520bc7d9df9efc7f71',
      arm64: 'c5d324e091826b0d7a78eb16fef316450b4eb9aaec045611c08ba06f5e73220a',
    },
    '3.1.2': {
      amd64: 'f7622ed3cf22e55e1ae6377c080979ff77a22da9981c11df222a2e444991e7cf',
      arm64: '90e7ae0b5dfd60f20816b52c012addf7fc055ebcc7bea4ce81c428ca8518c302',
    },
    '3.1.1': {
      amd64: 'ae1ecd212663f3693ad9edf8b1a183900c9a52d3155ba6e354237f9a0f6463fc',
      arm64: '2ec865872e331c32fd12b08dae15332d3f92c0aa029219589684a4903ca85d11',
    },
  },
  file: (_version, architecture) => `cosign-linux-${architecture}`,
  directory: version => `sigstore/cosign/releases/download/v${version}`,
  refusedVersions: [],
  refusedHashes: [],
};

/** sha256 of the binaries. */
export const BUILDX: PinTable = {
  tool: 'buildx',
  rows: {
    '0.36.1': {
      amd64: '48af8a397ebd60178778bf63611dbcebe5f5e7a9be90eb9147b24b9587455778',
      arm64: '5d0cafd9d16afe1a0f0d9529885344ace2cc99efdd531b6c783c5455a6001569',
    },
    '0.35.0': {
      amd64: 'd41ece72044243b4f58b343441ae37446d9c29a7d6b5e11c61847bbcf8f7dfda',
      arm64: 'c4248d6cbc4a619a7e0b4609c11e509ad4ac0b475e1c64817c0ac20c5d90c766',
    },
    '0.33.0': {
      amd64: '9426a15411f35f635afef3f5d3bae53155c3e30d26dee430cc968e13d34be49f',
      arm64: '204dc28447d3bb48f42ed1ce5747e0885cd57e306506a39029311becdb1ef786',
    },
  },
  file: (version, architecture) => `buildx-v${version}.linux-${architecture}`,
  directory: version => `docker/buildx/releases/download/v${version}`,
  refusedVersions: [],
  refusedHashes: [],
  instead: 'install the package docker-buildx-plugin (or run docker/setup-buildx-action) and leave buildx-version out',
};

/** Index digests of multi-platform images. */
export const IMAGES = {
  /** `buildx-stable-1` in autumn 2026. */
  buildkit: 'moby/buildkit:v0.33.1@sha256:cec9f139f45e93c5c69c60f8b07cfad9f43f4ef6b6a6cd917527fea5ff2e3dea',
  olderBuildkit: 'moby/buildkit:v0.32.2@sha256:28a898719c18a33f4e8000685287fa36fd0dd9560c6440227d3a732d79bb41d8',
  binfmt: 'tonistiigi/binfmt:qemu-v10.2.3@sha256:400a4873b838d1b89194d982c45e5fb3cda4593fbfd7e08a02e76b03b21166f0',
  sbomScanner: 'docker/buildkit-syft-scanner:stable-1@sha256:ae4f3b554449e7e25548e7d8ccc029d17357348e30c6e3df01b92bc93654d6a9',
} as const;

/** The version that is used when the user names none. */
export function defaultVersion(table: PinTable): string {
  const [first] = Object.keys(table.rows);
  if (first === undefined) throw new Error(`no pinned version of ${table.tool}`);
  return first;
}
