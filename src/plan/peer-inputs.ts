// The inputs of the actions that this one replaces -> what becomes of each here: the rows behind docs/moving-over.md.

/** What becomes of an input: `same` name, another name, or `none`; and, unless it only moves, what to do and why. */
export type Row = readonly [ours: string, note?: string];
export type Rows = Readonly<Record<string, Row>>;

const SAME: Row = ['same'];
const LEAVE_OUT: Row = ['none', 'Leave it out.'];

/** docker/build-push-action v7. */
export const BUILD_PUSH: Rows = {
  'add-hosts': SAME,
  allow: [
    'same',
    'A builder that we create grants it, and one is created for `security.insecure`; a builder of yours must grant it too.',
  ],
  annotations: ['same', "A metadata step's output is left out: its `annotations` input moves here."],
  attests: ['same', '`type=provenance` and `type=sbom`; `provenance` and `sbom` win over it, as there.'],
  'build-args': ['same', 'Outputs of the metadata step in it become `{{meta.version}}` and its siblings.'],
  'build-contexts': ['same', '`{{defaultContext}}` names the commit, never a ref that moves.'],
  builder: ['same', "Only needed when another builder than the current one is meant: drop a setup step's output."],
  'cache-from': [
    'same',
    'One that does not answer is left out with a warning. Without `token` and `ghtoken`, which would show secrets in an argument list and are not needed.',
  ],
  'cache-to': [
    'same',
    '`ignore-error=true` is always added. Written after the build, `type=registry` after the last tag; a `type=local` directory is replaced, so the step that moves it away can go.',
  ],
  call: [
    'same',
    'The step looks at the Dockerfile and stops; the check fails it as there. Outputs are set, `verdict` is `skipped`.',
  ],
  'cgroup-parent': SAME,
  context: [
    'same',
    'Left out: the checkout when there is one, else the Git context of the commit, as there. `{{defaultContext}}` names the commit, on pull requests too.',
  ],
  file: ['same', 'Relative to the subdirectory of a Git context, as there.'],
  'github-token': [
    'same',
    'Also comments, sets the status and reads the policy. BuildKit gets it for Git contexts of this repository only; for others give `secrets: GIT_AUTH_TOKEN.<host>=…`.',
  ],
  labels: ['same', "A metadata step's output is left out: its `labels` input moves here. The OCI labels are always set."],
  load: [
    'same',
    "After the gate: the image that was scanned, under the planned names. Of several platforms it is the machine's own.",
  ],
  network: SAME,
  'no-cache': SAME,
  'no-cache-filters': SAME,
  outputs: [
    'same',
    'Written after the gate, archives with the scanned bytes. `type=image` is `load`; what pushes is refused: `images`, `tags` and `push` do that; for `push-by-digest` see "Hand-made merges".',
  ],
  platforms: ['same', 'This one, not that of the qemu or buildx step, says what is built.'],
  provenance: ['same', 'The same default: `mode=max` in public, `mode=min` in private repositories.'],
  pull: SAME,
  push: ['same', 'Also `auto`, the default: publishes on push, release, schedule and dispatch. There the default was `false`.'],
  sbom: [
    'same',
    'The scanner is pinned by digest; where its image cannot be had the build goes on, and the SBOM is made from the scan.',
  ],
  secrets: ['same', 'An empty one, as on runs of forks, is left out with a warning, as there.'],
  'secret-envs': [
    'same',
    'An empty variable, as on runs of forks, is left out with a warning; one that is not set is an error before the build.',
  ],
  'secret-files': SAME,
  'shm-size': SAME,
  ssh: SAME,
  tags: [
    'same',
    "Takes rules; without `images` full references too, as there. A metadata step's output is left out: its `images` and `tags` move here.",
  ],
  target: SAME,
  ulimit: SAME,
};

/** docker/bake-action v7; `workdir` is gone since v7. */
export const BAKE: Rows = {
  allow: ['same', 'Also `ssh`, `fs.read=PATH` and `fs.write=PATH`, which permit what the bake file asks for, as there.'],
  builder: ['same', "Only needed when another builder than the current one is meant: drop a setup step's output."],
  call: ['same', 'The step looks at the Dockerfile of the target and stops.'],
  files: ['bake-files', "Files of the workspace; without the metadata step's bake file, whose inputs move here."],
  'github-token': SAME,
  load: ['same', "After the gate: the image that was scanned. Of several platforms it is the machine's own."],
  'no-cache': SAME,
  provenance: SAME,
  pull: SAME,
  push: ['same', 'Also `auto`, the default: publishes on push, release, schedule and dispatch. There the default was `false`.'],
  sbom: SAME,
  set: [
    'bake-set',
    'What would push is refused: leave outputs out, and write a registry cache as the input `cache-to`, which is written after the last tag.',
  ],
  source: [
    'none',
    'Leave it out: the definition is read in the workspace (`.`). For another directory or repository keep that action.',
  ],
  targets: ['bake', 'One target; several are a job each, `bake: ${{ matrix.target }}`. Left out there it was `default`.'],
  vars: ['none', 'Variables of bake files come from `env:` of the step.'],
  workdir: ['none', 'Gone there since v7. The definition is read in the workspace.'],
};

/** docker/metadata-action v6. */
export const METADATA: Rows = {
  context: ['metadata-context', '`context` is what is built.'],
  images: ['same', 'Empty means: build, scan and decide, publish nothing. `mode: plan` then gives tag names, as there.'],
  tags: [
    'same',
    'Rules as there. What is no valid tag is an error before the build; `mode: plan` warns and prints it, as there.',
  ],
  flavor: SAME,
  labels: SAME,
  annotations: SAME,
  'sep-tags': SAME,
  'sep-labels': SAME,
  'sep-annotations': SAME,
  'bake-target': SAME,
  'github-token': SAME,
};

/** docker/login-action v4. */
export const LOGIN: Rows = {
  registry: [
    'same',
    'One registry. For several keep the login steps: their logins are used for reading, publishing and signing.',
  ],
  username: ['same', 'Empty (as on runs of forks): the run does not log in, builds and scans all the same.'],
  password: ['same', 'Kept in memory for this run. A private base image needs a docker/login-action step before this one.'],
  ecr: ['none', 'Keep the login step for Amazon ECR: its login is used. Or `username: AWS` and a token as `password`.'],
  scope: ['none', 'Keep the login step if different repositories need different tokens.'],
  logout: ['none', 'Leave it out: there is nothing to log out from, the password never reaches a file that outlives the run.'],
  'registry-auth': ['none', 'Not in this version: keep the login step, its logins are used.'],
};

/** docker/setup-buildx-action v4; the last three are gone since v4. */
export const SETUP_BUILDX: Rows = {
  version: [
    'buildx-version',
    'Left out, the installed buildx is used. Only versions whose checksum is built in; for `latest`, `cloud:` and Git addresses keep the step.',
  ],
  driver: [
    'none',
    'A docker-container builder is created where the engine cannot build, or where one of the inputs below is set. For `kubernetes`, `remote` or `cloud` keep the step: its builder is used.',
  ],
  'driver-opts': [
    'same',
    'For the docker-container driver; quotes as there. `image=…` may also be `builder-image`. Each makes a builder of our own.',
  ],
  'buildkitd-flags': [
    'same',
    'There all entitlements are granted by default; here the ones that `allow` names, added to what is typed.',
  ],
  'buildkitd-config': SAME,
  'buildkitd-config-inline': ['same', 'Beside `buildkitd-config` it is an error; there the file won.'],
  use: ['none', 'Leave it out. With `use: false`, name the builder in `builder`.'],
  name: ['builder', 'Only together with the step that creates it.'],
  endpoint: ['none', 'Keep the step: its builder is used.'],
  platforms: [
    'none',
    'Do not copy it: there it lists what a node can do, here what is built. Keep the step for `append`ed nodes.',
  ],
  append: ['none', 'Keep the step: with several nodes each platform is built on its own node, then merged.'],
  'keep-state': ['keep-builder', 'Keeps container and cache for later jobs of the same repository on the same runner.'],
  'cache-binary': ['none', 'Leave it out: what is downloaded stays in the tool cache, and is hashed again before each use.'],
  cleanup: [
    'none',
    'Leave it out: a builder that we create serves later steps of the job and is removed in the post step. `cleanup: false` is `keep-builder: true`.',
  ],
  install: LEAVE_OUT,
  config: ['buildkitd-config', 'Gone there since v4.'],
  'config-inline': ['buildkitd-config-inline', 'Gone there since v4.'],
};

/** docker/setup-qemu-action v4. */
export const SETUP_QEMU: Rows = {
  image: ['binfmt-image', 'Pinned by its digest when left out. It is not the image that is built: that is `images`.'],
  platforms: [
    'none',
    'Do not copy it: there it lists emulators, here what is built. Emulators for that are registered where none is; `qemu: off` leaves it to the step.',
  ],
  'cache-image': ['none', 'Leave it out: the image is pulled only where a platform that is built needs it.'],
  reset: ['none', 'Keep the step if emulators of others must be removed first.'],
};

/** aquasecurity/trivy-action v0.36. */
export const TRIVY: Rows = {
  'scan-type': [
    'none',
    'The built image is scanned. Scans of `fs`, `repo`, `config`, `rootfs` and `sbom` stay as steps of their own.',
  ],
  'image-ref': ['none', 'Leave it out: what is scanned is what was built, every platform of it, before it is published.'],
  input: ['none', 'Leave it out: what is scanned is what was built. An archive of another tool stays a step of its own.'],
  'scan-ref': ['none', 'Belongs to `fs`, `repo` and `config` scans: those steps stay.'],
  'exit-code': ['gate', 'Not 0: `gate: enforce`, the default. 0, or left out, only reports: `gate: warn`.'],
  'ignore-unfixed': SAME,
  'vuln-type': ['none', 'Not in this version: packages of the system and of languages are scanned.'],
  severity: [
    'same',
    'What blocks. The report shows every severity. There the default was all of them, here it is `HIGH,CRITICAL`.',
  ],
  format: [
    'none',
    'Leave it out: one scan serves every report. Table in the log, Markdown in the summary, JSON in the output `report`, SARIF in `sarif`.',
  ],
  template: ['none', 'Not in this version: write what you need from the JSON in the output `report`.'],
  output: ['none', 'The outputs `report` (JSON) and `sarif` are paths; `sarif: auto` uploads the latter by itself.'],
  'skip-dirs': ['none', 'Not in this version: except a finding by `path` in the policy file, with a reason and a date.'],
  'skip-files': ['none', 'Not in this version: except a finding by `path` in the policy file, with a reason and a date.'],
  'cache-dir': ['none', 'Leave it out: the database is kept in the cache of Actions, verified before each use.'],
  timeout: ['scan-timeout', 'For each platform; `15m` by default, there `5m`.'],
  'ignore-policy': ['none', 'Not in this version: except findings in the policy file, with a reason and a date.'],
  'hide-progress': LEAVE_OUT,
  'list-all-pkgs': ['none', 'Leave it out: packages are always listed, an empty list is not taken for a clean image.'],
  scanners: ['same', '`vuln` and `secret` in this version. For `misconfig` and `license` keep a scan step of their own.'],
  trivyignores: ['none', 'Move the entries to `exceptions` in `.github/seaworthy.yml`, each with a reason and a date.'],
  'github-pat': ['none', 'Keep the step that submits dependencies.'],
  'trivy-config': ['none', 'A `trivy.yaml` is not read: use the inputs here and the policy file.'],
  'tf-vars': ['none', 'Belongs to `config` scans: those steps stay.'],
  'limit-severities-for-sarif': ['none', 'Leave it out: reports show every severity.'],
  'docker-host': ['none', 'Leave it out: the scanner reads the layout on disk and asks no engine.'],
  version: ['trivy-version', 'Without `v` or with it; only versions whose hash this release knows. `trivy-path` runs any other.'],
  cache: [
    'none',
    'Do not copy it: there it keeps the database, which is always kept here; here it is the build cache. A boolean is accepted.',
  ],
  'skip-setup-trivy': ['none', 'Leave it out: a pinned Trivy is downloaded and verified. `trivy-path` takes an installed one.'],
  'token-setup-trivy': LEAVE_OUT,
};

/** sigstore/cosign-installer v4. */
export const COSIGN: Rows = {
  'cosign-release': ['cosign-version', 'Only versions whose hash this release knows; `cosign-path` runs any other.'],
  'install-dir': ['none', 'Leave it out. Steps that call cosign themselves keep the installer.'],
  'use-sudo': LEAVE_OUT,
};
