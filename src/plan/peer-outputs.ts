// The outputs and variables of the actions that this one replaces -> what becomes of each here: rows behind docs/moving-over.md.

import type { Rows } from './peer-inputs.ts';

const FILE = 'A file of the runner, readable by later steps of the job.';

/** docker/build-push-action v7. */
export const BUILD_PUSH_OUTPUTS: Rows = {
  imageid: [
    'same',
    'With `load`, what the engine calls the image, so that `docker run` takes it: with the containerd image store that is a digest of the manifest or index.',
  ],
  digest: [
    'same',
    'Of what was built, scanned and published. Set before the verdict too, so ask `published-tags` whether it is out.',
  ],
  metadata: ['same', 'Without the provenance, which is in the layout.'],
};

/** docker/bake-action v7. */
export const BAKE_OUTPUTS: Rows = {
  metadata: ['same', 'Of the one target, without its name around it; the digest is the output `digest` too.'],
};

/** docker/metadata-action v6. */
export const METADATA_OUTPUTS: Rows = {
  version: ['same'],
  tags: ['same', 'The plan. `published-tags` is what really moved.'],
  'tag-names': ['same'],
  labels: ['same', 'The image carries two more, `dev.seaworthy.*`, by which a later run knows it again.'],
  annotations: ['same'],
  json: ['same'],
  'bake-file-tags': ['same', FILE],
  'bake-file-labels': ['same', FILE],
  'bake-file-annotations': ['same', FILE],
  'bake-file': ['same', FILE],
};

/** docker/setup-buildx-action v4. */
export const SETUP_BUILDX_OUTPUTS: Rows = {
  name: ['none', 'Keep the step if other steps need its builder.'],
  driver: ['none', 'Keep the step if other steps need it.'],
  platforms: ['none', 'Keep the step if other steps need it.'],
  nodes: ['none', 'Keep the step if other steps need it.'],
};

/** docker/setup-qemu-action v4. */
export const SETUP_QEMU_OUTPUTS: Rows = {
  platforms: ['none', 'Keep the step if other steps need it.'],
};

/** Environment variables that steer those actions or that they set. `ours` is an input here, or `read`, or `none`. */
export const VARIABLES: Rows = {
  'DOCKER_METADATA_OUTPUT_*': [
    'none',
    'Never exported: read the outputs of this step. Nothing here writes to the environment of later steps.',
  ],
  DOCKER_METADATA_SET_OUTPUT_ENV: ['none', 'Nothing is exported, whatever it says.'],
  DOCKER_METADATA_PR_HEAD_SHA: ['pr-head-sha', 'The variable of the step is read too; the input wins.'],
  DOCKER_DEFAULT_GIT_CONTEXT_PR_HEAD_REF: [
    'pr-head-sha',
    'Not read. The Git context names a commit: the test merge, or the head with `pr-head-sha: true`, which is then the commit of tags and labels too.',
  ],
  DOCKER_METADATA_SHORT_SHA_LENGTH: ['short-sha-length', 'The variable of the step is read too; the input wins.'],
  DOCKER_METADATA_ANNOTATIONS_LEVELS: ['annotations-levels', 'The variable of the step is read too; the input wins.'],
  DOCKER_BUILD_CHECKS_ANNOTATIONS: ['read', '`false`: remarks on the Dockerfile are no annotations; they stay in the summary.'],
  DOCKER_BUILD_SUMMARY: ['none', 'The summary here is the verdict with its reasons; it is always written.'],
  DOCKER_BUILD_RECORD_UPLOAD: ['none', 'No build record is uploaded.'],
  DOCKER_BUILD_RECORD_RETENTION_DAYS: ['none', 'No build record is uploaded.'],
  BUILDX_BUILDER: ['read', 'By buildx itself; the input `builder` wins.'],
  BUILDX_NO_DEFAULT_ATTESTATIONS: ['read', 'No provenance unless `provenance` or `attests` asks for it.'],
  BUILDX_METADATA_PROVENANCE: ['none', 'Cannot change what is read: the provenance is taken from the layout.'],
  SOURCE_DATE_EPOCH: ['read', 'Stands in for the date of the commit, which is the default; the input `source-date-epoch` wins.'],
  'TRIVY_*': [
    'none',
    'Not read, as is `trivy.yaml`: the scanner starts with an empty environment. Use the inputs and the policy file.',
  ],
  'COSIGN_*': ['none', 'Not handed to cosign: `cosign-key` and `cosign-password` are inputs.'],
};
