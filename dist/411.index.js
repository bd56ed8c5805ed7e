export const id = 411;
export const ids = [411];
export const modules = {

/***/ 2792:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  connectTools: () => (/* binding */ connectTools)
});

// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
// EXTERNAL MODULE: ./node_modules/@actions/cache/lib/cache.js + 350 modules
var cache = __webpack_require__(9728);
;// CONCATENATED MODULE: ./lib/runner/cache.js
// GitHub's cache service -> a CacheStore that never decides anything: one warning, whatever fails.

/** `warn` gets at most one line, however often the service fails. Without a cache service (outside of GitHub) nothing is kept and nothing said. */
function createCacheStore(warn, service = { isFeatureAvailable: cache/* isFeatureAvailable */.w3, restoreCache: cache/* restoreCache */.P3, saveCache: cache/* saveCache */.Io }) {
    let warned = false;
    const attempt = async (what, work, otherwise) => {
        try {
            return service.isFeatureAvailable() ? await work() : otherwise;
        }
        catch (error) {
            if (!warned)
                warn(`cache: could not ${what}: ${error instanceof Error ? error.message : String(error)}`);
            warned = true;
            return otherwise;
        }
    };
    return {
        restore: (key, paths, prefixes = []) => attempt(`restore ${key}`, () => service.restoreCache([...paths], key, [...prefixes]), undefined),
        save: async (key, paths) => {
            await attempt(`save ${key}`, () => service.saveCache([...paths], key), -1);
        },
    };
}

// EXTERNAL MODULE: ./node_modules/@actions/core/lib/core.js + 7 modules
var core = __webpack_require__(3838);
// EXTERNAL MODULE: ./lib/errors.js
var errors = __webpack_require__(452);
;// CONCATENATED MODULE: ./lib/publish/identity.js
// The workflow that runs -> the certificate identity that a keyless signature of it must carry, in the strict and in the lasting form.

/** Events that publish by themselves (design 4, first row): only their signatures count for adoption (rules 11). */
const PUBLISHING_EVENTS = ['push', 'release', 'schedule', 'workflow_dispatch', 'repository_dispatch'];
/** Exactly this run's certificate: what a signature that we have just made must carry. */
function certificateOfThisRun(workflow) {
    return {
        issuer: workflow.issuer,
        subject: { exact: subjectOf(workflow) },
        repository: workflow.repository,
        commit: workflow.sha,
        triggers: [workflow.event],
    };
}
/** *Our identity* of rules 11, for signatures of earlier runs: any ref of the same workflow file, same repository, same commit, a publishing event. */
function certificateOfEarlierRuns(workflow) {
    const own = PUBLISHING_EVENTS.filter(event => event === workflow.event);
    const others = PUBLISHING_EVENTS.filter(event => event !== workflow.event);
    return { ...certificateForConsumers(workflow), commit: workflow.sha, triggers: [...own, ...others] };
}
/** *Our identity* as consumers check it, on this image and on later ones: any ref and commit of the same workflow file and repository. */
function certificateForConsumers(workflow) {
    return {
        issuer: workflow.issuer,
        subject: { pattern: `^${escapePattern(`${workflow.server}/${workflowPath(workflow)}`)}@.+$` },
        repository: workflow.repository,
    };
}
/** The subject (SAN) that Fulcio writes: server + job_workflow_ref. */
function subjectOf(workflow) {
    return `${workflow.server}/${workflow.workflowRef}`;
}
/** `owner/repo/.github/workflows/x.yml`, without its ref. */
function workflowPath(workflow) {
    const at = workflow.workflowRef.indexOf('@');
    if (at <= 0)
        throw new errors/* UserError */.yo(`The OIDC token names no workflow ref ("${workflow.workflowRef}"), so a keyless signature could not be recognised`, {
            hint: 'Sign with a key (cosign-key), or ask who runs the token service: job_workflow_ref must be owner/repo/path@ref.',
        });
    return workflow.workflowRef.slice(0, at);
}
/** Takes the claims of a decoded token; throws UserError naming what is missing. `serverUrl` is GITHUB_SERVER_URL. */
function workflowOf(claims, serverUrl) {
    const record = typeof claims === 'object' && claims !== null ? claims : {};
    const take = (name) => {
        const value = record[name];
        if (typeof value === 'string' && value !== '')
            return value;
        throw new errors/* UserError */.yo(`The OIDC token of this job has no claim "${name}", so a keyless signature could not be recognised`, {
            hint: 'Sign with a key (cosign-key) on this server, or check what answers at ACTIONS_ID_TOKEN_REQUEST_URL.',
        });
    };
    const issuer = take('iss');
    return {
        issuer,
        workflowRef: take('job_workflow_ref'),
        repository: take('repository'),
        sha: take('sha'),
        event: take('event_name'),
        // Fulcio builds the subject from the server that belongs to the issuer; for GitHub's own it is always github.com.
        server: issuer === GITHUB_ISSUER ? 'https://github.com' : serverUrl.replace(/\/+$/, ''),
    };
}
const GITHUB_ISSUER = 'https://token.actions.githubusercontent.com';
/** Keyless signing was asked for and the job may not ask for a token: cosign would wait for a person to log in. */
function noIdToken() {
    return new errors/* UserError */.yo('Keyless signing needs an OIDC token, and this job may not ask for one', {
        hint: 'Give the job `permissions: id-token: write` (and keep `contents: read`, `packages: write`), or sign with `cosign-key`, or set `sign: off`.',
    });
}
/** Escapes what has a meaning in a regular expression; `-` and `/` have none outside of brackets. */
function escapePattern(text) {
    return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw `\$&`);
}

;// CONCATENATED MODULE: ./lib/runner/oidc.js
// The job's OIDC token service -> the workflow identity that a keyless signature of this job will carry.



/** The audience that Fulcio demands. */
const AUDIENCE = 'sigstore';
/** Asks for a token and reads what it says about this job; the token itself is masked by the toolkit and forgotten here. Throws UserError without `id-token: write`. */
async function fetchWorkflowIdentity(env, getToken = core/* getIDToken */.V9) {
    if (!env['ACTIONS_ID_TOKEN_REQUEST_URL'] || !env['ACTIONS_ID_TOKEN_REQUEST_TOKEN'])
        throw noIdToken();
    let token;
    try {
        token = await getToken(AUDIENCE);
    }
    catch (error) {
        throw new errors/* ToolError */.v4(`GitHub's token service gave no OIDC token: ${oneLine(error)}`, {
            tool: 'OIDC token service',
            hint: 'Run the job again; if it stays, see https://www.githubstatus.com, or sign with `cosign-key`.',
            cause: error,
        });
    }
    return workflowOf(claimsOf(token), env['GITHUB_SERVER_URL'] ?? 'https://github.com');
}
/** The payload of a JWT. Its signature is for Fulcio to check: whoever could forge the answer here could not make Fulcio sign. */
function claimsOf(token) {
    const payload = token.split('.')[1];
    try {
        if (payload === undefined)
            throw new Error('not three parts');
        return JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    }
    catch (error) {
        // Never the token itself in a message.
        throw new errors/* ToolError */.v4("GitHub's token service answered something that is not a JSON web token", {
            tool: 'OIDC token service',
            hint: 'Check what answers at ACTIONS_ID_TOKEN_REQUEST_URL.',
            cause: error,
        });
    }
}
function oneLine(error) {
    return (error instanceof Error ? error.message : String(error)).replaceAll(/\s+/g, ' ').trim();
}

// EXTERNAL MODULE: external "node:fs/promises"
var promises_ = __webpack_require__(1455);
// EXTERNAL MODULE: ./lib/plan/platform.js
var plan_platform = __webpack_require__(8996);
// EXTERNAL MODULE: ./lib/bundle/blobs.js
var blobs = __webpack_require__(1160);
// EXTERNAL MODULE: ./lib/bundle/oci.js
var oci = __webpack_require__(5389);
// EXTERNAL MODULE: ./lib/bundle/parse.js
var parse = __webpack_require__(2851);
// EXTERNAL MODULE: ./lib/bundle/read.js + 1 modules
var read = __webpack_require__(8680);
;// CONCATENATED MODULE: ./lib/bundle/merge.js
// Several bundles -> one: the fixed rule by which platform images become one index. Same input, same bytes.






/**
 * Joins the images of all bundles into one OCI index in a fresh layout: platform manifests in the order of `platforms`, each followed by
 * its attestation manifests (by digest), then the planned annotations. Blobs are linked, not copied, where the file system allows it.
 * Throws UserError for platforms that are missing, double or not asked for.
 */
async function merge(bundles, order) {
    const parts = choose(bundles, order.platforms);
    const index = {
        schemaVersion: 2,
        mediaType: oci/* MEDIA */.Rn.index,
        manifests: parts.flatMap(part => entriesOf(part, order.descriptors?.[(0,plan_platform/* platformName */.$r)(part.image.platform)] ?? {})),
        ...(Object.keys(order.annotations).length === 0 ? {} : { annotations: sorted(order.annotations) }),
    };
    await (0,blobs/* startLayout */.vx)(order.directory);
    for (const { bundle, image } of parts) {
        for (const digest of await digestsOf(bundle, image))
            await (0,blobs/* linkBlob */.sm)(bundle.directory, order.directory, digest);
    }
    // The form in which BuildKit writes an index: two spaces, keys in the order of the specification's Go types.
    const bytes = Buffer.from(JSON.stringify(index, undefined, 2));
    const digest = await (0,blobs/* addBlob */.VP)(order.directory, bytes);
    const named = order.indexDescriptor ?? {};
    await (0,blobs/* finishLayout */.W2)(order.directory, {
        mediaType: oci/* MEDIA */.Rn.index,
        digest,
        size: bytes.length,
        ...(Object.keys(named).length === 0 ? {} : { annotations: sorted(named) }),
    });
    return (0,read/* readBundle */.B)(order.directory, { digest, platforms: order.platforms });
}
function choose(bundles, platforms) {
    const all = bundles.flatMap(bundle => bundle.images.map(image => ({ bundle, image })));
    const unasked = all.find(({ image }) => !platforms.some(platform => (0,plan_platform/* samePlatform */.my)(platform, image.platform)));
    if (unasked !== undefined) {
        throw new errors/* UserError */.yo(`the bundle in ${unasked.bundle.directory} holds ${(0,plan_platform/* platformName */.$r)(unasked.image.platform)}, which is not among the platforms`, {
            hint: `Add it to "platforms" (now ${platforms.map(plan_platform/* platformName */.$r).join(', ')}), or leave that bundle out.`,
        });
    }
    return platforms.map((platform, at) => {
        if (platforms.findIndex(other => (0,plan_platform/* samePlatform */.my)(other, platform)) !== at) {
            throw new errors/* UserError */.yo(`${(0,plan_platform/* platformName */.$r)(platform)} is listed twice in "platforms"`, { hint: 'Name each platform once.' });
        }
        const [part, twin] = all.filter(({ image }) => (0,plan_platform/* samePlatform */.my)(image.platform, platform));
        if (part === undefined) {
            throw new errors/* UserError */.yo(`none of the ${bundles.length} bundles holds ${(0,plan_platform/* platformName */.$r)(platform)}`, {
                hint: `They hold ${all.map(({ image }) => (0,plan_platform/* platformName */.$r)(image.platform)).join(', ') || 'nothing'}: build the missing platform, or take it out of "platforms".`,
            });
        }
        if (twin !== undefined) {
            throw new errors/* UserError */.yo(`${(0,plan_platform/* platformName */.$r)(platform)} was built twice: ${part.image.manifest.digest} in ${part.bundle.directory}, ${twin.image.manifest.digest} in ${twin.bundle.directory}`, { hint: 'Each platform must come from one bundle: remove one of them.' });
        }
        return part;
    });
}
function entriesOf({ image }, planned) {
    const attestations = [...image.attestations].sort((a, b) => compare(a.digest, b.digest));
    return [
        descriptorOf(image.manifest, image.manifest.platform ?? image.platform, { ...image.manifest.annotations, ...planned }),
        ...attestations.map(attestation => descriptorOf(attestation, { os: 'unknown', architecture: 'unknown' }, {
            ...attestation.annotations,
            [oci/* REFERENCE_DIGEST */.R7]: image.manifest.digest,
            [oci/* REFERENCE_TYPE */.pz]: oci/* ATTESTATION_MANIFEST */.lL,
        })),
    ];
}
/** Keys in a fixed order, whatever the order was in the bundle. */
function descriptorOf(from, platform, annotations) {
    const features = platform['os.features'];
    return {
        mediaType: from.mediaType,
        digest: from.digest,
        size: from.size,
        ...(annotations === undefined || Object.keys(annotations).length === 0 ? {} : { annotations: sorted(annotations) }),
        platform: {
            architecture: platform.architecture,
            os: platform.os,
            ...(platform['os.version'] === undefined ? {} : { 'os.version': platform['os.version'] }),
            ...(features === undefined ? {} : { 'os.features': features }),
            ...(platform.variant === undefined ? {} : { variant: platform.variant }),
        },
        ...(from.artifactType === undefined ? {} : { artifactType: from.artifactType }),
    };
}
/** Everything that one image and its attestations are made of. */
async function digestsOf(bundle, image) {
    const digests = new Set([image.manifest, image.config, ...image.layers].map(blob => blob.digest));
    for (const attestation of image.attestations) {
        digests.add(attestation.digest);
        const bytes = await (0,blobs/* readSmallBlob */.tp)(bundle.directory, attestation, 'attestation manifest', blobs/* MANIFEST_LIMIT */.MV);
        const { config, layers } = (0,parse/* parseManifest */.Ng)(bytes, `attestation manifest ${attestation.digest}`);
        for (const blob of [config, ...layers])
            digests.add(blob.digest);
    }
    return digests;
}
function sorted(map) {
    return Object.fromEntries(Object.entries(map).sort(([a], [b]) => compare(a, b)));
}
/** By code units: never by the locale of the machine. */
function compare(a, b) {
    return a < b ? -1 : a > b ? 1 : 0;
}

// EXTERNAL MODULE: ./lib/plan/image-annotations.js
var image_annotations = __webpack_require__(8281);
;// CONCATENATED MODULE: ./lib/tools/build-secrets.js
// Build secrets -> what buildx can mount: typed values in private files for the time of one build, variables and files checked before anything runs.



/** BuildKit takes no larger secret (moby/buildkit: 500 KiB); nor is a larger file masked. */
const LARGEST = 500 * 1024;
const INSIDE = 'Nothing was built. ';
/** Puts every secret where buildx finds it; planning has left empty ones out, and looked for what is not there. Throws UserError for a variable that is not set, and for a file that is missing, no file or too large. */
async function placeSecrets(order) {
    const env = {};
    for (const secret of order.secrets) {
        if (secret.from === 'file')
            order.onSecret(await readSecretFile(order, secret.id, secret.file));
        if (secret.from === 'variable')
            env[secret.variable] = readVariable(order, secret.id, secret.variable);
    }
    for (const value of Object.values(env))
        order.onSecret(value);
    const typed = order.secrets.filter(({ from }) => from === 'input');
    if (typed.length === 0)
        return { files: new Map(), env, remove: () => Promise.resolve() };
    const directory = await (0,promises_.mkdtemp)((0,external_node_path_.join)(order.directory, 'secrets-'));
    const remove = () => (0,promises_.rm)(directory, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
    try {
        const files = new Map();
        for (const [at, { id }] of typed.entries()) {
            const value = order.values.get(id);
            if (value === undefined)
                throw new Error(`the secret ${id} was planned, but its value did not come along`);
            order.onSecret(value);
            const file = (0,external_node_path_.join)(directory, String(at));
            await (0,promises_.writeFile)(file, value, { mode: 0o600, flag: 'wx' });
            files.set(id, file);
        }
        return { files, env, remove };
    }
    catch (error) {
        await remove();
        throw error;
    }
}
function readVariable({ env }, id, variable) {
    const value = env[variable];
    if (value !== undefined)
        return value;
    throw new errors/* UserError */.yo(`secret-envs: the secret "${id}" is to come from the variable ${variable}, which is not set`, {
        hint: `${INSIDE}Correct its name, or set it in "env:" of the step.`,
    });
}
async function readSecretFile({ cwd }, id, file) {
    const path = (0,external_node_path_.resolve)(cwd, file);
    const found = await (0,promises_.stat)(path).catch(() => undefined);
    const problem = problemOf(found);
    if (problem === undefined)
        return (0,promises_.readFile)(path, 'utf8');
    throw new errors/* UserError */.yo(`secret-files: the secret "${id}" is to come from ${file}, which ${problem}`, {
        hint: `${INSIDE}Paths are relative to the workspace: was the file written before this step?`,
    });
}
function problemOf(found) {
    if (found === undefined)
        return 'does not exist';
    if (!found.isFile())
        return 'is not a file';
    return found.size > LARGEST ? `is larger than ${LARGEST / 1024} KiB, the most that BuildKit takes` : undefined;
}

// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(7598);
;// CONCATENATED MODULE: ./lib/tools/buildx-inspect.js
// The text of `docker buildx inspect` and `docker buildx version` -> values.
/** `buildx inspect` has no machine-readable form; its keys have been the same since 0.8. */
function parseInspect(text) {
    const [head = '', ...rest] = text.split(/^Nodes:\s*$/m);
    const builder = fieldsOf(head);
    const nodes = rest
        .join('\n')
        .split(/^(?=Name:)/m)
        .map(fieldsOf);
    return {
        name: builder.get('Name') ?? '',
        driver: builder.get('Driver') ?? '',
        nodes: nodes.filter(node => node.has('Name')).map(asNode),
        ...given('error', builder.get('Error')),
    };
}
/** `0.29.1` from `github.com/docker/buildx v0.29.1 a32761a` and the forms that distributions make of it. */
function parseBuildxVersion(text) {
    return /\bv?(\d+\.\d+\.\d+)/.exec(text)?.[1];
}
/** True when `version` is `major.minor` or newer. */
function atLeast(version, major, minor) {
    const [ours = 0, second = 0] = version.split('.').map(Number);
    return ours > major || (ours === major && second >= minor);
}
function asNode(fields) {
    const buildkit = fields.get('BuildKit version') ?? fields.get('Buildkit');
    return {
        name: fields.get('Name') ?? '',
        endpoint: fields.get('Endpoint') ?? '',
        // dockerd built without its version says this.
        ...given('buildkit', buildkit === 'v0.0.0+unknown' ? undefined : buildkit),
        ...given('error', fields.get('Error')),
    };
}
/** `Key:   value` lines at the left margin; indented lines belong to lists. */
function fieldsOf(text) {
    const fields = new Map();
    for (const [, key, value] of text.matchAll(/^([A-Z][^:\n]*):[ \t]*(.*)$/gm)) {
        if (key !== undefined && value?.trim() && !fields.has(key))
            fields.set(key, value.trim());
    }
    return fields;
}
function given(key, value) {
    return (value === undefined ? {} : { [key]: value });
}

// EXTERNAL MODULE: ./lib/tools/command.js
var command = __webpack_require__(6934);
;// CONCATENATED MODULE: ./lib/tools/builder.js
// The builders of this machine -> the one to use, and why: the user's own if it can write an OCI layout, else one that we create.




/** moby/buildkit v0.33.1; the only version that is known to work with everything we ask for. */
const BUILDER_IMAGE = 'moby/buildkit:v0.33.1@sha256:cec9f139f45e93c5c69c60f8b07cfad9f43f4ef6b6a6cd917527fea5ff2e3dea';
const QUESTION = 60_000;
/** Pulling the builder's image included. */
const BOOT = 300_000;
/**
 * Chooses the builder. Throws UserError when docker, buildx or the engine is missing, or a named builder does not exist; ToolError when a
 * builder cannot be created.
 */
async function chooseBuilder(docker, wish) {
    // Asked at once: each question costs the start of two programs. What is missing is told by the first.
    const inspecting = inspect(docker, wish.builder);
    inspecting.catch(() => undefined);
    const buildx = await buildxVersion(docker);
    const found = await inspecting;
    const base = { ...(buildx === undefined ? {} : { buildx }), created: false };
    if (wish.builder !== undefined)
        return { ...base, ...described(found), reason: 'named by the input "builder"' };
    if (found.driver !== 'docker' && found.driver !== '') {
        return { ...base, ...described(found), reason: `the current builder, and its driver (${found.driver}) writes OCI layouts` };
    }
    if (await hasContainerdStore(docker, found)) {
        return {
            ...base,
            ...described(found),
            reason: 'the engine has the containerd image store, so its own builder writes OCI layouts',
        };
    }
    return { ...base, ...(await create(docker, wish.image ?? BUILDER_IMAGE, wish.allow ?? [])) };
}
/** Removes a builder that was created here, its container and its cache. Resolves to what went wrong, if something did. */
async function removeBuilder(docker, name) {
    try {
        const result = await docker(['buildx', 'rm', '--force', name], { timeout: QUESTION });
        return result.exitCode === 0 ? undefined : ((0,command/* tail */.RT)(result.stderr, 1)[0] ?? (0,command/* ending */.K1)(result, QUESTION));
    }
    catch (error) {
        return error instanceof Error ? error.message : String(error);
    }
}
async function buildxVersion(docker) {
    const result = await docker(['buildx', 'version'], { timeout: QUESTION }).catch((error) => {
        if (!(error instanceof errors/* ToolError */.v4))
            throw error;
        throw new errors/* UserError */.yo(error.message, {
            hint: 'Use a runner with Docker (GitHub-hosted ubuntu runners have it), or install Docker with buildx before this step.',
            cause: error,
        });
    });
    if (result.exitCode !== 0) {
        throw new errors/* UserError */.yo(`docker has no usable buildx: ${buildxWords(result)}`, {
            hint: 'Install the buildx plugin (package docker-buildx-plugin), or run docker/setup-buildx-action before this step.',
        });
    }
    const version = parseBuildxVersion(result.stdout);
    if (version !== undefined && !atLeast(version, 0, 13)) {
        throw new errors/* UserError */.yo(`buildx ${version} is too old: 0.13 or newer is needed`, {
            hint: 'Update the package docker-buildx-plugin, or run docker/setup-buildx-action before this step.',
        });
    }
    return version;
}
/** Docker without the plugin says what is missing first, and then how to get help. */
function buildxWords(result) {
    return ((0,command/* tail */.RT)(result.stderr)[0] ?? (0,command/* ending */.K1)(result, QUESTION)).replace(/^(ERROR|docker): /, '');
}
async function inspect(docker, name) {
    const result = await docker(['buildx', 'inspect', ...(name === undefined ? [] : [name])], { timeout: QUESTION });
    if (result.exitCode === 0)
        return parseInspect(result.stdout);
    if (name !== undefined && /no builder/.test(result.stderr)) {
        throw new errors/* UserError */.yo(`There is no builder "${name}", which the input "builder" names`, {
            hint: 'Pass the output "name" of docker/setup-buildx-action, or leave "builder" out. `docker buildx ls` lists what is there.',
        });
    }
    throw new errors/* ToolError */.v4(`docker buildx inspect failed: ${lastWords(result)}`, {
        tool: 'docker buildx inspect',
        tail: (0,command/* tail */.RT)(result.stderr),
        ...(result.exitCode === null ? {} : { exitCode: result.exitCode }),
    });
}
/** Asks the engine behind a docker-driver builder. */
async function hasContainerdStore(docker, builder) {
    const context = builder.nodes[0]?.endpoint ?? 'default';
    const where = context === 'default' ? [] : ['--context', context];
    const result = await docker([...where, 'info', '--format', '{{json .DriverStatus}}'], { timeout: QUESTION });
    if (result.exitCode !== 0) {
        throw new errors/* UserError */.yo(`The Docker engine does not answer: ${lastWords(result)}`, {
            hint: 'Start Docker before this step (GitHub-hosted ubuntu runners have it running), or name a remote builder with "builder".',
        });
    }
    return result.stdout.includes('io.containerd.snapshotter');
}
async function create(docker, image, allow) {
    const name = `seaworthy-${(0,external_node_crypto_.randomBytes)(4).toString('hex')}`;
    const driver = 'docker-container';
    const options = ['--name', name, '--driver', driver, '--driver-opt', `image=${image}`, ...entitlementFlags(allow)];
    const made = await docker(['buildx', 'create', ...options], { timeout: QUESTION });
    if (made.exitCode !== 0)
        throw notCreated(made, image);
    const booted = await docker(['buildx', 'inspect', '--bootstrap', name], { timeout: BOOT }).catch(async (error) => {
        await removeBuilder(docker, name);
        throw error;
    });
    const found = parseInspect(booted.stdout);
    const problem = found.error ?? found.nodes[0]?.error;
    if (booted.exitCode !== 0 || problem !== undefined) {
        await removeBuilder(docker, name);
        throw notCreated(booted, image, problem);
    }
    const { buildkit } = described(found);
    return {
        name,
        driver,
        nodes: 1,
        created: true,
        reason: `created from ${image}, because the engine's classic image store cannot write OCI layouts`,
        ...(buildkit === undefined ? {} : { buildkit }),
    };
}
/** A builder of our own grants what the build asks for; buildx itself grants network.host when no flags are given. */
function entitlementFlags(allow) {
    const granted = [...new Set(allow.map(entitlement => entitlement.split('=')[0] ?? ''))];
    if (granted.every(entitlement => entitlement === 'network.host'))
        return [];
    const flags = [...new Set(['network.host', ...granted])].map(entitlement => `--allow-insecure-entitlement=${entitlement}`);
    return ['--buildkitd-flags', flags.join(' ')];
}
function notCreated(result, image, problem) {
    return new errors/* ToolError */.v4(`A builder from ${image} could not be started: ${problem ?? lastWords(result)}`, {
        tool: 'docker buildx create',
        tail: (0,command/* tail */.RT)(result.stderr),
        hint: 'If that image cannot be pulled here, name a mirror with "builder-image"; or turn on the containerd image store of the engine, or bring a builder (docker/setup-buildx-action).',
        ...(result.exitCode === null ? {} : { exitCode: result.exitCode }),
    });
}
function described(found) {
    const buildkit = found.nodes.find(node => node.buildkit !== undefined)?.buildkit;
    return {
        name: found.name,
        driver: found.driver,
        nodes: Math.max(1, found.nodes.length),
        ...(buildkit === undefined ? {} : { buildkit }),
    };
}
/** The line that says most: the last error, else the last line of standard error, else of standard output. */
function lastWords(result) {
    const errors = (0,command/* tail */.RT)(result.stderr);
    const line = errors.findLast(text => /^ERROR: /.test(text)) ?? errors.at(-1) ?? (0,command/* tail */.RT)(result.stdout, 1)[0];
    return (line ?? (0,command/* ending */.K1)(result, QUESTION)).replace(/^(ERROR|docker): /, '');
}

// EXTERNAL MODULE: ./lib/plan/join-fields.js
var join_fields = __webpack_require__(7645);
;// CONCATENATED MODULE: ./lib/tools/buildx-args.js
// A build order -> the arguments of `docker buildx build`. Pure; the values of secrets never come here.


/** Arguments after `docker`. */
function buildArgs(order, place) {
    return [
        'buildx',
        'build',
        ...flag('--builder', place.builder),
        ...flag('--platform', order.platforms.map(plan_platform/* platformName */.$r).join(',')),
        ...flags('--tag', order.names),
        ...flags('--label', pairs(order.labels)),
        ...flags('--annotation', order.annotations.map(({ level, key, value }) => `${level}:${key}=${value}`)),
        ...flag('--file', order.file),
        ...flag('--target', order.target),
        ...flags('--build-arg', order.buildArgs),
        ...flags('--build-context', order.buildContexts),
        ...runArgs(order),
        ...flags('--secret', secrets(order, place)),
        ...flags('--ssh', order.ssh),
        ...attestArgs(order),
        ...flags('--cache-from', order.cacheFrom),
        ...flags('--cache-to', order.cacheTo),
        ...flags('--no-cache-filter', order.noCacheFilters),
        ...(order.noCache ? ['--no-cache'] : []),
        ...(order.pull ? ['--pull'] : []),
        ...flag('--output', (0,join_fields/* joinFields */.K)(['type=oci', `dest=${place.layout}`, 'tar=false'])),
        ...flag('--metadata-file', place.metadataFile),
        ...flag('--progress', 'rawjson'),
        // A context may begin with a dash.
        '--',
        order.context,
    ];
}
/** How RUN steps are run. */
function runArgs(order) {
    return [
        ...flags('--add-host', order.addHosts),
        ...flags('--allow', order.allow),
        ...flag('--network', order.network),
        ...flag('--cgroup-parent', order.cgroupParent),
        ...flag('--shm-size', order.shmSize),
        ...flags('--ulimit', order.ulimit),
    ];
}
/** Provenance is always said: buildx has a default of its own. */
function attestArgs({ provenance, sbom }) {
    return [`--provenance=${provenanceValue(provenance)}`, ...(sbom === 'false' ? [] : [`--sbom=${sbom}`])];
}
/** Where buildx finds each secret: never what it is. */
function secrets(order, { secretFiles }) {
    return order.secrets.flatMap(secret => {
        if (secret.from === 'variable')
            return [(0,join_fields/* joinFields */.K)([`id=${secret.id}`, `env=${secret.variable}`])];
        const file = secret.from === 'file' ? secret.file : secretFiles?.get(secret.id);
        return file === undefined ? [] : [(0,join_fields/* joinFields */.K)([`id=${secret.id}`, `src=${file}`])];
    });
}
/** `max` and `min` alone are what people write; buildx wants `mode=max`. */
function provenanceValue(value) {
    return value === 'max' || value === 'min' ? `mode=${value}` : value;
}
function flag(name, value) {
    return value === undefined ? [] : [name, value];
}
function flags(name, values) {
    return values.flatMap(value => [name, value]);
}
function pairs(map) {
    return Object.entries(map).map(([key, value]) => `${key}=${value}`);
}

// EXTERNAL MODULE: ./lib/tools/buildx-env.js
var buildx_env = __webpack_require__(6345);
;// CONCATENATED MODULE: ./lib/tools/buildx-errors.js
// A failed `docker buildx build` -> one line that says where and why, the Dockerfile lines, the step's last words, and what to do.



/** First match wins; what is matched is all that buildx and the failed step said. */
const HINTS = [
    [/exec format error/, (order, platform) => foreignPlatform(platform ?? order.platforms.map(plan_platform/* platformName */.$r).join(' or '))],
    [
        /OCI exporter is not supported for the docker driver/,
        () => 'This engine keeps images in its classic store. Leave "builder" out (a BuildKit builder is then created), or turn on the containerd image store.',
    ],
    [
        /no space left on device/i,
        () => 'The disk is full: free space before this step (docker system prune, unused toolchains of the runner), or build on a larger runner.',
    ],
    [
        /failed to read dockerfile|no such file or directory.*dockerfile/i,
        order => `Check "file" (${order.file ?? 'Dockerfile in the context'}) and "context" (${order.context}): was the repository checked out before this step?`,
    ],
    [/unable to prepare context/, order => `Check "context" (${order.context}): was the repository checked out before this step?`],
    [
        /target stage ".*" could not be found/,
        order => `Check "target" (${order.target ?? ''}): the Dockerfile has no stage of that name.`,
    ],
    [
        /granting entitlement .* is not allowed by build daemon/,
        () => 'The builder does not grant what "allow" asks for: name one that does (docker/setup-buildx-action, buildkitd-flags), or do without it.',
    ],
    [
        /(network\.host|security\.insecure) is not allowed/,
        () => 'A RUN step asks for an entitlement: name it in "allow" (network.host, security.insecure).',
    ],
    [
        /empty ssh agent socket/,
        () => 'There is no SSH agent: start one before this step (SSH_AUTH_SOCK), or give a key as ssh: default=PATH.',
    ],
    [
        /failed to resolve source metadata for \S*buildkit-syft-scanner/,
        () => 'The SBOM scanner of BuildKit cannot be pulled: name a copy of it as sbom: generator=IMAGE, or leave "sbom" out.',
    ],
    [
        /toomanyrequests|429 Too Many Requests/i,
        () => 'The registry limits how often images are pulled: log in before this step, or use a mirror.',
    ],
    [
        /pull access denied|401 Unauthorized|403 Forbidden|insufficient_scope|authorization failed/i,
        () => 'The registry refused the base image: check its name, and log in before this step if it is private.',
    ],
    [
        /no such host|connection refused|i\/o timeout|TLS handshake timeout/i,
        () => 'A server could not be reached: check the name, the network and the proxy of the builder.',
    ],
    [
        /failed to resolve source metadata.*not found/,
        () => 'The base image does not exist for this name or platform: check the FROM line.',
    ],
    [/Cannot connect to the Docker daemon/, () => 'The Docker engine ended during the build: look at its log.'],
];
const NAME_SHOWN = 80;
/** The error of a build that ended with another exit code than 0. */
function buildFailure(result, progress, order) {
    const said = progress.said();
    const step = progress.failed();
    const cause = causeOf(said) ?? step?.error ?? (0,command/* ending */.K1)(result);
    const place = said.find(line => /^\S+:\d+$/.test(line));
    const tail = [...(step === undefined ? [] : stepLines(step)), ...said];
    const hint = hintFor([...tail, cause].join('\n'), order, step);
    return new errors/* ToolError */.v4(`The build failed${where(step, place)}: ${cause}`, {
        tool: 'docker buildx build',
        ...(result.exitCode === null ? {} : { exitCode: result.exitCode }),
        tail,
        ...(hint === undefined ? {} : { hint }),
    });
}
/** What to do when a builder cannot run code of a platform. */
function foreignPlatform(platform) {
    return (`The builder cannot run programs of ${platform}. Ways out: a native runner for it (one job a platform), a builder with a remote node of that platform, ` +
        'or cross-compilation (FROM --platform=$BUILDPLATFORM in the stage that runs commands). docker/setup-qemu-action before this step emulates it, slowly.');
}
function hintFor(text, order, step) {
    const platform = /^\[([a-z]+\/[\w/]+) /.exec(step?.name ?? '')?.[1];
    const found = HINTS.find(([pattern]) => pattern.test(text));
    return found?.[1](order, platform);
}
/** ` at Dockerfile:3, [2/2] RUN make`: the name is cut, the details have it whole. */
function where(step, place) {
    const name = step === undefined || step.name.length <= NAME_SHOWN ? step?.name : `${step.name.slice(0, NAME_SHOWN)}…`;
    const parts = [place, name].filter(part => part !== undefined);
    return parts.length === 0 ? '' : ` at ${parts.join(', ')}`;
}
/** The last `ERROR:` line without the wrappings that every build error has, and without the command that the step's name repeats. */
function causeOf(said) {
    const line = said.findLast(text => text.startsWith('ERROR: '));
    return line
        ?.replace(/^ERROR: /, '')
        .replace(/^(failed to build: |failed to solve: )+/, '')
        .replace(/^process ".*" did not complete successfully: exit code: (\d+)$/, 'the command ended with exit code $1');
}
function stepLines(step) {
    const lines = step.log.slice(-20);
    return lines.length === 0 ? [] : [`> ${step.name}:`, ...lines, ''];
}

;// CONCATENATED MODULE: ./lib/tools/buildx-progress.js
// buildx's `--progress rawjson` lines -> lines that a person reads while it runs, and the steps with their times.
const LOG_KEPT = 40;
/** Seconds; faster steps end without a word. */
const WORTH_SAYING = 0.05;
/** Shared layers are written by one platform while the other finds them locked; BuildKit tries again and says so in capitals. */
const HARMLESS = /\(\*service\)\.Write failed: .*(unavailable|locked)/i;
const CANCELLED = /context canceled/;
/** `prefix` tells builds apart that run side by side. */
function readProgress(onLine, prefix = '') {
    const screen = { vertexes: new Map(), started: [], onLine, prefix };
    const said = [];
    return {
        read(line) {
            const update = buildx_progress_parse(line);
            if (update === undefined) {
                if (line.trim() === '' || HARMLESS.test(line))
                    return;
                said.push(line);
                onLine(prefix + line);
                return;
            }
            for (const vertex of list(update['vertexes']))
                onVertex(screen, vertex);
            for (const log of list(update['logs']))
                onLog(screen, log);
            for (const warning of list(update['warnings']))
                onWarning(screen, warning);
        },
        steps: () => screen.started.filter(isStep).map(asStep),
        failed: () => failedOf(screen.started),
        said: () => said,
    };
}
function onVertex(screen, update) {
    const vertex = vertexOf(screen, buildx_progress_text(update['digest']), buildx_progress_text(update['name']));
    const started = time(update['started']);
    if (started === undefined)
        return;
    const completed = time(update['completed']);
    const error = buildx_progress_text(update['error']);
    vertex.runs.set(started, completed);
    if (update['cached'] === true)
        vertex.cached = true;
    if (error !== '')
        vertex.error ??= error;
    if (vertex.number === 0) {
        vertex.number = screen.started.push(vertex);
        say(screen, vertex, vertex.name);
    }
    if (completed === undefined)
        return;
    if (vertex.partial !== '')
        output(screen, vertex, vertex.partial);
    vertex.partial = '';
    const end = ending(vertex, error);
    if (end !== undefined)
        say(screen, vertex, end);
    vertex.ended = true;
}
function ending(vertex, error) {
    if (error !== '')
        return CANCELLED.test(error) ? 'CANCELED' : `ERROR: ${error}`;
    if (vertex.cached)
        return vertex.ended ? undefined : 'CACHED';
    const seconds = secondsOf(vertex);
    return seconds >= WORTH_SAYING ? `DONE ${seconds.toFixed(1)}s` : undefined;
}
function onLog(screen, update) {
    const vertex = vertexOf(screen, buildx_progress_text(update['vertex']), '');
    const parts = (vertex.partial + decode(update['data'])).split(/\r?\n/);
    vertex.partial = parts.pop() ?? '';
    for (const part of parts)
        output(screen, vertex, part, time(update['timestamp']));
}
function output(screen, vertex, line, at) {
    // A progress bar redraws one line: its last state is what it says.
    const shown = line.slice(line.lastIndexOf('\r') + 1);
    vertex.log.push(shown);
    if (vertex.log.length > LOG_KEPT)
        vertex.log.shift();
    const start = vertex.runs.size === 0 ? at : Math.min(...vertex.runs.keys());
    const since = at === undefined || start === undefined ? 0 : Math.max(0, at - start) / 1000;
    say(screen, vertex, `${since.toFixed(3)} ${shown}`);
}
function onWarning(screen, update) {
    const short = decode(update['short']);
    if (short !== '')
        screen.onLine(`${screen.prefix}WARN: ${short}`);
}
function say(screen, vertex, line) {
    screen.onLine(`${screen.prefix}#${vertex.number} ${line}`);
}
function vertexOf(screen, digest, name) {
    const found = screen.vertexes.get(digest);
    if (found !== undefined)
        return found;
    const vertex = {
        number: 0,
        name,
        runs: new Map(),
        cached: false,
        ended: false,
        error: undefined,
        partial: '',
        log: [],
    };
    screen.vertexes.set(digest, vertex);
    return vertex;
}
function isStep(vertex) {
    return !/^\[(internal|auth)\]/.test(vertex.name);
}
function asStep(vertex) {
    return { name: vertex.name, cached: vertex.cached, seconds: Math.round(secondsOf(vertex) * 1000) / 1000 };
}
function failedOf(vertexes) {
    const vertex = vertexes.find(({ error }) => error !== undefined && !CANCELLED.test(error));
    return vertex?.error === undefined ? undefined : { name: vertex.name, error: vertex.error, log: vertex.log };
}
/** A status object of BuildKit, or undefined for a line of plain text. */
function buildx_progress_parse(line) {
    if (!line.startsWith('{'))
        return undefined;
    try {
        const value = JSON.parse(line);
        return isObject(value) && ['vertexes', 'statuses', 'logs', 'warnings'].some(key => key in value) ? value : undefined;
    }
    catch {
        return undefined;
    }
}
function secondsOf(vertex) {
    return [...vertex.runs].reduce((sum, [started, completed]) => sum + Math.max(0, (completed ?? started) - started), 0) / 1000;
}
function list(value) {
    return Array.isArray(value) ? value.filter(isObject) : [];
}
function isObject(value) {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}
function buildx_progress_text(value) {
    return typeof value === 'string' ? value : '';
}
function decode(value) {
    return Buffer.from(buildx_progress_text(value), 'base64').toString('utf8');
}
/** Milliseconds. */
function time(value) {
    const at = Date.parse(buildx_progress_text(value));
    return Number.isNaN(at) ? undefined : at;
}

;// CONCATENATED MODULE: ./lib/tools/buildx.js
// Builder, made of `docker buildx build`: an order -> an OCI layout in a fresh directory.













/** A Builder on top of the installed docker and buildx. The builder is chosen at the first build and kept until close(). */
function createBuilder(options) {
    const base = options.cwd === undefined ? {} : { cwd: options.cwd };
    const ask = (signal) => {
        const env = (0,buildx_env/* dockerEnvironment */.O9)(options.env);
        return (args, { timeout }) => options.run('docker', args, { ...base, env, timeout, ...(signal && { signal }) });
    };
    let chosen;
    const choose = async (order) => {
        const { builder, builderImage: image, allow } = order;
        chosen ??= chooseBuilder(ask(options.signal), { ...(builder && { builder }), ...(image && { image }), allow });
        return chosen.catch((error) => {
            chosen = undefined;
            throwIfCancelled(options.signal);
            throw error;
        });
    };
    return {
        async build(order) {
            const started = performance.now();
            throwIfCancelled(options.signal);
            const secrets = await placeSecrets(secretOrder(options, order));
            const { leg, builder } = await choose(order)
                .then(async (builder) => ({ builder, leg: await buildOn(options, builder, order, secrets) }))
                .finally(secrets.remove);
            const { name, driver, reason, nodes, buildkit, buildx } = builder;
            const facts = {
                builder: { name, driver, reason, nodes, ...(buildkit && { buildkit }), ...(buildx && { buildx }) },
                metadataDigest: leg.digest,
                steps: leg.steps,
                seconds: (performance.now() - started) / 1000,
            };
            return { layout: leg.layout, facts };
        },
        async close() {
            const builder = await chosen?.catch(() => undefined);
            chosen = undefined;
            if (builder?.created !== true)
                return;
            // Not with the run's signal: a cancelled run must clean up as well.
            const problem = await removeBuilder(ask(), builder.name);
            if (problem !== undefined)
                options.onLine(`the builder ${builder.name} could not be removed: ${problem}`);
        },
    };
}
function secretOrder(options, { secrets }) {
    return {
        secrets,
        values: options.secrets ?? new Map(),
        env: options.env,
        directory: options.directory,
        cwd: options.cwd ?? '.',
        onSecret: value => options.onSecret?.(value),
    };
}
async function buildOn(options, builder, order, secrets) {
    options.onLine(`builder ${builder.name} (${builder.driver}): ${builder.reason}`);
    const problem = (0,buildx_env/* actionsCacheProblem */.x0)(options.env, order);
    if (problem !== undefined)
        options.onLine(problem);
    const directory = await (0,promises_.mkdtemp)((0,external_node_path_.join)(options.directory, 'build-'));
    const work = { options, builder, order, directory, secrets };
    return builder.nodes > 1 && order.platforms.length > 1 ? buildSplit(work) : buildLeg(work);
}
/** A builder with several nodes cannot write a layout (knowledge: buildx refuses), so each platform is built alone and the results are merged. */
async function buildSplit(work) {
    const { options, order, directory } = work;
    const stop = new AbortController();
    const signal = options.signal === undefined ? stop.signal : AbortSignal.any([options.signal, stop.signal]);
    const legs = order.platforms.map(async (platform) => {
        const name = (0,plan_platform/* platformName */.$r)(platform);
        const place = (0,external_node_path_.join)(directory, (0,plan_platform/* platformSlug */.DN)(platform));
        try {
            const leg = { ...work, options: { ...options, signal }, order: aloneOn(platform, order), directory: place };
            return await buildLeg(leg, `[${name}] `);
        }
        catch (error) {
            stop.abort();
            throw error;
        }
    });
    const outcomes = await Promise.allSettled(legs);
    throwIfCancelled(options.signal);
    // The leg that failed by itself, not one that was stopped because of it.
    const failed = outcomes.filter(outcome => outcome.status === 'rejected').map(outcome => outcome.reason);
    if (failed.length > 0)
        throw failed.find(error => !(error instanceof errors/* Cancelled */.cJ)) ?? failed[0];
    const built = await Promise.all(legs);
    const bundles = await Promise.all(built.map(leg => (0,read/* readBundle */.B)(leg.layout, { digest: leg.digest })));
    const names = order.platforms.map(plan_platform/* platformName */.$r);
    const merged = await merge(bundles, {
        platforms: order.platforms,
        annotations: (0,image_annotations/* annotationsAt */.wv)(order.annotations, 'index'),
        descriptors: Object.fromEntries(names.map(name => [name, (0,image_annotations/* annotationsAt */.wv)(order.annotations, 'manifest-descriptor', name)])),
        indexDescriptor: (0,image_annotations/* annotationsAt */.wv)(order.annotations, 'index-descriptor'),
        directory: (0,external_node_path_.join)(directory, 'merged'),
    });
    return { layout: merged.directory, digest: merged.root.digest, steps: built.flatMap(leg => leg.steps) };
}
/** The index and its entries are ours here, and so are their annotations; a manifest gets its own. */
function aloneOn(platform, order) {
    const own = (0,image_annotations/* annotationsAt */.wv)(order.annotations, 'manifest', (0,plan_platform/* platformName */.$r)(platform));
    const annotations = Object.entries(own).map(([key, value]) => ({ level: 'manifest', key, value }));
    return { ...order, platforms: [platform], annotations };
}
async function buildLeg({ options, builder, order, directory, secrets }, prefix = '') {
    const layout = (0,external_node_path_.join)(directory, 'layout');
    const metadataFile = (0,external_node_path_.join)(directory, 'metadata.json');
    await (0,promises_.mkdir)(directory, { recursive: true });
    throwIfCancelled(options.signal);
    const progress = readProgress(options.onLine, prefix);
    const place = { builder: builder.name, layout, metadataFile, secretFiles: secrets.files };
    const result = await options.run('docker', buildArgs(order, place), {
        env: (0,buildx_env/* buildEnvironment */.AF)(options.env, order, secrets.env),
        onStderr: progress.read,
        ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
        ...(options.signal && { signal: options.signal }),
        ...(options.onStart && { onStart: options.onStart }),
    });
    throwIfCancelled(options.signal);
    if (result.exitCode !== 0)
        throw buildFailure(result, progress, order);
    const platforms = order.platforms.map(plan_platform/* platformName */.$r).join(', ');
    const steps = progress.steps().map(step => (prefix === '' ? step : { ...step, name: prefix + step.name }));
    return { layout, digest: await metadataDigest(metadataFile, platforms), steps };
}
async function metadataDigest(file, platforms) {
    try {
        const metadata = JSON.parse(await (0,promises_.readFile)(file, 'utf8'));
        const digest = metadata?.['containerimage.digest'];
        if (typeof digest === 'string')
            return digest;
    }
    catch (error) {
        throw new errors/* ToolError */.v4(`buildx ended well, but left no readable metadata file for ${platforms}`, {
            tool: 'docker buildx build',
            cause: error,
        });
    }
    throw new errors/* ToolError */.v4(`buildx ended well, but its metadata file names no image digest for ${platforms}`, {
        tool: 'docker buildx build',
    });
}
function throwIfCancelled(signal) {
    if (signal?.aborted === true)
        throw new errors/* Cancelled */.cJ('The build was cancelled.');
}

;// CONCATENATED MODULE: ./lib/tools/registry/reference.js
// `ghcr.io/acme/app` -> where its registry answers and how the repository is called there.

const NAME = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const HUB_NAMES = ['docker.io', 'index.docker.io', 'registry-1.docker.io', 'registry.hub.docker.com'];
/** Splits an image name (no tag, no digest) as Docker does: the first part is a registry when it has a dot, a colon or is `localhost`. */
function parseRepository(image) {
    const slash = image.indexOf('/');
    const first = slash === -1 ? '' : image.slice(0, slash);
    const named = first === 'localhost' || /[.:]/.test(first);
    const registry = registryKey(named ? first : 'docker.io');
    const path = named ? image.slice(slash + 1) : image;
    if (!NAME.test(path) || path.length > 255)
        throw new errors/* UserError */.yo(`"${image}" is not the name of a repository`, {
            hint: 'Write it in lower case, without tag or digest, for example ghcr.io/acme/app.',
        });
    if (registry !== 'docker.io')
        return { image, registry, host: registry, name: path };
    return { image, registry, host: 'registry-1.docker.io', name: path.includes('/') ? path : `library/${path}` };
}
/** One name for one registry, however it was written in an input or in docker's config.json: `https://index.docker.io/v1/` -> `docker.io`. */
function registryKey(written) {
    const host = written
        .trim()
        .replace(/^https?:\/\//i, '')
        .replace(/\/.*$/, '')
        .toLowerCase();
    return HUB_NAMES.includes(host) ? 'docker.io' : host;
}
/** True for hosts of this very machine: the only ones that may be spoken to without TLS. */
function isLoopback(host) {
    const name = host.replace(/:\d+$/, '').toLowerCase();
    return name === 'localhost' || name.endsWith('.localhost') || name === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(name);
}

;// CONCATENATED MODULE: ./lib/tools/cosign-args.js
// A signing job -> the argument arrays of cosign (never with a secret in them), and the line that a consumer copies.

/** Seconds for one call of cosign. */
const CALL_SECONDS = 150;
/** `image@digest`; throws for anything else: cosign itself would sign whatever a tag points to by then. */
function referenceOf({ image, digest }) {
    parseRepository(image);
    if (!/^sha256:[0-9a-f]{64}$/.test(digest))
        throw new Error(`only digests are signed, not ${JSON.stringify(digest)}`);
    return `${image}@${digest}`;
}
/** `cosign sign`; `key` is a reference, undefined for keyless. */
function signArgs(subject, key, trust, annotations) {
    return [
        'sign',
        // The traffic is logged to stderr, which nobody sees: it tells an outage from a refusal.
        '--verbose',
        `--timeout=${CALL_SECONDS}s`,
        '--yes',
        // An inherited SIGSTORE_ID_TOKEN must not change the identity.
        ...(key === undefined ? ['--oidc-provider=github-actions'] : [`--key=${key}`]),
        ...(trust.signingConfig === undefined ? [] : [`--signing-config=${trust.signingConfig}`]),
        ...(trust.trustedRoot === undefined ? [] : [`--trusted-root=${trust.trustedRoot}`]),
        ...httpArgs(subject),
        ...annotationArgs(annotations),
        referenceOf(subject),
    ];
}
/** `cosign verify`, JSON on stdout. */
function verifyArgs(subject, verifier, trust, annotations) {
    return [
        'verify',
        '--verbose',
        `--timeout=${CALL_SECONDS}s`,
        '--output=json',
        ...verifierArgs(verifier),
        ...(trust.trustedRoot === undefined ? [] : [`--trusted-root=${trust.trustedRoot}`]),
        ...logArgs(trust),
        ...httpArgs(subject),
        ...annotationArgs(annotations),
        referenceOf(subject),
    ];
}
/** Plain http only to this very machine; cosign still tries TLS first. */
function httpArgs({ image }) {
    return isLoopback(parseRepository(image).host) ? ['--allow-http-registry'] : [];
}
function verifierArgs(verifier) {
    if (verifier.method === 'key')
        return [`--key=${verifier.publicKey}`];
    const { rule, trigger } = verifier;
    return [
        'exact' in rule.subject
            ? `--certificate-identity=${rule.subject.exact}`
            : `--certificate-identity-regexp=${rule.subject.pattern}`,
        `--certificate-oidc-issuer=${rule.issuer}`,
        `--certificate-github-workflow-repository=${rule.repository}`,
        ...(rule.commit === undefined ? [] : [`--certificate-github-workflow-sha=${rule.commit}`]),
        ...(trigger === undefined ? [] : [`--certificate-github-workflow-trigger=${trigger}`]),
    ];
}
function logArgs(trust) {
    if (trust.log)
        return [];
    return [...(trust.timestamps ? ['--use-signed-timestamps'] : []), '--insecure-ignore-tlog'];
}
/** cosign reads the value as a line of CSV, and then refuses a second equals sign. */
function annotationArgs(annotations) {
    return Object.entries(annotations).map(([key, value]) => {
        if (key === '' || /[=\s]/.test(key) || /[=\r\n]/.test(value))
            throw new Error(`not an annotation: ${JSON.stringify([key, value])}`);
        const field = `${key}=${value}`;
        return `--annotations=${/[",]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field}`;
    });
}
/** What a consumer types to verify: `publicKey` is a file name or a KMS reference. */
function consumerLine(subject, verifier, trust) {
    const words = [
        'cosign verify',
        ...verifierArgs(verifier).map(splitFlag),
        ...(trust.shownTrustedRoot === undefined ? [] : [splitFlag(`--trusted-root=${trust.shownTrustedRoot}`)]),
        ...logArgs(trust),
        shellWord(referenceOf(subject)),
    ];
    return words.join(' ');
}
/** `--flag value`, as people write it. */
function splitFlag(argument) {
    const equals = argument.indexOf('=');
    return `${argument.slice(0, equals)} ${shellWord(argument.slice(equals + 1))}`;
}
function shellWord(word) {
    return /^[\w@%+:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw `'\''`)}'`;
}

;// CONCATENATED MODULE: ./lib/tools/cosign-env.js
// The step's environment -> the little of it that cosign may see.



/** Proxies, certificate stores, and the Sigstore instance when it comes over TUF. */
const PASSED = /^(https?_proxy|no_proxy|all_proxy|HTTPS?_PROXY|NO_PROXY|ALL_PROXY|SSL_CERT_FILE|SSL_CERT_DIR|TUF_MIRROR|TUF_ROOT_JSON|TUF_ROOT|TMPDIR)$/;
/** Where Go looks for certificates on Linux, in its order. */
const SYSTEM_CERTIFICATES = [
    '/etc/ssl/certs/ca-certificates.crt',
    '/etc/pki/tls/certs/ca-bundle.crt',
    '/etc/ssl/ca-bundle.pem',
    '/etc/pki/tls/cacert.pem',
    '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
    '/etc/ssl/cert.pem',
];
/** The environment of every cosign call: its own home, our docker config, no credential helper, no PATH, no token. */
async function cosignEnvironment(env, own) {
    const kept = { HOME: own.home, DOCKER_CONFIG: own.dockerConfig };
    for (const [name, value] of Object.entries(env))
        if (value !== undefined && PASSED.test(name))
            kept[name] = value;
    // A key service needs the user's HOME; what cosign itself keeps stays in ours.
    kept['TUF_ROOT'] ??= (0,external_node_path_.join)(own.home, 'tuf');
    const extra = env['NODE_EXTRA_CA_CERTS'];
    if (extra !== undefined && extra !== '' && kept['SSL_CERT_FILE'] === undefined)
        kept['SSL_CERT_FILE'] = await joinCertificates(extra, (0,external_node_path_.join)(own.home, 'certificates.pem'));
    return kept;
}
/** The two variables of the token service: for keyless signing only, and for nothing else. */
function tokenEnvironment(env) {
    const { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: token } = env;
    return {
        ...(url !== undefined && { ACTIONS_ID_TOKEN_REQUEST_URL: url }),
        ...(token !== undefined && { ACTIONS_ID_TOKEN_REQUEST_TOKEN: token }),
    };
}
/** Node adds its extra certificates to the system's, Go's SSL_CERT_FILE replaces them: so both go into one file. */
async function joinCertificates(extra, target) {
    let own;
    try {
        own = await (0,promises_.readFile)(extra, 'utf8');
    }
    catch (error) {
        throw new errors/* UserError */.yo(`NODE_EXTRA_CA_CERTS names ${extra}, which cannot be read`, {
            hint: 'Name a readable file of certificates in PEM form.',
            cause: error,
        });
    }
    let system = '';
    for (const file of SYSTEM_CERTIFICATES) {
        system = await (0,promises_.readFile)(file, 'utf8').catch(() => '');
        if (system !== '')
            break;
    }
    await (0,promises_.writeFile)(target, `${system}\n${own}`, { mode: 0o600 });
    return target;
}

// EXTERNAL MODULE: ./node_modules/semver/index.js
var semver = __webpack_require__(2088);
;// CONCATENATED MODULE: ./lib/tools/cosign-log.js
// cosign's stderr with the log of its HTTP traffic -> its last words, and how the registry answered.
/** The last error that cosign printed, on one line; it prints everything twice, and some of it over several lines. */
function cosignMessage(stderr) {
    const lines = quietLines(stderr);
    const start = lines.findLastIndex(line => line.startsWith(LAST_WORDS));
    const own = start === -1 ? lines.slice(-1) : lines.slice(start);
    const text = own
        .join('; ')
        .replace(LAST_WORDS, '')
        .replace(/^signing \[[^\]]*\]: /, '')
        // The first try of cosign on loopback is always TLS: noise.
        .replace(/Get "https:[^"]*": http: server gave HTTP response to HTTPS client; /, '')
        .trim();
    return text;
}
/** One line that fits on a screen. */
function shortened(text) {
    return text.length > 400 ? `${text.slice(0, 400)}...` : text;
}
const LAST_WORDS = 'error during command execution: ';
/** stderr without the log of HTTP traffic (`-d`): what is left is meant for people. */
function quietLines(stderr) {
    const kept = [];
    let traffic = false;
    for (const line of stderr.split('\n')) {
        if (/^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d /.test(line))
            traffic = true;
        else if (/^(Error: |error during |WARNING: |main\.go:)/.test(line))
            traffic = false;
        if (!traffic && line.trim() !== '')
            kept.push(line.trimEnd());
    }
    return kept;
}
/** All answers in the order of arrival. */
function answersOf(stderr) {
    const found = [];
    for (const line of stderr.split('\n')) {
        const [, said, url] = /^\S+ \S+ <-- (.+?) (https?:\/\/\S+) \([^)]*\)( \[body redacted.*\])?$/.exec(line) ?? [];
        if (said === undefined || url === undefined)
            continue;
        found.push({ status: /^\d{3}$/.test(said) ? Number(said) : said.replace(/ [A-Z]+$/, ''), url: url.replace(/\?.*$/, '') });
    }
    return found;
}
/** The first address whose last answer says neither "here it is" nor "not here"; undefined when the registry answered everything. */
function doubtfulAnswer(stderr) {
    const last = new Map(answersOf(stderr).map(answer => [answer.url, answer.status]));
    for (const [url, status] of last) {
        // The ping is a challenge by design, and is tried with TLS first everywhere.
        if (url.endsWith('/v2/'))
            continue;
        if (typeof status === 'number' && (status < 400 || status === 404))
            continue;
        // Registries without the referrers API may say so in these ways, and cosign then takes the tag.
        if (/\/referrers\/sha256:/.test(url) && (status === 400 || status === 406))
            continue;
        return { text: `${url} answered ${status}`, refused: typeof status === 'number' && !isOutage(status) };
    }
    return undefined;
}
/** Worth another try later: too many requests, a server's own trouble, a broken connection. */
function isOutage(status) {
    return typeof status === 'string' || status === 408 || status === 429 || status >= 500;
}
/** Takes known secrets and everything that looks like a token out of a text. */
function redact(text, secrets) {
    let clean = text;
    for (const secret of secrets)
        if (secret.length >= 4)
            clean = clean.replaceAll(secret, '***');
    return clean.replaceAll(/eyJ[\w-]{10,}(\.[\w-]*){0,2}/g, '***');
}

;// CONCATENATED MODULE: ./lib/tools/cosign-output.js
// What cosign said -> a verdict about a signature, an outage worth another try, or one line for the user with a way out.



/** Predicate of a cosign signature in a bundle, and the type that signatures had before bundles. Everything else on an image is an attestation. */
const SIGNATURE_TYPES = ['https://sigstore.dev/cosign/sign/v1', 'cosign container image signature'];
/** Judges a run of `cosign -d verify --output json`: exit code first, then the JSON, and the answers of the registry before a "no". */
function readVerification(result, expected, options) {
    if (result.exitCode === 0)
        return readEntries(result, expected);
    const message = cosignMessage(result.stderr);
    if (!saysNoMatch(result.exitCode, message))
        return { kind: 'unknown', ...readFailure('verify', result, options) };
    // A lookup that fails (401, 5xx) makes cosign look for the old .sig tag instead, silently: its "no" counts only when the registry answered.
    const doubt = doubtfulAnswer(result.stderr);
    if (doubt === undefined)
        return { kind: 'none', reason: message };
    return {
        kind: 'unknown',
        failure: new errors/* ToolError */.v4(`cosign could not look for signatures: ${doubt.text}`, {
            tool: 'cosign',
            ...exitOf(result),
            hint: doubt.refused ? HINT_PULL : 'Run the job again when the registry answers.',
        }),
        retriable: !doubt.refused,
    };
}
function readEntries(result, expected) {
    const entries = parseEntries(result.stdout);
    // cosign verify accepts any valid bundle on the image: an SBOM attestation alone would do.
    const signatures = entries?.filter(entry => SIGNATURE_TYPES.includes(at(entry, 'critical', 'type')));
    if (signatures === undefined)
        return {
            kind: 'unknown',
            failure: new errors/* ToolError */.v4('cosign verify ended well but printed no JSON array', {
                tool: 'cosign',
                exitCode: 0,
                hint: 'Check that cosign-path is cosign 3.0.6 or newer.',
            }),
            retriable: false,
        };
    if (signatures.length === 0)
        return { kind: 'none', reason: 'only attestations of other kinds are attached, no signature' };
    const match = signatures.some(entry => at(entry, 'critical', 'image', 'docker-manifest-digest') === expected.digest &&
        Object.entries(expected.annotations).every(([key, value]) => at(entry, 'optional', key) === value));
    return match ? { kind: 'verified' } : { kind: 'none', reason: 'the signatures speak of another digest or another run' };
}
function parseEntries(stdout) {
    try {
        const value = JSON.parse(stdout);
        return Array.isArray(value) ? value : undefined;
    }
    catch {
        return undefined;
    }
}
function at(value, ...path) {
    let here = value;
    for (const key of path) {
        if (typeof here !== 'object' || here === null || !Object.hasOwn(here, key))
            return undefined;
        here = here[key];
    }
    return here;
}
/** Exit codes 10, 12 and 13 belong to signatures of the old format; with bundles everything is 1 and the words decide. */
function saysNoMatch(exitCode, message) {
    return (exitCode === 10 ||
        exitCode === 12 ||
        exitCode === 13 ||
        /^no (matching (attestations|signatures)|signatures found)/.test(message));
}
/** Turns a failed run into one line with a hint; `retriable` tells an outage from a refusal. */
function readFailure(action, result, options) {
    if (result.stderr.includes(DEVICE_FLOW))
        return { failure: noToken(), retriable: true };
    const said = cosignMessage(result.stderr);
    const message = redact(said === '' ? (0,command/* ending */.K1)(result, options.timeout) : said, options.secrets);
    const known = KNOWN.find(row => row.pattern.test(message));
    const last = answersOf(result.stderr).at(-1);
    const retriable = result.timedOut || OUTAGE.test(message) || (last !== undefined && isOutage(last.status));
    const shown = known?.message ?? `cosign ${action} failed: ${shortened(message)}`;
    if (known?.message !== undefined)
        return { failure: new errors/* UserError */.yo(shown, hinted(known.hint)), retriable: false };
    const failure = new errors/* ToolError */.v4(shown, {
        tool: 'cosign',
        ...exitOf(result),
        ...hinted(cosign_output_hintFor(action, known?.hint) ?? (retriable ? 'This looks like an outage: run the job again later.' : undefined)),
        tail: quietLines(result.stderr)
            .map(line => redact(line, options.secrets))
            .slice(-10),
    });
    return { failure, retriable: retriable && known?.refusal !== true };
}
function exitOf(result) {
    return result.exitCode === null ? {} : { exitCode: result.exitCode };
}
/** What cosign says when the token service refused it and it turns to the person that it takes to be there. */
const DEVICE_FLOW = 'using device flow';
function noToken() {
    return new errors/* ToolError */.v4("GitHub's token service gave cosign no OIDC token", {
        tool: 'cosign',
        hint: 'Run the job again; if it stays, check `permissions: id-token: write` and https://www.githubstatus.com, or sign with `cosign-key`.',
    });
}
/** Only writing needs the right to write. */
function cosign_output_hintFor(action, hint) {
    return hint === HINT_PUSH && action !== 'sign' ? HINT_PULL : hint;
}
function hinted(hint) {
    return hint === undefined ? {} : { hint };
}
const OUTAGE = /connection (refused|reset)|broken pipe|\bEOF\b|i\/o timeout|handshake timeout|deadline exceeded|no such host|server misbehaving|TOOMANYREQUESTS|too many requests|status code (429|5\d\d)|returned (429|5\d\d)|\b5\d\d (internal|bad|service|gateway)|\[\w+ \S+\]\[(429|5\d\d)\]|giving up after|fetching ambient OIDC/i;
const HINT_PULL = 'Log in to the registry before this step (docker/login-action, or the inputs registry, username, password) with the right to read.';
const HINT_PUSH = 'A signature is pushed beside the image: the login needs the right to write to this repository (on ghcr.io `permissions: packages: write`).';
/** stderr -> what to do. A row with a message is the user's mistake; `refusal`: another try gives the same answer. The first match counts. */
const KNOWN = [
    {
        pattern: /decryption failed/,
        message: 'The signing key cannot be opened with this password',
        hint: 'Check cosign-password (or COSIGN_PASSWORD): it must be the one given to `cosign generate-key-pair`, without a newline at the end.',
    },
    {
        pattern: /unsupported pem type: (EC |RSA )?PRIVATE KEY/,
        message: 'The signing key is a plain private key, which cosign does not take',
        hint: 'Convert it once with `cosign import-key-pair --key <file>` and use the import-cosign.key that it writes.',
    },
    {
        pattern: /unsupported pem type: PUBLIC KEY/,
        message: 'The signing key is the public half of a key pair',
        hint: 'Give cosign-key the private one (cosign.key).',
    },
    {
        pattern: /invalid pem block|unsupported pem type/,
        message: 'The signing key is not a key that cosign can read',
        hint: 'Give cosign-key a path, env://NAME, a KMS reference, or the whole text of cosign.key with its BEGIN and END lines.',
    },
    {
        pattern: /unrecognized scheme|no provider found|unknown KMS/i,
        message: 'This build of cosign does not know the key service that cosign-key names',
        hint: 'Leave cosign-path out: the pinned release of cosign knows awskms, gcpkms, azurekms, hashivault and k8s.',
    },
    {
        pattern: /AccessDenied|PermissionDenied|PERMISSION_DENIED|not authorized to perform/,
        hint: 'The key service refused: the credentials of this job need the right to sign with the key and to read its public half.',
        refusal: true,
    },
    {
        pattern: /no EC2 IMDS role found|could not find default credentials|DefaultAzureCredential/,
        hint: 'Log in to the cloud before this step (aws-actions/configure-aws-credentials, google-github-actions/auth, azure/login).',
        refusal: true,
    },
    {
        pattern: /\bTUF\b|tuf refresh|tuf-repo|trusted_root\.json/,
        hint: 'cosign fetches its trust root from tuf-repo-cdn.sigstore.dev: allow that host, or give signing-config and trusted-root.',
    },
    {
        pattern: /fetching ambient OIDC|retrieving ID token/,
        hint: 'Run the job again; if it stays, see https://www.githubstatus.com.',
    },
    {
        pattern: /x509|certificate signed by unknown authority/,
        hint: 'Name the CA file of your network in NODE_EXTRA_CA_CERTS or SSL_CERT_FILE.',
        refusal: true,
    },
    { pattern: /DENIED|status code 403/, hint: HINT_PUSH, refusal: true },
    { pattern: /UNAUTHORIZED|status code 401/, hint: HINT_PUSH, refusal: true },
    {
        pattern: /status code 404|MANIFEST_UNKNOWN/,
        hint: 'The image is not in the registry (any more): something may clean untagged images.',
        refusal: true,
    },
];

;// CONCATENATED MODULE: ./lib/tools/cosign-session.js
// One cosign binary with its environment -> calls of it: version checked, secrets cut out of what it says.




const OLDEST = '3.0.6';
/** Releases say their version; builds of distributions say `devel` and are asked for a flag that came with 3.0. */
async function checkVersion(session) {
    const { path, version: known } = session.options.cosign;
    const version = known ?? /"gitVersion":\s*"v?([^"]*)"/.exec((await must(session, 'version', ['version', '--json'])).stdout)?.[1] ?? '';
    if ((0,semver.valid)(version) !== null) {
        if ((0,semver.gte)(version, OLDEST))
            return;
        throw new errors/* UserError */.yo(`${path} is cosign ${version}; ${OLDEST} or newer is needed`, {
            hint: 'Leave cosign-path and cosign-version out for the pinned release, or name a newer one. Older ones take any attestation for the one that was asked for (GHSA-w6c6-c85g-mmv6).',
        });
    }
    const help = await must(session, 'sign --help', ['sign', '--help']);
    if (!help.stdout.includes('--signing-config'))
        throw new errors/* UserError */.yo(`${path} is a cosign without --signing-config, so older than 3.0`, {
            hint: 'Leave cosign-path out for the pinned release.',
        });
}
/** Runs cosign and throws a readable error unless it ends well. */
async function must(session, action, args, env = {}) {
    const result = await call(session, args, env);
    if (result.exitCode === 0)
        return result;
    throw readFailure(action, result, failureOptions(session)).failure;
}
/** Runs cosign, however it ends. */
function call(session, args, env = {}) {
    const { run, cosign, signal, onStart } = session.options;
    const stop = new AbortController();
    return run(cosign.path, args, {
        env: { ...session.env, ...env },
        timeout: (CALL_SECONDS + 15) * 1000,
        signal: signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]),
        // Without a token cosign waits minutes for a person who never comes.
        onStderr: line => {
            if (line.includes(DEVICE_FLOW))
                stop.abort();
        },
        ...(onStart !== undefined && { onStart }),
    });
}
/** For whoever reads what a call said. */
function failureOptions(session) {
    return { secrets: session.secrets, timeout: (CALL_SECONDS + 15) * 1000 };
}

;// CONCATENATED MODULE: ./lib/tools/cosign-identity.js
// A key or a workflow -> whom a verification looks for: right after our own signing, among signatures of earlier runs, and at the consumers'.





/** The public key is derived from the private one, so that a verification needs no further input. */
async function keyIdentity(session, key, directory) {
    const { stdout } = await must(session, 'public-key', ['public-key', `--key=${key.reference}`], key.env);
    const file = (0,external_node_path_.join)(directory, 'cosign.pub');
    await (0,promises_.writeFile)(file, `${stdout}\n`);
    const fingerprint = (0,external_node_crypto_.createHash)('sha256')
        .update((0,external_node_crypto_.createPublicKey)(stdout).export({ type: 'spki', format: 'der' }))
        .digest('hex');
    const verifiers = [{ method: 'key', publicKey: file }];
    return {
        shown: { method: 'key', description: `key with the SHA-256 fingerprint ${fingerprint}` },
        fresh: verifiers,
        earlier: verifiers,
        consumers: { method: 'key', publicKey: key.public ?? 'cosign.pub' },
        publicKey: stdout,
    };
}
/** The certificate of this workflow, exactly and in the lasting form. */
function keylessIdentity(workflow) {
    const consumers = { method: 'keyless', rule: certificateForConsumers(workflow) };
    return {
        shown: { method: 'keyless', description: `${workflow.server}/${workflow.workflowRef}, issuer ${workflow.issuer}` },
        fresh: eachTrigger(certificateOfThisRun(workflow)),
        earlier: eachTrigger(certificateOfEarlierRuns(workflow)),
        consumers,
    };
}
/** cosign compares one trigger at a time. */
function eachTrigger(rule) {
    return (rule.triggers ?? [undefined]).map(trigger => ({ method: 'keyless', rule, ...(trigger !== undefined && { trigger }) }));
}

;// CONCATENATED MODULE: ./lib/tools/cosign-key.js
// What was typed into cosign-key -> the reference that cosign is given and the environment that it needs for it; the key text is never an argument or a file.



/** The variable that carries the key text into the child. */
const KEY_VARIABLE = 'SEAWORTHY_COSIGN_KEY';
/** Key services, and the variables that each is allowed to see. Other schemes would let cosign run `sigstore-kms-*` from PATH. */
const SERVICES = {
    awskms: /^AWS_/,
    gcpkms: /^(GOOGLE_|GCLOUD_|CLOUDSDK_|GCE_|GCP_)/,
    azurekms: /^(AZURE_|ARM_|IDENTITY_|MSI_)/,
    hashivault: /^(VAULT_|TRANSIT_SECRET_ENGINE_PATH$)/,
    k8s: /^(KUBECONFIG$|KUBERNETES_)/,
};
/** Understands a path, `env://NAME`, a KMS reference or PEM text; throws UserError that never quotes the key. */
async function resolveKey(input) {
    const key = input.key.trim();
    const password = input.password ?? input.env['COSIGN_PASSWORD'] ?? '';
    if (key.includes('-----BEGIN'))
        return fromPem(key, password, 'cosign-key');
    const [, scheme, rest = ''] = /^([A-Za-z][\w+.-]*):\/\/(.*)$/s.exec(key) ?? [];
    if (scheme === undefined)
        return fromFile(key, password);
    if (scheme === 'env')
        return fromVariable(rest, password, input.env);
    return fromService(scheme, key, input.env);
}
function fromPem(pem, password, source) {
    const kind = /-----BEGIN ([A-Z0-9 ]+)-----/.exec(pem)?.[1] ?? '';
    if (!/^ENCRYPTED (SIGSTORE|COSIGN) PRIVATE KEY$/.test(kind))
        throw new errors/* UserError */.yo(`${source} holds a PEM block of the kind "${kind}", which cosign cannot sign with`, {
            hint: kind.includes('PUBLIC')
                ? 'That is the public half: give the private one (cosign.key).'
                : 'Convert it once with `cosign import-key-pair --key <file>` and use the import-cosign.key that it writes.',
        });
    if (!pem.includes(`-----END ${kind}-----`))
        throw new errors/* UserError */.yo(`${source} holds a key that is cut off: its END line is missing`, {
            hint: 'Store the whole text of cosign.key in the secret, all lines.',
        });
    return {
        reference: `env://${KEY_VARIABLE}`,
        env: { [KEY_VARIABLE]: `${pem}\n`, COSIGN_PASSWORD: password },
        secrets: [
            password,
            pem,
            ...pem
                .split('\n')
                .map(line => line.trim())
                .filter(line => line !== '' && !line.startsWith('-----')),
        ],
    };
}
function fromVariable(name, password, env) {
    const value = env[name]?.trim() ?? '';
    if (value === '')
        throw new errors/* UserError */.yo(`cosign-key is env://${name}, but the variable ${name} is ${env[name] === undefined ? 'not set' : 'empty'}`, {
            hint: `Give the step \`env: ${name}: \${{ secrets.${name} }}\`; secrets are empty in runs of forks and of Dependabot.`,
        });
    return fromPem(value, password, `the variable ${name}`);
}
async function fromFile(file, password) {
    const path = (0,external_node_path_.resolve)(file);
    try {
        await (0,promises_.access)(path, promises_.constants.R_OK);
    }
    catch (error) {
        // The value may be a secret that was meant to be PEM: quote it only when it looks like a path.
        const shown = /^[\w./@ -]{1,120}$/.test(file) ? `"${file}"` : 'that it names';
        throw new errors/* UserError */.yo(`cosign-key: there is no readable file ${shown}`, {
            hint: 'Give a path in the workspace, env://NAME, a KMS reference such as awskms:///alias/name, or the whole text of cosign.key.',
            cause: error,
        });
    }
    return { reference: path, env: { COSIGN_PASSWORD: password }, secrets: [password] };
}
function fromService(scheme, reference, env) {
    const allowed = SERVICES[scheme];
    if (allowed === undefined || !/^[\w+.-]+:\/\/[\w./:@%+-]+$/.test(reference))
        throw new errors/* UserError */.yo(allowed === undefined
            ? `cosign-key: "${scheme}://" is not a key service that Seaworthy lets cosign use`
            : `cosign-key: that is not a ${scheme} reference`, { hint: `Known: ${Object.keys(SERVICES).join(', ')}; for example awskms:///alias/name or hashivault://name.` });
    const kept = {};
    for (const [name, value] of Object.entries(env)) {
        // Key services read their files below HOME, and kubeconfig may name a program.
        if (value !== undefined && (allowed.test(name) || name === 'HOME' || name === 'PATH'))
            kept[name] = value;
    }
    return { reference, env: kept, secrets: secretsOf(kept), public: reference };
}
function secretsOf(env) {
    return Object.entries(env)
        .filter(([name]) => /SECRET|TOKEN|PASSWORD|KEY/.test(name))
        .map(([, value]) => value);
}

;// CONCATENATED MODULE: ./lib/tools/cosign-trust.js
// signing-config, trusted-root and the signing decision -> which services cosign uses, and what a verification must therefore insist on.



/**
 * Decides the services. Both files given: theirs. With the log: the public instance, as cosign does by itself. Without it (private
 * repositories, rules 25): a key uses nobody's service, keyless only the public timestamp authority.
 */
async function settleTrust(input) {
    if (input.signingConfig !== undefined && input.trustedRoot !== undefined)
        return fromFiles(input.signing.method, input.signingConfig, input.trustedRoot);
    if (input.signingConfig !== undefined || input.trustedRoot !== undefined) {
        const [given, missing] = input.signingConfig === undefined ? ['trusted-root', 'signing-config'] : ['signing-config', 'trusted-root'];
        throw new errors/* UserError */.yo(`${given} is set without ${missing}`, {
            hint: `They describe one Sigstore instance together: set ${missing} too, or neither for the public instance.`,
        });
    }
    if (input.signing.log)
        return { log: true, timestamps: false };
    const signingConfig = (0,external_node_path_.join)(input.directory, 'signing-config.json');
    if (input.signing.method === 'keyless') {
        await input.cosign('signing-config', 'create', '--with-default-services=true', '--no-default-rekor=true', '--out', signingConfig);
        return { signingConfig, log: false, timestamps: true };
    }
    const trustedRoot = (0,external_node_path_.join)(input.directory, 'trusted-root.json');
    await input.cosign('signing-config', 'create', '--out', signingConfig);
    await input.cosign('trusted-root', 'create', '--out', trustedRoot);
    return { signingConfig, trustedRoot, log: false, timestamps: false };
}
async function fromFiles(method, signingConfig, trustedRoot) {
    const services = await readJson('signing-config', signingConfig, 'signingconfig');
    await readJson('trusted-root', trustedRoot, 'trustedroot');
    const log = isFilled(services['rekorTlogUrls']);
    const timestamps = isFilled(services['tsaUrls']);
    if (method === 'keyless' && !isFilled(services['caUrls']))
        throw new errors/* UserError */.yo('signing-config names no certificate authority (caUrls), so keyless signing cannot work with it', {
            hint: 'Add one with `cosign signing-config create --fulcio=...`, or sign with `cosign-key`.',
        });
    if (method === 'keyless' && !log && !timestamps)
        throw new errors/* UserError */.yo('signing-config names neither a log (rekorTlogUrls) nor a timestamp authority (tsaUrls)', {
            hint: 'A keyless certificate lives ten minutes: without one of them nobody can verify the signature later.',
        });
    return {
        signingConfig: (0,external_node_path_.resolve)(signingConfig),
        trustedRoot: (0,external_node_path_.resolve)(trustedRoot),
        log,
        timestamps: !log && timestamps,
        shownTrustedRoot: (0,external_node_path_.basename)(trustedRoot),
    };
}
async function readJson(name, file, kind) {
    let text;
    try {
        text = await (0,promises_.readFile)(file, 'utf8');
    }
    catch (error) {
        throw new errors/* UserError */.yo(`${name}: ${file} cannot be read (${error.code ?? 'error'})`, {
            hint: 'The path is relative to the workspace: is the repository checked out?',
            cause: error,
        });
    }
    const value = cosign_trust_parse(text);
    const mediaType = value?.['mediaType'];
    if (value === undefined || typeof mediaType !== 'string' || !mediaType.includes(kind))
        throw new errors/* UserError */.yo(`${name}: ${file} is not a Sigstore ${name.replace('-', ' ')}`, {
            hint: `Make one with \`cosign ${name} create\`; its mediaType holds "${kind}".`,
        });
    return value;
}
function cosign_trust_parse(text) {
    try {
        const value = JSON.parse(text);
        return typeof value === 'object' && value !== null ? value : undefined;
    }
    catch {
        return undefined;
    }
}
function isFilled(value) {
    return Array.isArray(value) && value.length > 0;
}

// EXTERNAL MODULE: external "node:os"
var external_node_os_ = __webpack_require__(8161);
;// CONCATENATED MODULE: ./lib/tools/registry/docker-config.js
// The user's docker login (config.json, credential helpers) and explicit inputs -> the credential for a registry.





const HUB_KEY = 'https://index.docker.io/v1/';
/** Finds the credential for a registry (as `registryKey` names it): inputs, then credHelpers, credsStore, auths. Undefined: anonymous. */
async function findCredential(registry, sources) {
    const typed = sources.explicit?.find(entry => registryKey(entry.registry) === registry);
    const found = typed === undefined
        ? await fromDocker(registry, sources)
        : { kind: 'password', username: typed.username, password: typed.password };
    if (found !== undefined)
        tellSecrets(found, sources.onSecret);
    return found;
}
async function fromDocker(registry, sources) {
    const given = sources.env['DOCKER_CONFIG'];
    // Docker takes an empty one for none.
    const path = (0,external_node_path_.join)(given !== undefined && given !== '' ? given : (0,external_node_path_.join)(sources.env['HOME'] ?? (0,external_node_os_.homedir)(), '.docker'), 'config.json');
    const config = await readConfig(path);
    const helper = Object.entries(config.credHelpers ?? {}).find(([key]) => registryKey(key) === registry)?.[1];
    if (helper !== undefined && helper !== '')
        return askHelper(helper, registry, sources);
    if (config.credsStore !== undefined && config.credsStore !== '') {
        const stored = await askHelper(config.credsStore, registry, sources);
        if (stored !== undefined)
            return stored;
    }
    return fromAuths(config, registry, path);
}
/** A missing file is an empty one; a broken one is the user's to mend, since ignoring it would look like a missing login. */
async function readConfig(path) {
    let text;
    try {
        text = await (0,promises_.readFile)(path, 'utf8');
    }
    catch (error) {
        if (isCode(error, 'ENOENT') || isCode(error, 'ENOTDIR'))
            return {};
        throw new errors/* UserError */.yo(`docker's ${path} cannot be read (${error.code ?? 'error'})`, {
            hint: 'Make it readable for this job, or point DOCKER_CONFIG to another directory.',
            cause: error,
        });
    }
    try {
        const value = JSON.parse(text);
        if (typeof value === 'object' && value !== null && !Array.isArray(value))
            return value;
    }
    catch {
        // The parser's message would quote the file: it holds secrets.
    }
    throw new errors/* UserError */.yo(`docker's ${path} is not valid JSON`, { hint: 'Log in again (docker/login-action writes the file anew).' });
}
/** Keys are host names with or without scheme and /v1/; a key with a longer path belongs to other tools (podman) and does not count. */
function fromAuths(config, registry, path) {
    const entry = Object.entries(config.auths ?? {}).find(([key, value]) => matches(key, registry) && isUsable(value))?.[1];
    if (entry === undefined)
        return undefined;
    if (entry.identitytoken !== undefined && entry.identitytoken !== '')
        return { kind: 'identity', token: entry.identitytoken };
    if (entry.auth === undefined || entry.auth === '')
        return { kind: 'password', username: entry.username ?? '', password: entry.password ?? '' };
    const decoded = Buffer.from(entry.auth, 'base64').toString('utf8');
    const colon = decoded.indexOf(':');
    if (colon < 1)
        throw new errors/* UserError */.yo(`docker's ${path} holds a login for ${registry} that is not base64 of "username:password"`, {
            hint: `Log in to ${registry} again.`,
        });
    // Docker pads short entries with NUL.
    return { kind: 'password', username: decoded.slice(0, colon), password: decoded.slice(colon + 1).replace(/\0+$/, '') };
}
function matches(key, registry) {
    const path = key.replace(/^https?:\/\//i, '').replace(/^[^/]*/, '');
    return registryKey(key) === registry && /^(\/v[12])?\/?$/.test(path);
}
function isUsable(entry) {
    return [entry.auth, entry.identitytoken, entry.username].some(value => value !== undefined && value !== '');
}
/** Speaks docker's credential helper protocol: server on stdin, JSON on stdout. */
async function askHelper(name, registry, sources) {
    const command = `docker-credential-${name}`;
    if (!/^[\w.-]+$/.test(name))
        throw new errors/* UserError */.yo(`"${name}" is not the name of a docker credential helper`);
    const result = await sources
        .run(command, ['get'], {
        env: helperEnvironment(sources.env),
        input: registry === 'docker.io' ? HUB_KEY : registry,
        timeout: 60_000,
    })
        .catch((error) => {
        throw new errors/* UserError */.yo(`docker's config.json names the credential helper ${command} for ${registry}, but it cannot be started`, {
            hint: `Install ${command}, or remove it from config.json and log in with a username and a password.`,
            cause: error,
        });
    });
    const said = `${result.stdout} ${result.stderr}`;
    if (result.exitCode !== 0) {
        if (/credentials not found/i.test(said))
            return undefined;
        throw new errors/* ToolError */.v4(`${command} gave no credential for ${registry}: ${firstLine(result.stderr) ?? firstLine(result.stdout) ?? 'no message'}`, {
            tool: command,
            hint: `Run "echo ${registry} | ${command} get" on the same machine to see why.`,
        });
    }
    return parseHelperAnswer(result.stdout, command, registry);
}
function parseHelperAnswer(stdout, command, registry) {
    let answer;
    try {
        answer = JSON.parse(stdout);
    }
    catch {
        throw new errors/* ToolError */.v4(`${command} answered something that is not JSON for ${registry}`, { tool: command });
    }
    const { Username: username, Secret: secret } = answer ?? {};
    if (typeof secret !== 'string' || secret === '' || typeof username !== 'string')
        return undefined;
    return username === '<token>' ? { kind: 'identity', token: secret } : { kind: 'password', username, password: secret };
}
/** What only this action was given: inputs, the runner's tokens (the one for OIDC included), keys and passwords of cosign. */
const NOT_FOR_HELPERS = /^(INPUT_|STATE_|ACTIONS_RUNTIME_|ACTIONS_RESULTS_|ACTIONS_ID_TOKEN_REQUEST_|COSIGN_|GITHUB_TOKEN$)/i;
/** The user's environment less what only this action was given. */
function helperEnvironment(env) {
    const kept = {};
    for (const [key, value] of Object.entries(env)) {
        if (value !== undefined && !NOT_FOR_HELPERS.test(key))
            kept[key] = value;
    }
    return kept;
}
function tellSecrets(found, onSecret) {
    if (onSecret === undefined)
        return;
    if (found.kind === 'identity') {
        onSecret(found.token);
        return;
    }
    if (found.password === '')
        return;
    onSecret(found.password);
    onSecret(basicValue(found.username, found.password));
}
/** The value of an `Authorization: Basic` header. */
function basicValue(username, password) {
    return Buffer.from(`${username}:${password}`, 'utf8').toString('base64');
}
function firstLine(text) {
    return text
        .split('\n')
        .map(line => line.trim())
        .find(line => line !== '');
}
function isCode(error, code) {
    return error.code === code;
}

;// CONCATENATED MODULE: ./lib/tools/docker-config.js
// The credentials of the registries that a tool really needs -> a docker config directory of its own, readable by nobody else, gone at the end.




/** Tokens of cloud registries live for minutes to hours. */
const FRESH_FOR = 5 * 60_000;
const docker_config_HUB_KEY = 'https://index.docker.io/v1/';
/**
 * Makes the directory (0700) below `parent`. The user's own file is read, never copied: the tool gets the logins of the registries that it
 * works with, resolved exactly as the registry client does (inputs, helpers, stores, auths), so that no helper runs inside the tool.
 */
async function makeDockerConfig(parent, sources, now = Date.now) {
    const directory = await (0,promises_.mkdtemp)((0,external_node_path_.join)(parent, 'docker-'));
    const known = new Map();
    let turn = writeConfig(directory, known);
    await turn;
    const refresh = async (registry) => {
        const last = known.get(registry);
        if (last !== undefined && now() - last.at < FRESH_FOR)
            return;
        known.set(registry, { at: now(), credential: await findCredential(registry, sources) });
        await writeConfig(directory, known);
    };
    return {
        directory,
        prepare(image) {
            const { registry } = parseRepository(image);
            // One after another: two images of one run may ask at the same time.
            const mine = turn.then(() => refresh(registry));
            turn = mine.catch(() => undefined);
            return mine;
        },
        dispose: () => (0,promises_.rm)(directory, { recursive: true, force: true }),
    };
}
async function writeConfig(directory, known) {
    const auths = {};
    for (const [registry, { credential }] of known) {
        if (credential !== undefined)
            auths[registry === 'docker.io' ? docker_config_HUB_KEY : registry] = entryOf(credential);
    }
    // A tool that is reading sees the old file or the new one, never half of it.
    const fresh = (0,external_node_path_.join)(directory, 'config.json.new');
    await (0,promises_.writeFile)(fresh, JSON.stringify({ auths }), { mode: 0o600 });
    await (0,promises_.rename)(fresh, (0,external_node_path_.join)(directory, 'config.json'));
}
function entryOf(credential) {
    if (credential.kind === 'password')
        return { auth: basicValue(credential.username, credential.password) };
    // Docker's file format wants a user beside an identity token; its value is not used.
    return { auth: basicValue('00000000-0000-0000-0000-000000000000', ''), identitytoken: credential.token };
}

// EXTERNAL MODULE: external "node:timers/promises"
var external_node_timers_promises_ = __webpack_require__(8500);
;// CONCATENATED MODULE: ./lib/tools/registry/retry.js
// A try that may fail for a while -> its result, after waiting politely and inside a stated budget.


const systemClock = {
    now: () => Date.now(),
    sleep: async (milliseconds, signal) => {
        await (0,external_node_timers_promises_.setTimeout)(milliseconds, undefined, signal && { signal }).catch(() => undefined);
    },
    random: Math.random,
};
/** Waits of 0.5 + 1 + 2 + 4 + 8 + 16 + 30 s at most: an outage of a minute is survived, three minutes when the registry asks for it. */
const RETRY = { tries: 8, budget: 180_000 };
const FIRST_WAIT = 500;
const LONGEST_WAIT = 30_000;
/** This try failed, but another one may not. `failure` is what the user sees when there is no other try. */
class Retriable extends Error {
    failure;
    /** Milliseconds that the registry asked us to wait. */
    after;
    /** Fewer tries than the policy gives: for what seldom heals. */
    tries;
    constructor(failure, options = {}) {
        super(failure.message);
        this.failure = failure;
        this.after = options.after;
        this.tries = options.tries ?? Infinity;
    }
}
/**
 * Runs `attempt` until it returns, throws something that is not Retriable, or tries or budget are used up (then the last failure is
 * thrown). The budget counts elapsed time, so that a registry that takes requests and never answers ends it. `moved` tells that
 * bytes went through: the time up to then is not counted, or a large layer that breaks after minutes had no second try.
 */
async function retry(attempt, options) {
    const { clock, policy } = options;
    let spent = 0;
    for (let round = 1;; round++) {
        let since = clock.now();
        if (isAborted(options))
            throw new errors/* Cancelled */.cJ('cancelled');
        try {
            return await attempt(() => (since = clock.now()));
        }
        catch (error) {
            // A request that was cut off looks like a broken connection.
            if (isAborted(options))
                throw error instanceof errors/* Cancelled */.cJ ? error : new errors/* Cancelled */.cJ('cancelled');
            if (!(error instanceof Retriable))
                throw error;
            const wait = error.after ?? backoff(round, clock.random());
            spent += clock.now() - since + wait;
            if (round >= Math.min(policy.tries, error.tries) || spent > policy.budget)
                throw error.failure;
            await clock.sleep(wait, options.signal);
        }
    }
}
/** A signal that aborts so many milliseconds after another one did. */
function later(signal, milliseconds) {
    const controller = new AbortController();
    const start = () => void setTimeout(() => controller.abort(), milliseconds).unref();
    if (signal.aborted)
        start();
    else
        signal.addEventListener('abort', start, { once: true });
    return controller.signal;
}
function isAborted(options) {
    return options.signal?.aborted === true;
}
function backoff(round, random) {
    const full = Math.min(FIRST_WAIT * 2 ** (round - 1), LONGEST_WAIT);
    return full * (0.5 + random / 2);
}
const UNITS = { ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
/** `Retry-After` in milliseconds: seconds, a date, or a Go duration (ghcr.io sends `1.889377ms`); undefined when it makes no sense. */
function parseRetryAfter(value, now) {
    const text = value?.trim() ?? '';
    if (/^\d+(\.\d+)?$/.test(text))
        return Number(text) * 1000;
    if (/^(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+$/.test(text)) {
        let total = 0;
        for (const [, number, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g)) {
            total += Number(number) * (UNITS[unit ?? ''] ?? 0);
        }
        return total;
    }
    // Date.parse takes nearly anything for a date; an HTTP date starts with the day's name.
    const date = /^[A-Z][a-z]{2,8}, /.test(text) ? Date.parse(text) : Number.NaN;
    return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

;// CONCATENATED MODULE: ./lib/tools/cosign.js
// cosign >= 3.0.6 -> the Signer of the publish stage: signs by digest, verifies what users will verify, never takes "could not look" for "not signed".














/** Milliseconds after which no further try of one signature starts. */
const SIGN_BUDGET = 5 * 60_000;
/** A signature that was just made may take some seconds to be listed. */
const FRESH_TRIES = 5;
/** Checks cosign, the key or the identity, and the services, before anything is built on them. Throws UserError when one of them cannot work. */
async function createSigner(options) {
    const { signing, env } = options;
    if (signing.method === 'keyless' && (!env['ACTIONS_ID_TOKEN_REQUEST_URL'] || !env['ACTIONS_ID_TOKEN_REQUEST_TOKEN']))
        throw noIdToken();
    const directory = await (0,promises_.mkdtemp)((0,external_node_path_.join)(options.directory, 'cosign-'));
    try {
        return await cosign_open(options, directory);
    }
    catch (error) {
        await (0,promises_.rm)(directory, { recursive: true, force: true });
        throw error;
    }
}
async function cosign_open(options, directory) {
    const secrets = [options.password, options.env['ACTIONS_ID_TOKEN_REQUEST_TOKEN']].filter(value => value !== undefined);
    const docker = await makeDockerConfig(directory, {
        run: options.run,
        env: options.env,
        ...(options.credentials !== undefined && { explicit: options.credentials }),
        onSecret: value => {
            secrets.push(value);
            options.onSecret?.(value);
        },
    });
    const session = {
        options,
        clock: options.clock ?? systemClock,
        env: await cosignEnvironment(options.env, { home: directory, dockerConfig: docker.directory }),
        secrets,
    };
    await checkVersion(session);
    const key = await takeKey(session);
    const trust = await settleTrust({
        signing: options.signing,
        signingConfig: options.signingConfig,
        trustedRoot: options.trustedRoot,
        directory,
        cosign: (...args) => must(session, 'prepare', args),
    });
    const identity = key === undefined ? keylessIdentity(workflowFor(options)) : await keyIdentity(session, key, directory);
    return makeSigner({ session, trust, key, identity, prepare: image => docker.prepare(image), directory });
}
function workflowFor({ workflow }) {
    if (workflow === undefined)
        throw new Error('keyless signing without the identity of the workflow');
    return workflow;
}
async function takeKey(session) {
    const { signing, key: typed, password, env } = session.options;
    if (signing.method === 'keyless')
        return undefined;
    if (typed === undefined)
        throw new errors/* UserError */.yo('Signing with a key needs cosign-key', { hint: 'Set cosign-key, or sign keyless, or set `sign: off`.' });
    const key = await resolveKey({ key: typed, password, env });
    session.secrets.push(...key.secrets);
    return key;
}
function makeSigner(parts) {
    const { identity, trust, directory } = parts;
    /** What this process signed: looked for more patiently. */
    const signed = new Set();
    /** The fallback tag of registries without referrers is read, changed and written without a lock: one writer per digest at a time. */
    const queues = new Map();
    return {
        identity: identity.shown,
        ...(identity.publicKey !== undefined && { publicKey: identity.publicKey }),
        async sign(image, digest, annotations) {
            const reference = referenceOf({ image, digest });
            const mine = (queues.get(reference) ?? Promise.resolve()).then(() => sign(parts, { image, digest }, annotations));
            queues.set(reference, mine.catch(() => undefined));
            await mine;
            signed.add(reference);
        },
        verify(image, digest, annotations) {
            const fresh = signed.has(referenceOf({ image, digest }));
            return verify(parts, { image, digest }, { annotations: annotations ?? {}, own: fresh || annotations !== undefined, fresh });
        },
        verifyCommand: (image, digest) => consumerLine({ image, digest }, identity.consumers, trust),
        dispose: () => (0,promises_.rm)(directory, { recursive: true, force: true }),
    };
}
async function sign({ session, trust, key, prepare }, subject, annotations) {
    const args = signArgs(subject, key?.reference, trust, annotations);
    const env = key === undefined ? tokenEnvironment(session.options.env) : key.env;
    const started = session.clock.now();
    await retry(async () => {
        await prepare(subject.image);
        const result = await call(session, args, env);
        if (result.exitCode === 0)
            return;
        const { failure, retriable } = readFailure('sign', result, failureOptions(session));
        if (!retriable || session.clock.now() - started > SIGN_BUDGET)
            throw failure;
        session.options.onNote?.(`${failure.message}: trying again`);
        throw new Retriable(failure);
    }, { clock: session.clock, policy: RETRY, signal: session.options.signal });
}
async function verify(parts, subject, wanted) {
    const { session, identity } = parts;
    const verifiers = wanted.own ? identity.fresh : identity.earlier;
    const options = { clock: session.clock, policy: RETRY, signal: session.options.signal };
    try {
        return await retry(async () => {
            await parts.prepare(subject.image);
            const answer = await lookFor(parts, subject, verifiers, wanted.annotations);
            if (answer.kind === 'verified')
                return true;
            if (answer.kind === 'unknown')
                throw answer.retriable ? new Retriable(answer.failure) : answer.failure;
            if (wanted.fresh)
                throw new Retriable(new NotSigned(answer.reason), { tries: FRESH_TRIES });
            return notSigned(session, subject, answer.reason);
        }, options);
    }
    catch (error) {
        if (error instanceof NotSigned)
            return notSigned(session, subject, error.message);
        throw error;
    }
}
/** Not a failure: the answer "no", which is asked again for a while after a fresh signature. */
class NotSigned extends Error {
}
function notSigned(session, subject, reason) {
    session.options.onNote?.(`no signature of ours on ${subject.image}@${subject.digest}: ${shortened(reason)}`);
    return false;
}
/** One look with each verifier; the next one is tried only when it was the trigger that did not match. */
async function lookFor({ session, trust }, subject, verifiers, annotations) {
    let answer = { kind: 'none', reason: 'no verifier' };
    for (const verifier of verifiers) {
        const result = await call(session, verifyArgs(subject, verifier, trust, annotations));
        answer = readVerification(result, { digest: subject.digest, annotations }, failureOptions(session));
        if (answer.kind !== 'none' || !/expected GithubWorkflowTrigger/.test(answer.reason))
            return answer;
    }
    return answer;
}

// EXTERNAL MODULE: external "node:fs"
var external_node_fs_ = __webpack_require__(3024);
// EXTERNAL MODULE: external "node:stream/promises"
var external_node_stream_promises_ = __webpack_require__(6466);
// EXTERNAL MODULE: external "node:http"
var external_node_http_ = __webpack_require__(7067);
// EXTERNAL MODULE: external "node:https"
var external_node_https_ = __webpack_require__(4708);
// EXTERNAL MODULE: external "node:tls"
var external_node_tls_ = __webpack_require__(1692);
;// CONCATENATED MODULE: ./lib/tools/registry/proxy.js
// HTTPS_PROXY and NO_PROXY -> a tunnel (CONNECT) to the registry.





const CONNECT_TIMEOUT = 30_000;
/** The proxy for an https host, or undefined. Lower case wins over upper case, as in curl. */
function proxyFor(url, env) {
    const value = first(env, 'https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY');
    // As in Go and docker: what runs on this machine is never asked for through a proxy.
    if (value === undefined ||
        url.protocol !== 'https:' ||
        isLoopback(url.host) ||
        isExcluded(url, first(env, 'no_proxy', 'NO_PROXY') ?? ''))
        return undefined;
    const address = value.includes('://') ? value : `http://${value}`;
    const proxy = URL.canParse(address) ? new URL(address) : undefined;
    if (proxy === undefined || !/^https?:$/.test(proxy.protocol))
        throw new errors/* UserError */.yo('HTTPS_PROXY is not the address of an http or https proxy', {
            hint: 'Write it like http://proxy.example.org:3128.',
        });
    return proxy;
}
/** NO_PROXY: `*`, host names (with all names below them), a port after a colon, IPv4 ranges such as 10.0.0.0/8. */
function isExcluded(url, list) {
    const host = url.hostname.toLowerCase().replace(/^\[|\]$/g, '');
    const port = url.port === '' ? '443' : url.port;
    return list
        .split(/[\s,]+/)
        .filter(entry => entry !== '')
        .some(entry => {
        if (entry === '*')
            return true;
        const [, name = '', wantedPort] = /^(.*?)(?::(\d+))?$/.exec(entry.toLowerCase()) ?? [];
        if (wantedPort !== undefined && wantedPort !== port)
            return false;
        if (name.includes('/'))
            return inRange(host, name);
        const suffix = name.replace(/^\*?\.?/, '');
        return host === suffix || host.endsWith(`.${suffix}`);
    });
}
function inRange(host, range) {
    const [network = '', bits = ''] = range.split('/');
    const address = ipv4(host);
    const base = ipv4(network);
    const length = Number(bits);
    if (address === undefined || base === undefined || !/^\d+$/.test(bits) || length > 32)
        return false;
    const size = 2 ** (32 - length);
    return Math.floor(address / size) === Math.floor(base / size);
}
function ipv4(text) {
    const parts = /^(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(text)?.slice(1).map(Number);
    if (parts?.every(part => part < 256) !== true)
        return undefined;
    return parts.reduce((sum, part) => sum * 256 + part, 0);
}
function first(env, ...names) {
    return names.map(name => env[name]).find(value => value !== undefined && value !== '');
}
/** Asks the proxy for a tunnel and speaks TLS with the target through it. */
async function tunnel(proxy, target) {
    const address = `${target.host ?? ''}:${target.port ?? 443}`;
    const socket = await connectThrough(proxy, address);
    return (0,external_node_tls_.connect)({ ...target, socket, servername: target.servername ?? target.host ?? '' });
}
function connectThrough(proxy, address) {
    const login = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
    const headers = {
        host: address,
        ...(proxy.username === '' ? {} : { 'proxy-authorization': `Basic ${Buffer.from(login).toString('base64')}` }),
    };
    return new Promise((resolve, reject) => {
        const start = proxy.protocol === 'https:' ? external_node_https_.request : external_node_http_.request;
        const request = start({
            host: proxy.hostname,
            port: proxy.port === '' ? (proxy.protocol === 'https:' ? 443 : 80) : proxy.port,
            method: 'CONNECT',
            path: address,
            headers,
            agent: false,
            timeout: CONNECT_TIMEOUT,
        });
        request.once('timeout', () => request.destroy(Object.assign(new Error('the proxy did not answer'), { code: 'ETIMEDOUT' })));
        request.once('error', reject);
        request.once('connect', (answer, socket) => {
            socket.setTimeout(0);
            if (answer.statusCode === 200) {
                resolve(socket);
                return;
            }
            socket.destroy();
            reject(new errors/* UserError */.yo(`the proxy ${proxy.host} refused a connection to ${address} (${answer.statusCode ?? '?'})`, {
                hint: 'Check HTTPS_PROXY and its login, or add the registry to NO_PROXY.',
            }));
        });
        request.end();
    });
}

;// CONCATENATED MODULE: ./lib/tools/registry/http.js
// One HTTP request -> its answer, over node:http(s): streamed bodies, early answers, idle time-outs, proxies. Knows nothing of registries.





const IDLE = 120_000;
const CONNECT = 20_000;
/** The code of the error when no connection came about in time. */
const NOT_CONNECTED = 'ERR_CONNECT_TIMEOUT';
/** Makes a `Send` with its own pool of kept-alive connections; `close` ends them. */
function createSender(options) {
    const agents = new Map();
    const agentFor = (url) => {
        const proxy = proxyFor(url, options.env);
        const key = `${url.protocol} ${proxy?.href ?? ''}`;
        const agent = agents.get(key) ?? makeAgent(url, proxy, options.ca);
        agents.set(key, agent);
        return agent;
    };
    const send = request => new Promise((resolve, reject) => {
        if (request.signal?.aborted === true) {
            reject(new errors/* Cancelled */.cJ('cancelled'));
            return;
        }
        const start = request.url.protocol === 'https:' ? external_node_https_.request : external_node_http_.request;
        const outgoing = start(request.url, {
            method: request.method,
            headers: { 'user-agent': 'seaworthy', ...request.headers, ...lengthOf(request.body) },
            agent: agentFor(request.url),
        });
        limitConnecting(outgoing, request.url, options.connectTimeout ?? CONNECT);
        watch(outgoing, request, resolve, reject);
    });
    return { send, close: () => agents.forEach(agent => agent.destroy()) };
}
function makeAgent(url, proxy, ca) {
    if (url.protocol !== 'https:')
        return new external_node_http_.Agent({ keepAlive: true });
    const agent = new external_node_https_.Agent({ keepAlive: true, ...(ca === undefined ? {} : { ca: [...(0,external_node_tls_.getCACertificates)('default'), ca] }) });
    if (proxy === undefined)
        return agent;
    agent.createConnection = (target, done) => {
        tunnel(proxy, target).then(socket => done?.(null, socket), (error) => done?.(error, undefined));
        return undefined;
    };
    return agent;
}
function lengthOf(body) {
    if (body === undefined)
        return {};
    return { 'content-length': String(body.length) };
}
/** An address that swallows packets would else be waited for as long as a slow answer. */
function limitConnecting(outgoing, url, limit) {
    const timer = setTimeout(() => {
        const message = `no connection within ${Math.round(limit / 1000)} s`;
        outgoing.destroy(Object.assign(new Error(message), { code: NOT_CONNECTED }));
    }, limit);
    const connected = () => clearTimeout(timer);
    outgoing.once('close', connected);
    outgoing.once('socket', socket => {
        if (outgoing.reusedSocket)
            connected();
        else if (url.protocol === 'https:')
            socket.once('secureConnect', connected);
        else if (socket.connecting)
            socket.once('connect', connected);
        else
            connected();
    });
}
/** Connects a started request with the promise: answer, error, idle time-out, cancel, and the body that is sent meanwhile. */
function watch(outgoing, request, resolve, reject) {
    const idle = request.idle ?? IDLE;
    let answered = false;
    const cancel = () => void outgoing.destroy(new errors/* Cancelled */.cJ('cancelled'));
    request.signal?.addEventListener('abort', cancel, { once: true });
    outgoing.once('close', () => request.signal?.removeEventListener('abort', cancel));
    outgoing.setTimeout(idle, () => {
        outgoing.destroy(Object.assign(new Error(`no byte for ${Math.round(idle / 1000)} s`), { code: 'ETIMEDOUT' }));
    });
    // The listener stays: a connection that breaks after an early answer must not become an uncaught error.
    outgoing.on('error', reject);
    outgoing.once('response', stream => {
        answered = true;
        if (!outgoing.writableEnded)
            stream.once('end', () => outgoing.destroy());
        resolve({ status: stream.statusCode ?? 0, headers: stream.headers, stream });
    });
    sendBody(outgoing, request.body, () => answered).catch((error) => {
        // Rejected first: destroying the request would report a broken connection instead of the reason.
        reject(error);
        outgoing.destroy();
    });
}
async function sendBody(outgoing, body, answered) {
    if (body === undefined || body instanceof Uint8Array) {
        outgoing.end(body);
        return;
    }
    for await (const chunk of body.chunks()) {
        if (answered() || outgoing.destroyed)
            return;
        if (!outgoing.write(chunk))
            await writable(outgoing);
    }
    if (!answered() && !outgoing.destroyed)
        outgoing.end();
}
/** Resolves when more may be written, or when there is no sense in writing more. */
function writable(outgoing) {
    return new Promise(resolve => {
        const events = ['drain', 'response', 'close', 'error'];
        const done = () => {
            for (const event of events)
                outgoing.removeListener(event, done);
            resolve();
        };
        for (const event of events)
            outgoing.once(event, done);
        if (outgoing.destroyed)
            done();
    });
}
/** Reads an answer to its end; more than `limit` bytes break the connection and throw. */
async function readAnswer(answer, limit) {
    const chunks = [];
    let length = 0;
    for await (const chunk of answer.stream) {
        length += chunk.length;
        if (length > limit)
            throw new errors/* ToolError */.v4(`the answer is longer than ${limit} bytes`, { tool: 'registry' });
        chunks.push(chunk);
    }
    return Buffer.concat(chunks);
}

;// CONCATENATED MODULE: ./lib/tools/download.js
// URL + expected sha256 -> a file that has it; nothing else ever appears under its name.









const download_RETRY = { tries: 4, budget: 60_000 };
const REDIRECTS = 5;
const download_IDLE = 30_000;
/** Makes a downloader with redirects, retries (connection errors, 408, 429, 5xx) and the user's proxy. */
function createDownload(options) {
    const { signal, idle = download_IDLE } = options;
    return async (request) => {
        const { send, close } = createSender({ env: options.env });
        const partial = `${request.file}.${(0,external_node_crypto_.randomUUID)()}.part`;
        await (0,promises_.mkdir)(external_node_path_.dirname(request.file), { recursive: true });
        try {
            const attempt = () => fetchOnce(request, partial, send, idle, signal);
            await retry(attempt, { clock: options.clock ?? systemClock, policy: options.retry ?? download_RETRY, signal });
            await (0,promises_.rename)(partial, request.file);
        }
        finally {
            close();
            await (0,promises_.rm)(partial, { force: true });
        }
    };
}
async function fetchOnce(request, partial, send, idle, signal) {
    const hash = (0,external_node_crypto_.createHash)('sha256');
    try {
        const answer = await follow(new URL(request.url), request, send, idle, signal);
        const hashed = async function* (source) {
            for await (const chunk of source) {
                hash.update(chunk);
                yield chunk;
            }
        };
        await (0,external_node_stream_promises_.pipeline)(answer.stream, hashed, (0,external_node_fs_.createWriteStream)(partial));
    }
    catch (error) {
        if (error instanceof errors/* ToolError */.v4 || error instanceof errors/* Cancelled */.cJ || error instanceof Retriable)
            throw error;
        const why = error instanceof Error ? error.message : String(error);
        throw new Retriable(failure(request, `${request.url} could not be downloaded: ${why}`, error));
    }
    const digest = hash.digest('hex');
    // Not tried again: bytes that arrive whole and are not the ones we know are no accident of the network.
    if (digest !== request.sha256)
        throw new errors/* ToolError */.v4(`${request.url} has the sha256 ${digest}, not ${request.sha256}: it is not used`, {
            tool: 'download',
            hint: 'The file is not the one that was released, or something between here and there changes it (a proxy?).',
        });
}
/** Follows redirects; away from https only to https. */
async function follow(url, request, send, idle, signal, left = REDIRECTS) {
    if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.host)))
        throw failure(request, `${request.url} leads to ${url.origin}, which is not https: it is not followed`);
    const answer = await send({ method: 'GET', url, headers: { accept: 'application/octet-stream' }, idle, signal });
    if (answer.status === 200)
        return answer;
    answer.stream.destroy();
    const to = answer.headers.location;
    if ([301, 302, 303, 307, 308].includes(answer.status) && to !== undefined) {
        if (left === 0)
            throw failure(request, `${request.url} leads from one address to the next without end`);
        return follow(new URL(to, url), request, send, idle, signal, left - 1);
    }
    const failed = failure(request, `${request.url} could not be downloaded: ${url.host} answered ${answer.status}`);
    if (answer.status === 408 || answer.status === 429 || answer.status >= 500)
        throw new Retriable(failed);
    throw failed;
}
function failure(request, message, cause) {
    return new errors/* ToolError */.v4(message, { tool: 'download', hint: request.hint, ...(cause === undefined ? {} : { cause }) });
}

;// CONCATENATED MODULE: ./lib/tools/hash.js
// A file -> its sha256, streamed.


/** Lower-case hex. Throws the system's error when the file cannot be read. */
async function sha256OfFile(file) {
    const hash = (0,external_node_crypto_.createHash)('sha256');
    for await (const chunk of (0,external_node_fs_.createReadStream)(file))
        hash.update(chunk);
    return hash.digest('hex');
}

;// CONCATENATED MODULE: ./lib/tools/pins.js
// Tool, version, architecture -> the sha256 that a download must have. The only rows that the product may start from.
//
// A version that is not here has no row, and nobody invents one: rows are added after the signature of the release was verified.
/** sha256 of the archives. 0.69.4 to 0.69.6 were the work of an intruder (GHSA-69fq-xp46-6x23). */
const TRIVY = {
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
const COSIGN = {
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
const BUILDX = {
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
};
/** Index digests of multi-platform images. */
const IMAGES = {
    /** `buildx-stable-1` in autumn 2026. */
    buildkit: 'moby/buildkit:v0.33.1@sha256:cec9f139f45e93c5c69c60f8b07cfad9f43f4ef6b6a6cd917527fea5ff2e3dea',
    olderBuildkit: 'moby/buildkit:v0.32.2@sha256:28a898719c18a33f4e8000685287fa36fd0dd9560c6440227d3a732d79bb41d8',
    binfmt: 'tonistiigi/binfmt:qemu-v10.2.3@sha256:400a4873b838d1b89194d982c45e5fb3cda4593fbfd7e08a02e76b03b21166f0',
    sbomScanner: 'docker/buildkit-syft-scanner:stable-1@sha256:ae4f3b554449e7e25548e7d8ccc029d17357348e30c6e3df01b92bc93654d6a9',
};
/** The version that is used when the user names none. */
function defaultVersion(table) {
    const [first] = Object.keys(table.rows);
    if (first === undefined)
        throw new Error(`no pinned version of ${table.tool}`);
    return first;
}

;// CONCATENATED MODULE: ./lib/tools/install.js
// A tool's pinned row or the user's own path -> a program that may be started, and what is known of it.






const RELEASES = 'https://github.com';
/** Reading its own version takes a tool milliseconds. */
const VERSION_TIMEOUT = 30_000;
/** Trivy, ready to run. Throws UserError for what inputs can put right, ToolError when the download fails. */
function installTrivy(options) {
    const table = options.pins ?? TRIVY;
    return install(table, options, async (file, directory) => {
        const tar = ['-xzf', file, '-C', directory, '--no-same-owner', 'trivy'];
        const result = await options.run('tar', tar, { env: { PATH: '/usr/bin:/bin' }, timeout: 120_000 });
        if (result.exitCode !== 0)
            throw new errors/* ToolError */.v4(`${external_node_path_.basename(file)} could not be unpacked (${(0,command/* ending */.K1)(result)})`, {
                tool: 'tar',
                tail: (0,command/* tail */.RT)(result.stderr),
            });
        await (0,promises_.rm)(file, { force: true });
        return external_node_path_.join(directory, 'trivy');
    });
}
/** cosign, ready to run. */
function installCosign(options) {
    return install(options.pins ?? COSIGN, options, async (file) => {
        await (0,promises_.chmod)(file, 0o755);
        return file;
    });
}
async function install(table, options, unpack) {
    const wanted = options.version?.replace(/^v(?=\d)/, '');
    if (wanted !== undefined)
        refuseVersion(table, wanted);
    await (0,promises_.mkdir)(options.directory, { recursive: true });
    if (options.path !== undefined)
        return ownProgram(table, options.path, wanted, options);
    const version = wanted ?? defaultVersion(table);
    const architecture = architectureOf(table, options);
    const sha256 = rowOf(table, version)[architecture];
    const directory = await (0,promises_.mkdtemp)(external_node_path_.join(options.directory, `${table.tool}-`));
    const file = await verifiedCopy(table, version, architecture, sha256, directory, options);
    const program = await unpack(file, directory);
    const said = await versionOf(table, program, options);
    if (said !== version)
        throw new errors/* ToolError */.v4(`${table.file(version, architecture)} has the right sha256, but the program in it says that it is ${said}`, {
            tool: table.tool,
        });
    return { path: program, version, sha256, origin: 'pinned' };
}
/** The user's own: hashed for the report, refused when it is known to be bad. */
async function ownProgram(table, program, wanted, options) {
    const input = `${table.tool}-path`;
    const file = external_node_path_.resolve(program);
    if (!(await (0,promises_.stat)(file).then(found => found.isFile(), () => false)))
        throw new errors/* UserError */.yo(`${input}: there is no file ${program}`, {
            hint: `Give the path of a ${table.tool} program, or leave ${input} out.`,
        });
    const sha256 = await sha256OfFile(file);
    if (table.refusedHashes.includes(sha256))
        throw new errors/* UserError */.yo(`${input}: ${program} is a known malicious release of ${table.tool} (sha256 ${sha256}): it is not started`, {
            hint: 'Treat the machine that it was on as compromised: see GHSA-69fq-xp46-6x23.',
        });
    const version = await versionOf(table, file, options);
    refuseVersion(table, version);
    if (wanted !== undefined && wanted !== version)
        throw new errors/* UserError */.yo(`${input}: ${program} is version ${version}, but ${table.tool}-version asks for ${wanted}`, {
            hint: `Leave one of the two out.`,
        });
    return { path: file, version, sha256, origin: 'path' };
}
function refuseVersion(table, version) {
    if (!table.refusedVersions.includes(version))
        return;
    throw new errors/* UserError */.yo(`${table.tool} ${version} was published by an intruder and is never used`, {
        hint: `See GHSA-69fq-xp46-6x23. Known good: ${Object.keys(table.rows).join(', ')}.`,
    });
}
function rowOf(table, version) {
    const row = Object.hasOwn(table.rows, version) ? table.rows[version] : undefined;
    if (row !== undefined)
        return row;
    throw new errors/* UserError */.yo(`${table.tool}-version: no checksum of ${table.tool} ${version} is built in`, {
        hint: `Versions with one: ${Object.keys(table.rows).join(', ')}. For another, install it yourself and name it with ${table.tool}-path.`,
    });
}
function architectureOf(table, { machine = process }) {
    const architecture = machine.arch === 'x64' ? 'amd64' : machine.arch;
    if (machine.platform === 'linux' && (architecture === 'amd64' || architecture === 'arm64'))
        return architecture;
    throw new errors/* UserError */.yo(`no pinned ${table.tool} for this runner (${machine.platform}/${architecture}): only for linux/amd64 and linux/arm64`, {
        hint: `Use a Linux runner, or install ${table.tool} yourself and name it with ${table.tool}-path.`,
    });
}
/** A copy in the job's own directory, hashed there: what other jobs do to the cache afterwards does not matter. */
async function verifiedCopy(table, version, architecture, sha256, directory, options) {
    const name = table.file(version, architecture);
    const kept = external_node_path_.join(options.cache, table.tool, version, name);
    const file = external_node_path_.join(directory, name);
    if (await copied(kept, file)) {
        if ((await sha256OfFile(file)) === sha256)
            return file;
        options.onNote?.(`${name} in the tool cache was not what it should be (sha256): it is downloaded again`);
        await (0,promises_.rm)(kept, { force: true });
    }
    const url = `${options.baseUrl ?? RELEASES}/${table.directory(version)}/${name}`;
    await options.download({
        url,
        file: kept,
        sha256,
        hint: `Without network, install ${table.tool} yourself and name it with ${table.tool}-path.`,
    });
    await (0,promises_.copyFile)(kept, file);
    if ((await sha256OfFile(file)) !== sha256)
        throw new errors/* ToolError */.v4(`${name} in the tool cache changed while it was being used: it is not started`, { tool: table.tool });
    return file;
}
async function copied(from, to) {
    try {
        await (0,promises_.copyFile)(from, to);
        return true;
    }
    catch (error) {
        if (error.code === 'ENOENT')
            return false;
        throw error;
    }
}
/** What the program says of itself, asked with an empty environment in an empty directory. */
async function versionOf(table, program, options) {
    const empty = await (0,promises_.mkdtemp)(external_node_path_.join(options.directory, 'empty-'));
    try {
        const args = table.tool === 'trivy' ? ['version', '--format', 'json', '--cache-dir', empty] : ['version', '--json'];
        const result = await options.run(program, args, { env: {}, cwd: empty, timeout: VERSION_TIMEOUT });
        const version = readVersion(result.stdout);
        if (result.exitCode === 0 && version !== undefined)
            return version;
        throw new errors/* UserError */.yo(`${program} does not behave like ${table.tool}: asked for its version, it gave ${(0,command/* ending */.K1)(result, VERSION_TIMEOUT)}`, {
            hint: `Check ${table.tool}-path: it must be the program itself, for this machine's architecture.`,
        });
    }
    finally {
        await (0,promises_.rm)(empty, { recursive: true, force: true });
    }
}
/** Trivy: `{"Version":"0.76.0",…}`, cosign: `{"gitVersion":"v3.1.1",…}`. */
function readVersion(stdout) {
    try {
        const answer = JSON.parse(stdout);
        const version = answer?.Version ?? answer?.gitVersion;
        return typeof version === 'string' && version !== '' ? version.replace(/^v(?=\d)/, '') : undefined;
    }
    catch {
        return undefined;
    }
}

;// CONCATENATED MODULE: ./lib/tools/registry/answers.js
// What a registry answered, or why it did not -> an error that a person understands, and whether trying again may help.



/** One header as text. */
function header(reply, name) {
    const value = reply.headers[name];
    return Array.isArray(value) ? value.join(', ') : value;
}
/** The error codes of the distribution specification (upper case) in an answer's body. */
function errorCodes(reply) {
    return readErrors(reply).map(error => error.code);
}
function readErrors(reply) {
    try {
        const parsed = JSON.parse(reply.body.toString('utf8'));
        const list = Array.isArray(parsed?.errors) ? parsed.errors : [];
        return list.map(one => {
            const { code, message } = (one ?? {});
            return { code: typeof code === 'string' ? code.toUpperCase() : '', message: typeof message === 'string' ? message : '' };
        });
    }
    catch {
        return [];
    }
}
/** `403 DENIED: permission_denied: write_package`, one line, at most 200 characters. */
function said(reply) {
    const errors = readErrors(reply).map(({ code, message }) => [code, message].filter(part => part !== '').join(': '));
    const text = errors.length > 0 ? errors.join('; ') : /html/i.test(header(reply, 'content-type') ?? '') ? '' : reply.body.toString('utf8');
    const line = text
        .replace(/\s+/g, ' ')
        .replace(/[^\x20-\x7e]/g, '?')
        .trim();
    return `${reply.status}${line === '' ? '' : ` ${line}`}`.slice(0, 200);
}
/** True for a refusal that passes by itself. GitHub's registry answers 403 for its secondary rate limit, which looks like a missing permission. */
function isRateLimit(reply) {
    if (reply.status === 429)
        return true;
    if (reply.status !== 403)
        return false;
    if (header(reply, 'retry-after') !== undefined || header(reply, 'x-ratelimit-remaining') === '0')
        return true;
    return /rate.?limit|too ?many ?requests|abuse detection/i.test(reply.body.toString('utf8'));
}
const LEAST_RATE_LIMIT_WAIT = 2_000;
/** Codes of a manifest that was refused because the registry does not see yet what it just took. */
const LATE = ['BLOB_UNKNOWN', 'MANIFEST_BLOB_UNKNOWN', 'MANIFEST_UNKNOWN', 'BLOB_UPLOAD_UNKNOWN'];
/** Turns an answer that is no success into the error to throw: Retriable, UserError or ToolError. */
function refusal(reply, purpose, now) {
    const { repository, what } = purpose;
    const after = parseRetryAfter(header(reply, 'retry-after'), now);
    if (isRateLimit(reply)) {
        const wait = after ?? (reply.status === 403 ? LEAST_RATE_LIMIT_WAIT : undefined);
        return new Retriable(toolError(`${repository.registry} limits our rate of requests (${said(reply)})`, 'Wait, or log in with an account that may ask more often.'), { after: wait });
    }
    if (reply.status === 408 || (reply.status >= 500 && reply.status !== 501))
        return new Retriable(toolError(`${repository.registry} failed at ${what} (${said(reply)})`, 'Run again: what was sent already is not sent twice.'), {
            after,
        });
    if (reply.status === 401 || reply.status === 403)
        return denied(reply, purpose);
    if (reply.status === 413)
        return tooLarge(reply, purpose);
    if (purpose.access === 'write' && reply.status >= 400 && errorCodes(reply).some(code => LATE.includes(code)))
        return new Retriable(toolError(`${repository.registry} does not find a part of ${what} (${said(reply)})`), { tries: 4 });
    if (reply.status === 404 && purpose.access === 'write')
        return new errors/* UserError */.yo(`${repository.registry} has no repository ${repository.name} that we may write to (${said(reply)})`, {
            hint: 'Create the repository first (Amazon ECR and others do not make it on the first push), or correct `images`.',
        });
    return toolError(`${repository.registry} did not take our request for ${what} of ${repository.image} (${said(reply)})`);
}
function denied(reply, { repository, access }) {
    const verb = access === 'write' ? 'write to' : 'read';
    return new errors/* UserError */.yo(`${repository.registry} does not let us ${verb} ${repository.image} (${said(reply)})`, {
        hint: loginHint(repository, access),
    });
}
/** What to do about a refused or missing login, in the words of the registry's own settings. */
function loginHint(repository, access) {
    const rights = access === 'write' ? 'write' : 'read';
    if (repository.registry === 'ghcr.io')
        return (`Give the job "permissions: packages: ${rights}" and log in to ghcr.io (username github.actor, password github.token). ` +
            `If the package exists already, give this repository the ${rights} role under the package's settings, "Manage Actions access".`);
    if (repository.registry === 'docker.io')
        return `Log in to Docker Hub with an access token that has "${access === 'write' ? 'Read & Write' : 'Read'}" rights, as a member of the namespace ${repository.name.split('/')[0] ?? ''}.`;
    return `Log in to ${repository.registry} before this step, or give \`registry\`, \`username\` and \`password\`; the account needs ${rights} rights on ${repository.name}.`;
}
function tooLarge(reply, { repository, what, size }) {
    const amount = size === undefined ? 'a body' : `${(size / 1024 / 1024).toFixed(1)} MiB`;
    return new errors/* UserError */.yo(`${repository.registry} does not take ${amount} in one request for ${what} (${said(reply)})`, {
        hint: 'A proxy or CDN before the registry limits the size of a request (nginx: client_max_body_size; Cloudflare: 100 MB): raise it, or make the layer smaller.',
    });
}
const CERTIFICATE = /^(UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|CERT_|ERR_TLS_CERT)/;
const DISK = ['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EIO', 'ENOENT', 'EMFILE'];
const SELDOM_HEALS = [NOT_CONNECTED, 'ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'];
/** Turns a failure of the connection into the error to throw. */
function brokenConnection(error, host) {
    if (error instanceof errors/* Cancelled */.cJ || error instanceof errors/* UserError */.yo || error instanceof errors/* ToolError */.v4 || error instanceof Retriable)
        return error;
    const { code = '', message = '' } = error;
    if (CERTIFICATE.test(code))
        return new errors/* UserError */.yo(`the TLS certificate of ${host} is not trusted (${code})`, {
            hint: 'For a certificate authority of your own, set NODE_EXTRA_CA_CERTS to its PEM file in the job (and make docker trust it).',
            cause: error,
        });
    if (code === 'EPROTO' || code.startsWith('ERR_SSL'))
        return new errors/* UserError */.yo(`${host} does not speak TLS as it should (${code})`, {
            hint: 'Plain http is used for registries on this machine only (localhost, 127.0.0.0/8).',
            cause: error,
        });
    if (DISK.includes(code))
        return toolError(`a file of this run cannot be read or written (${code}: ${message})`, 'Free some space on the runner.', error);
    if (code === '')
        return error instanceof Error ? error : new Error(message, { cause: error });
    const failure = toolError(`the connection to ${host} broke (${code}: ${message.replace(/\s+/g, ' ')})`, code === 'ENOTFOUND'
        ? 'Check the name of the registry, DNS and HTTPS_PROXY.'
        : 'Run again: what was sent already is not sent twice.', error);
    return new Retriable(failure, SELDOM_HEALS.includes(code) ? { tries: 4 } : {});
}
/** A ToolError of the registry client. */
function toolError(message, hint, cause) {
    return new errors/* ToolError */.v4(message, {
        tool: 'registry',
        ...(hint === undefined ? {} : { hint }),
        ...(cause === undefined ? {} : { cause }),
    });
}

;// CONCATENATED MODULE: ./lib/tools/registry/challenge.js
// A WWW-Authenticate header -> the login that the registry asks for; and the arithmetic of token scopes.
/** Reads one header with one or several challenges; Bearer wins over Basic. Undefined when there is none that we can answer. */
function parseChallenge(header) {
    const found = splitChallenges(header ?? '');
    const bearer = found.find(one => one.scheme === 'bearer' && one.parameters.get('realm') !== undefined);
    if (bearer !== undefined) {
        const scope = bearer.parameters.get('scope') ?? '';
        return {
            scheme: 'bearer',
            realm: bearer.parameters.get('realm') ?? '',
            service: bearer.parameters.get('service'),
            scopes: scope.split(' ').filter(part => part !== ''),
        };
    }
    return found.some(one => one.scheme === 'basic') ? { scheme: 'basic' } : undefined;
}
/** `a="x", b=y` belongs to the scheme before it; a word that is not followed by `=` starts a new challenge. */
function splitChallenges(header) {
    const challenges = [];
    const token = /([A-Za-z0-9!#$%&'*+.^_`|~-]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+)))?/g;
    for (const [, word = '', quoted, plain] of header.matchAll(token)) {
        const value = quoted?.replace(/\\(.)/g, '$1') ?? plain;
        if (value === undefined)
            challenges.push({ scheme: word.toLowerCase(), parameters: new Map() });
        else
            challenges.at(-1)?.parameters.set(word.toLowerCase(), value);
    }
    return challenges;
}
/** Joins scopes: actions of the same resource are united, everything is sorted so that equal demands are equal texts. */
function mergeScopes(...lists) {
    const actions = new Map();
    for (const scope of lists.flat()) {
        const colon = scope.lastIndexOf(':');
        // Public ECR asks for the scope `aws`: no resource, no actions.
        const resource = colon === -1 ? scope : scope.slice(0, colon);
        const set = actions.get(resource) ?? new Set();
        if (colon !== -1)
            for (const action of scope.slice(colon + 1).split(','))
                set.add(action);
        actions.set(resource, set);
    }
    return [...actions].map(([resource, set]) => (set.size === 0 ? resource : `${resource}:${[...set].sort().join(',')}`)).sort();
}
/** What reading a repository needs. */
function pullScope(name) {
    return `repository:${name}:pull`;
}
/** What writing to a repository needs. */
function pushScope(name) {
    return `repository:${name}:pull,push`;
}

;// CONCATENATED MODULE: ./lib/tools/registry/exchange.js
// One request to the API of a registry, with everything that is not its business: scheme, login, redirects, where credentials may go.




const ANSWER_LIMIT = 16 * 1024 * 1024;
const MOST_REDIRECTS = 5;
/** A first 401 tells what is wanted, a second one that a token ran out meanwhile. */
const MOST_CHALLENGES = 2;
function createExchange(options) {
    return async (ask) => {
        const base = await options.base(ask.purpose.repository);
        let url = typeof ask.to === 'string' ? new URL(`/v2/${ask.purpose.repository.name}/${ask.to}`, base) : ask.to;
        for (let redirects = 0;; redirects++) {
            const { answer, granted } = await authorised(ask, url, base, options);
            const location = redirectTarget(ask, answer);
            if (location === undefined)
                return { ...(await exchange_read(ask, answer, url)), granted };
            answer.stream.resume();
            if (redirects === MOST_REDIRECTS)
                throw toolError(`${base.host} sent us from one address to the next without end`);
            url = exchange_follow(location, url, base);
        }
    };
}
/** Sends with the login of the registry, but only to the registry itself. */
async function authorised(ask, url, base, options) {
    const { repository, access } = ask.purpose;
    const own = url.host === base.host && url.protocol === base.protocol;
    const scope = access === 'write' ? pushScope(repository.name) : pullScope(repository.name);
    const demand = { repository, access, scopes: [scope, ...(ask.moreScopes ?? [])] };
    let authorization = own ? await options.authoriser.before(demand) : undefined;
    for (let challenges = 0;; challenges++) {
        const answer = await once(ask, url, authorization, options);
        const done = { answer, granted: options.authoriser.isGranted(authorization) };
        if (answer.status !== 401 || !own || challenges === MOST_CHALLENGES)
            return done;
        const better = await options.authoriser.after(demand, header(answer, 'www-authenticate'), authorization);
        if (better === undefined)
            return done;
        answer.stream.resume();
        authorization = better;
    }
}
async function once(ask, url, authorization, options) {
    const started = performance.now();
    const note = (status) => options.onRequest?.({
        method: ask.method,
        url: url.origin + url.pathname,
        status,
        milliseconds: performance.now() - started,
    });
    try {
        const answer = await options.send({
            method: ask.method,
            url,
            headers: { ...ask.headers, ...(authorization === undefined ? {} : { authorization }) },
            ...(ask.body === undefined ? {} : { body: ask.body }),
            ...(ask.idle === undefined ? {} : { idle: ask.idle }),
            ...(ask.uncancellable === true ? {} : { signal: options.signal }),
        });
        note(answer.status);
        return answer;
    }
    catch (error) {
        note(0);
        throw brokenConnection(error, url.host);
    }
}
async function exchange_read(ask, answer, url) {
    const { status, headers } = answer;
    try {
        if (ask.consume === undefined || status !== 200)
            return { status, headers, body: await readAnswer(answer, ANSWER_LIMIT) };
        await ask.consume(answer.stream);
        return { status, headers, body: Buffer.alloc(0) };
    }
    catch (error) {
        throw brokenConnection(error, url.host);
    }
}
function redirectTarget(ask, answer) {
    if (ask.method !== 'GET' && ask.method !== 'HEAD')
        return undefined;
    return [301, 302, 303, 307, 308].includes(answer.status) ? answer.headers.location : undefined;
}
/**
 * Where a `Location` leads, seen from the address that gave it. Never from https to http: a registry behind a proxy that names
 * itself with http:// (Harbor) is asked with https all the same, another host without TLS is refused. Never from outside to this machine.
 */
function exchange_follow(location, from, base) {
    if (!URL.canParse(location, from.href))
        throw toolError(`${base.host} named an address that is none`);
    const url = new URL(location, from);
    if (!/^https?:$/.test(url.protocol))
        throw toolError(`${base.host} sent us to an address that is neither http nor https`);
    if (url.protocol === 'http:' && base.protocol === 'https:') {
        if (url.hostname !== base.hostname)
            throw toolError(`${base.host} wants us to go on at ${url.host} without TLS; refused`);
        url.protocol = 'https:';
        url.port = base.port;
    }
    if (!isLoopback(base.host) && isLocalAddress(url))
        throw toolError(`${base.host} wants us to go on at ${url.host}, inside this machine's own network; refused`);
    // What a Location holds before the host is not ours to send.
    url.username = '';
    url.password = '';
    return url;
}
/** This machine, or the link-local addresses where clouds keep their metadata services. */
function isLocalAddress(url) {
    return (isLoopback(url.host) || /^169\.254\./.test(url.hostname) || /^\[fe[89ab]/.test(url.hostname) || url.hostname === '0.0.0.0');
}

;// CONCATENATED MODULE: ./lib/tools/registry/read.js
// A tag or digest -> the manifest, or a blob, as the registry has it; every byte hashed while it arrives.







const ACCEPT = [...oci/* INDEX_TYPES */.V, ...oci/* MANIFEST_TYPES */._P].join(', ');
/** Configs are far smaller; layers are read into files. */
const MEMORY_LIMIT = 16 * 1024 * 1024;
/**
 * Digest and media type of a tag or digest, without the bytes when the registry tells the digest in its header. Undefined when it
 * is not there, and when it is refused to a right login: Docker Hub and Quay answer so for a repository that the first push will
 * make. If it is there but not ours, the write says so; a digest that we wrote and that cannot be read stays an error.
 */
async function resolveReference(client, repository, reference) {
    const purpose = { repository, access: 'read', what: `manifest ${reference}` };
    const head = await retry(async () => {
        const reply = await client.exchange({ method: 'HEAD', to: `manifests/${reference}`, purpose, headers: { accept: ACCEPT } });
        if (reply.status === 404)
            return undefined;
        // The answer to a HEAD cannot say why: the GET below does.
        if (reply.status === 200 || (reply.status >= 400 && reply.status < 500 && reply.status !== 429))
            return reply;
        throw refusal(reply, purpose, client.retry.clock.now());
    }, client.retry);
    if (head === undefined)
        return undefined;
    const digest = header(head, 'docker-content-digest');
    if (head.status !== 200 || digest === undefined || digest === '')
        return getManifest(client, repository, reference, reply => isHidden(reply) && !client.written.has(writtenKey(repository, reference)));
    if (isDigest(reference) && digest !== reference)
        throw otherDigest(repository, reference, digest);
    return { digest, mediaType: mediaTypeOf(head) };
}
/** The bytes of a manifest and the digest computed from them; undefined when it is not there. */
async function readManifest(client, repository, reference) {
    return getManifest(client, repository, reference, () => false);
}
function writtenKey(repository, digest) {
    return `${repository.host}/${repository.name}@${digest}`;
}
/** A refusal of the repository, not of the login: the token service knew the login and gave a token. */
function isHidden(reply) {
    return (reply.status === 401 || reply.status === 403) && reply.granted === true && !isRateLimit(reply);
}
async function getManifest(client, repository, reference, isAbsent) {
    const purpose = { repository, access: 'read', what: `manifest ${reference}` };
    return retry(async () => {
        const reply = await client.exchange({ method: 'GET', to: `manifests/${reference}`, purpose, headers: { accept: ACCEPT } });
        if (reply.status === 404 || isAbsent(reply))
            return undefined;
        if (reply.status !== 200)
            throw refusal(reply, purpose, client.retry.clock.now());
        const digest = digestOf(reply.body, isDigest(reference) ? reference : 'sha256:');
        if (isDigest(reference) && digest !== reference)
            throw otherDigest(repository, reference, digest);
        const told = header(reply, 'docker-content-digest');
        if (told !== undefined && told.startsWith('sha256:') && digest.startsWith('sha256:') && told !== digest)
            throw toolError(`${repository.registry} calls ${repository.image}:${reference} ${told}, but its bytes are ${digest}`);
        return { digest, mediaType: mediaTypeOf(reply), bytes: reply.body };
    }, client.retry);
}
/** PUT of exactly these bytes; the registry's own idea of their digest is compared. */
async function writeManifest(client, repository, reference, manifest) {
    const purpose = { repository, access: 'write', what: `manifest ${reference}`, size: manifest.bytes.length };
    if (digestOf(manifest.bytes, manifest.digest) !== manifest.digest || (isDigest(reference) && reference !== manifest.digest))
        throw toolError(`the manifest ${manifest.digest} changed since it was scanned; it is not published`, 'Something wrote into the layout during the run: build again.');
    await retry(async () => {
        const headers = { 'content-type': manifest.mediaType };
        const reply = await client.exchange({ method: 'PUT', to: `manifests/${reference}`, purpose, headers, body: manifest.bytes });
        if (reply.status !== 201 && reply.status !== 200 && reply.status !== 202)
            throw refusal(reply, purpose, client.retry.clock.now());
        const stored = header(reply, 'docker-content-digest');
        if (stored !== undefined && stored !== manifest.digest)
            throw otherDigest(repository, reference, stored, manifest.digest);
    }, client.retry);
    client.written.add(writtenKey(repository, manifest.digest));
}
/** Fetches a blob into `file`; the file appears only when size and hash are right. */
async function downloadBlob(client, repository, blob, file) {
    const partial = `${file}.partial`;
    try {
        await fetchInto(client, repository, blob, async (stream, check) => {
            await (0,external_node_stream_promises_.pipeline)(stream, check, (0,external_node_fs_.createWriteStream)(partial));
        });
        await (0,promises_.rename)(partial, file);
    }
    finally {
        await (0,promises_.rm)(partial, { force: true });
    }
}
/** Fetches a small blob (a config) into memory. */
async function readBlob(client, repository, blob) {
    if (blob.size > MEMORY_LIMIT)
        throw toolError(`blob ${blob.digest} of ${repository.image} is larger than a config can be`);
    let chunks = [];
    await fetchInto(client, repository, blob, async (stream, check) => {
        chunks = [];
        for await (const chunk of check(stream))
            chunks.push(chunk);
    });
    return Buffer.concat(chunks);
}
async function fetchInto(client, repository, blob, consume) {
    const purpose = { repository, access: 'read', what: `blob ${blob.digest}` };
    await retry(async (moved) => {
        const ask = { method: 'GET', to: `blobs/${blob.digest}`, purpose };
        const reply = await client.exchange({ ...ask, consume: stream => consume(stream, checked(repository, blob, moved)) });
        if (reply.status === 404)
            throw toolError(`${repository.image} has no blob ${blob.digest}: the image there is incomplete`);
        if (reply.status !== 200)
            throw refusal(reply, purpose, client.retry.clock.now());
    }, client.retry);
}
/** Passes bytes on and ends in an error unless they are those of the descriptor. Damage on the way may heal. */
function checked(repository, blob, moved) {
    const wrong = () => new Retriable(toolError(`${repository.registry} sent other bytes than blob ${blob.digest} of ${repository.image}`), {
        tries: 3,
    });
    return async function* (source) {
        const hash = (0,external_node_crypto_.createHash)(algorithmOf(blob.digest));
        let length = 0;
        for await (const chunk of source) {
            moved();
            length += chunk.length;
            if (length > blob.size)
                throw wrong();
            hash.update(chunk);
            yield chunk;
        }
        if (length !== blob.size || `${algorithmOf(blob.digest)}:${hash.digest('hex')}` !== blob.digest)
            throw wrong();
    };
}
function digestOf(bytes, like) {
    const algorithm = algorithmOf(like);
    return `${algorithm}:${(0,external_node_crypto_.createHash)(algorithm).update(bytes).digest('hex')}`;
}
function algorithmOf(digest) {
    return digest.startsWith('sha512:') ? 'sha512' : 'sha256';
}
function isDigest(reference) {
    return reference.includes(':');
}
function mediaTypeOf(reply) {
    return (header(reply, 'content-type') ?? '').split(';')[0]?.trim() ?? '';
}
function otherDigest(repository, reference, found, expected = reference) {
    return toolError(`${repository.registry} answers ${found} for ${repository.image} ${reference}; expected ${expected}`);
}

;// CONCATENATED MODULE: ./lib/tools/registry/scheme.js
// A registry's host -> the base address of its API: https, and on this machine whatever it speaks.


const PROBE_TIMEOUT = 5_000;
/** Finds out once per host. Registries elsewhere are always spoken to with TLS. */
function createBase() {
    const known = new Map();
    return ({ host }) => {
        const base = known.get(host) ?? findBase(host);
        known.set(host, base);
        return base;
    };
}
async function findBase(host) {
    const secure = new URL(`https://${host}/`);
    if (!isLoopback(host))
        return secure;
    return (await speaksTls(secure)) ? secure : new URL(`http://${host}/`);
}
/** Shakes hands and hangs up. Nothing but the handshake is sent; the certificate is judged when the first request is made. */
function speaksTls(url) {
    return new Promise(resolve => {
        const host = url.hostname.replace(/^\[|\]$/g, '');
        const port = url.port === '' ? 443 : Number(url.port);
        const socket = (0,external_node_tls_.connect)({ host, port, rejectUnauthorized: false, ...(/[a-z]/.test(host) ? { servername: host } : {}) });
        const end = (answer) => {
            socket.destroy();
            resolve(answer);
        };
        socket.setTimeout(PROBE_TIMEOUT, () => end(false));
        socket.once('secureConnect', () => end(true));
        socket.once('error', () => end(false));
    });
}

;// CONCATENATED MODULE: ./lib/tools/registry/tokens.js
// A registry's challenge and the user's credential -> the Authorization header of a request; tokens are shared, renewed in time, never sent elsewhere.







/** Lifetime when the server does not tell (distribution's token specification). */
const DEFAULT_LIFETIME = 60;
const MARGIN = 10_000;
const TOKEN_ANSWER_LIMIT = 1024 * 1024;
/** Knows nothing yet. */
function createLoginMemory() {
    return { challenges: new Map(), learned: new Map(), tokens: new Map(), credentials: new Map(), granted: new Set() };
}
/** `options.signal` cancels the fetching of tokens. */
function createAuthoriser(options, memory) {
    const { challenges, learned, tokens, credentials, granted } = memory;
    const credential = (registry) => {
        const found = credentials.get(registry) ?? options.credential(registry);
        credentials.set(registry, found);
        return found;
    };
    async function bearer(challenge, demand, refused) {
        const scopes = mergeScopes(demand.scopes, learned.get(demandKey(demand)) ?? []);
        const key = [demand.repository.host, challenge.realm, challenge.service ?? '', ...scopes].join(' ');
        const slot = tokens.get(key);
        if (slot !== undefined) {
            const token = await slot.catch((error) => {
                // A fetch that another one cancelled says nothing about ours.
                if (error instanceof errors/* Cancelled */.cJ && options.signal?.aborted !== true)
                    return undefined;
                throw error;
            });
            const value = `Bearer ${token?.value ?? ''}`;
            if (token !== undefined && token.renewAt > options.clock.now() && value !== refused)
                return value;
            // While this request waited, another one may have asked for a new token: one is enough.
            if (tokens.get(key) !== slot)
                return bearer(challenge, demand, refused);
        }
        const fetched = fetchToken(challenge, scopes, demand, credential, options);
        tokens.set(key, fetched);
        fetched.catch(() => {
            if (tokens.get(key) === fetched)
                tokens.delete(key);
        });
        const { value, anonymous } = await fetched;
        if (!anonymous)
            granted.add(`Bearer ${value}`);
        return `Bearer ${value}`;
    }
    async function answerTo(challenge, demand, refused) {
        if (challenge.scheme === 'bearer')
            return bearer(challenge, demand, refused);
        const login = await credential(demand.repository.registry);
        if (login?.kind !== 'password')
            return undefined;
        return `Basic ${basicValue(login.username, login.password)}`;
    }
    return {
        before: async (demand) => {
            const challenge = challenges.get(demand.repository.host);
            return challenge && answerTo(challenge, demand, undefined);
        },
        after: async (demand, text, sent) => {
            const challenge = parseChallenge(text);
            if (challenge === undefined)
                return undefined;
            challenges.set(demand.repository.host, challenge);
            if (challenge.scheme === 'bearer')
                learned.set(demandKey(demand), challenge.scopes);
            const header = await answerTo(challenge, demand, sent);
            return header === sent ? undefined : header;
        },
        isGranted: sent => sent !== undefined && granted.has(sent),
    };
}
function demandKey(demand) {
    return [demand.repository.host, ...demand.scopes].join(' ');
}
async function fetchToken(challenge, scopes, demand, credential, options) {
    const login = await credential(demand.repository.registry);
    const realm = realmUrl(challenge.realm, demand.repository);
    const purpose = { repository: demand.repository, access: demand.access, what: `a token from ${realm.host}` };
    return retry(async () => {
        const asked = options.clock.now();
        let reply = await exchange(tokenRequest(realm, challenge.service, scopes, login, login?.kind === 'identity'), options);
        // Servers that know OAuth2 only.
        if ((reply.status === 404 || reply.status === 405) && login?.kind === 'password')
            reply = await exchange(tokenRequest(realm, challenge.service, scopes, login, true), options);
        if (reply.status === 401 || reply.status === 403 || reply.status === 400)
            throw loginRefused(reply, demand, login, options);
        if (reply.status !== 200)
            throw refusal(reply, purpose, options.clock.now());
        return { ...readToken(reply, realm, asked, options), anonymous: login === undefined };
    }, { clock: options.clock, policy: options.policy, signal: options.signal });
}
async function exchange(request, options) {
    try {
        const answer = await options.send({ ...request, signal: options.signal });
        return { status: answer.status, headers: answer.headers, body: await readAnswer(answer, TOKEN_ANSWER_LIMIT) };
    }
    catch (error) {
        throw brokenConnection(error, request.url.host);
    }
}
/** Where tokens are given. Credentials go there, so it must be as private as the registry itself. */
function realmUrl(realm, repository) {
    const url = URL.canParse(realm) ? new URL(realm) : undefined;
    if (url === undefined || !/^https?:$/.test(url.protocol))
        throw toolError(`${repository.registry} names no valid address for tokens`, 'The registry is set up wrongly (WWW-Authenticate realm).');
    if (url.protocol === 'http:' && !(isLoopback(url.host) && isLoopback(repository.host)))
        throw toolError(`${repository.registry} wants its login sent to ${url.host} without TLS`, 'The registry is set up wrongly: its WWW-Authenticate realm must begin with https://.');
    return url;
}
function tokenRequest(realm, service, scopes, login, oauth) {
    if (oauth && login !== undefined) {
        const form = new URLSearchParams({ client_id: 'seaworthy', scope: scopes.join(' ') });
        if (service !== undefined)
            form.set('service', service);
        const grant = login.kind === 'identity'
            ? { grant_type: 'refresh_token', refresh_token: login.token }
            : { grant_type: 'password', username: login.username, password: login.password };
        for (const [key, value] of Object.entries(grant))
            form.set(key, value);
        const body = Buffer.from(form.toString());
        return { method: 'POST', url: realm, headers: { 'content-type': 'application/x-www-form-urlencoded' }, body };
    }
    const url = new URL(realm);
    if (service !== undefined)
        url.searchParams.set('service', service);
    for (const scope of scopes)
        url.searchParams.append('scope', scope);
    const headers = login?.kind === 'password' ? { authorization: `Basic ${basicValue(login.username, login.password)}` } : undefined;
    return { method: 'GET', url, headers: headers ?? {} };
}
function loginRefused(reply, demand, login, options) {
    const { repository, access } = demand;
    const error = refusal(reply, { repository, access, what: 'a token' }, options.clock.now());
    // A rate limit that is dressed as 403 stays one.
    if (!(error instanceof errors/* UserError */.yo) && reply.status !== 400)
        return error;
    const verb = access === 'write' ? 'write to' : 'read';
    const message = login === undefined
        ? `${repository.registry} wants a login to ${verb} ${repository.image} (${reply.status})`
        : `${repository.registry} refused the login for ${repository.image} (${reply.status})`;
    return new errors/* UserError */.yo(message, { hint: loginHint(repository, access) });
}
function readToken(reply, realm, asked, options) {
    const answer = parseTokenAnswer(reply);
    const value = [answer.token, answer.access_token].find(one => typeof one === 'string' && one !== '');
    if (value === undefined || /[^\x21-\x7e]/.test(value))
        throw toolError(`${realm.host} gave no token (${header(reply, 'content-type') ?? 'no content type'})`);
    options.onSecret?.(value);
    const seconds = typeof answer.expires_in === 'number' && answer.expires_in > 0 ? answer.expires_in : DEFAULT_LIFETIME;
    const lifetime = seconds * 1000;
    return { value, renewAt: asked + lifetime - Math.min(MARGIN, lifetime / 4) };
}
function parseTokenAnswer(reply) {
    try {
        return JSON.parse(reply.body.toString('utf8')) ?? {};
    }
    catch {
        // The parser's message would quote the token; that there is none is said by the caller.
        return {};
    }
}

;// CONCATENATED MODULE: ./lib/tools/registry/upload.js
// A blob of the bundle -> the same blob in a registry: HEAD, mount, or one PUT streamed from disk and hashed while it leaves.
var __addDisposableResource = (undefined && undefined.__addDisposableResource) || function (env, value, async) {
    if (value !== null && value !== void 0) {
        if (typeof value !== "object" && typeof value !== "function") throw new TypeError("Object expected.");
        var dispose, inner;
        if (async) {
            if (!Symbol.asyncDispose) throw new TypeError("Symbol.asyncDispose is not defined.");
            dispose = value[Symbol.asyncDispose];
        }
        if (dispose === void 0) {
            if (!Symbol.dispose) throw new TypeError("Symbol.dispose is not defined.");
            dispose = value[Symbol.dispose];
            if (async) inner = dispose;
        }
        if (typeof dispose !== "function") throw new TypeError("Object not disposable.");
        if (inner) dispose = function() { try { inner.call(this); } catch (e) { return Promise.reject(e); } };
        env.stack.push({ value: value, dispose: dispose, async: async });
    }
    else if (async) {
        env.stack.push({ async: true });
    }
    return value;
};
var __disposeResources = (undefined && undefined.__disposeResources) || (function (SuppressedError) {
    return function (env) {
        function fail(e) {
            env.error = env.hasError ? new SuppressedError(e, env.error, "An error was suppressed during disposal.") : e;
            env.hasError = true;
        }
        var r, s = 0;
        function next() {
            while (r = env.stack.pop()) {
                try {
                    if (!r.async && s === 1) return s = 0, env.stack.push(r), Promise.resolve().then(next);
                    if (r.dispose) {
                        var result = r.dispose.call(r.value);
                        if (r.async) return s |= 2, Promise.resolve(result).then(next, function(e) { fail(e); return next(); });
                    }
                    else s |= 1;
                }
                catch (e) {
                    fail(e);
                }
            }
            if (s === 1) return env.hasError ? Promise.reject(env.error) : Promise.resolve();
            if (env.hasError) throw env.error;
        }
        return next();
    };
})(typeof SuppressedError === "function" ? SuppressedError : function (error, suppressed, message) {
    var e = new Error(message);
    return e.name = "SuppressedError", e.error = error, e.suppressed = suppressed, e;
});







/** A registry may take its time to hash and store what it just got. */
const COMMIT_IDLE = 300_000;
const READ_SIZE = 1024 * 1024;
/** Sends one blob unless it is there or can be mounted. A lost upload session starts again at its beginning. */
async function uploadBlob(client, repository, blob, directory, mountFrom) {
    const purpose = { repository, access: 'write', what: `blob ${blob.digest}`, size: blob.size };
    let sent = false;
    return retry(async (moved) => {
        if (await isThere(client, purpose, blob))
            return sent ? 'sent' : 'present';
        const session = await openSession(client, purpose, blob, mountFrom);
        if (session === 'mounted')
            return 'mounted';
        sent = true;
        await putBody(client, purpose, fileBody(directory, blob, moved), blob, session);
        return 'sent';
    }, client.retry);
}
/** A refused HEAD is no answer: some registries refuse it for what is not there. The POST that follows tells the truth about rights. */
async function isThere(client, purpose, blob) {
    const reply = await client.exchange({ method: 'HEAD', to: `blobs/${blob.digest}`, purpose });
    if (reply.status === 200)
        return true;
    if ([401, 403, 404].includes(reply.status))
        return false;
    throw refusal(reply, purpose, client.retry.clock.now());
}
/** Mounts from the first repository given, or opens an upload session and returns its address. A refused mount is no failure. */
async function openSession(client, purpose, blob, mountFrom) {
    const source = mountFrom.find(one => one.host === purpose.repository.host && one.name !== purpose.repository.name);
    if (source !== undefined) {
        const query = new URLSearchParams({ mount: blob.digest, from: source.name });
        const reply = await post(client, purpose, `blobs/uploads/?${query.toString()}`, [pullScope(source.name)]).catch(() => undefined);
        if (reply?.status === 201)
            return 'mounted';
        if (reply?.status === 202)
            return sessionOf(client, purpose, reply);
    }
    const reply = await post(client, purpose, 'blobs/uploads/');
    if (reply.status === 202)
        return sessionOf(client, purpose, reply);
    throw refusal(reply, purpose, client.retry.clock.now());
}
function post(client, purpose, to, moreScopes = []) {
    // Not cancelled: a session whose address we never learn could not be closed.
    return client.exchange({ method: 'POST', to, purpose, moreScopes, body: new Uint8Array(), uncancellable: true });
}
async function sessionOf(client, purpose, reply) {
    const base = await client.base(purpose.repository);
    const location = header(reply, 'location');
    if (location === undefined)
        throw toolError(`${purpose.repository.registry} opened an upload without saying where`);
    return exchange_follow(location, new URL(`/v2/${purpose.repository.name}/blobs/uploads/`, base), base);
}
async function putBody(client, purpose, body, blob, session) {
    const url = new URL(session);
    // The query is the registry's own and goes back as it came.
    url.search = `${url.search === '' ? '?' : `${url.search}&`}digest=${encodeURIComponent(blob.digest)}`;
    const ask = {
        method: 'PUT',
        to: url,
        purpose,
        headers: { 'content-type': 'application/octet-stream' },
        body,
        idle: COMMIT_IDLE,
    };
    try {
        const reply = await client.exchange(ask);
        if (reply.status === 201 || reply.status === 204 || reply.status === 200) {
            checkStored(reply, purpose, blob);
            return;
        }
        if (isLostSession(reply))
            throw new Retriable(toolError(`${purpose.repository.registry} lost the upload of ${purpose.what} (${reply.status})`));
        throw refusal(reply, purpose, client.retry.clock.now());
    }
    catch (error) {
        await closeSession(client, purpose, session);
        throw error;
    }
}
function checkStored(reply, purpose, blob) {
    const stored = header(reply, 'docker-content-digest');
    if (stored !== undefined && stored !== blob.digest)
        throw toolError(`${purpose.repository.registry} stored ${stored} when we sent ${purpose.what}`);
}
/** The session is gone, or the bytes that arrived are not those that left: both heal by starting again. */
function isLostSession(reply) {
    if (reply.status === 404 || reply.status === 410 || reply.status === 416)
        return true;
    const lost = ['BLOB_UPLOAD_UNKNOWN', 'BLOB_UPLOAD_INVALID', 'DIGEST_INVALID', 'SIZE_INVALID'];
    return reply.status >= 400 && reply.status < 500 && errorCodes(reply).some(code => lost.includes(code));
}
/** One polite DELETE; registries that do not know it (ghcr.io) forget the session by themselves. */
async function closeSession(client, purpose, session) {
    await client.tidy({ method: 'DELETE', to: session, purpose, idle: 5_000 }).catch(() => undefined);
}
/** The file as a body. The last piece leaves only when the hash of everything is right, so that changed bytes never arrive whole. */
function fileBody(directory, blob, moved) {
    const path = (0,blobs/* blobPath */.nD)(directory, blob.digest);
    const changed = () => toolError(`blob ${blob.digest} of the bundle changed since it was scanned; nothing of it is published`, 'Something wrote into the layout during the run: build again.');
    async function* chunks() {
        const env_1 = { stack: [], error: void 0, hasError: false };
        try {
            const file = __addDisposableResource(env_1, await (0,promises_.open)(path).catch((error) => {
                throw toolError(`blob ${blob.digest} of the bundle cannot be read`, 'Something removed it during the run: build again.', error);
            }), true);
            const hash = (0,external_node_crypto_.createHash)(blob.digest.slice(0, blob.digest.indexOf(':')));
            let length = 0;
            let held;
            for await (const chunk of file.createReadStream({
                highWaterMark: READ_SIZE,
                autoClose: false,
            })) {
                if (held !== undefined)
                    yield held;
                moved();
                held = chunk;
                hash.update(chunk);
                length += chunk.length;
                if (length > blob.size)
                    throw changed();
            }
            if (length !== blob.size || hash.digest('hex') !== blob.digest.slice(blob.digest.indexOf(':') + 1))
                throw changed();
            if (held !== undefined)
                yield held;
        }
        catch (e_1) {
            env_1.error = e_1;
            env_1.hasError = true;
        }
        finally {
            const result_1 = __disposeResources(env_1);
            if (result_1)
                await result_1;
        }
    }
    return { length: blob.size, chunks };
}

;// CONCATENATED MODULE: ./lib/tools/registry/registry.js
// Connects the parts of the distribution client into the Registry that the stages know.









/** Milliseconds; GitHub kills a cancelled step a few seconds after it asked it to end. */
const TIDY_AFTER_CANCEL = 3_000;
/** The client, and `close` for its kept-alive connections. Parallelism is the caller's. */
function createRegistry(options) {
    const { send, close } = createSender({ env: options.env, ...(options.ca === undefined ? {} : { ca: options.ca }) });
    const clock = options.clock ?? systemClock;
    const policy = options.retry ?? RETRY;
    const { signal, onSecret, onRequest } = options;
    const base = createBase();
    const credential = (registry) => findCredential(registry, {
        run: options.run,
        env: options.env,
        explicit: options.credentials ?? [],
        ...(onSecret === undefined ? {} : { onSecret }),
    });
    const memory = createLoginMemory();
    const exchangeUntil = (until) => {
        const authoriser = createAuthoriser({ send, clock, policy, credential, onSecret, signal: until }, memory);
        return createExchange({ send, authoriser, base, signal: until, onRequest });
    };
    const client = {
        exchange: exchangeUntil(signal),
        // Closing a session after a cancel may need a token; neither may hold the job for long.
        tidy: exchangeUntil(signal && later(signal, TIDY_AFTER_CANCEL)),
        base,
        retry: { clock, policy, signal },
        written: new Set(),
    };
    return {
        resolve: async (image, reference) => resolveReference(client, parseRepository(image), reference),
        manifest: async (image, reference) => readManifest(client, parseRepository(image), reference),
        blob: async (image, blob) => readBlob(client, parseRepository(image), blob),
        fetchBlob: async (image, blob, file) => downloadBlob(client, parseRepository(image), blob, file),
        pushBlob: async (image, blob, bundle, mountFrom) => uploadBlob(client, parseRepository(image), blob, bundle.directory, mountFrom.map(parseRepository)),
        pushManifest: async (image, reference, manifest) => writeManifest(client, parseRepository(image), reference, manifest),
        close,
    };
}

;// CONCATENATED MODULE: ./lib/tools/trivy-db-store.js
// Database archives by the digest of their manifest: on this machine, and in the cache service; hashed whenever they are used.






const LAYER_TYPE = 'application/vnd.aquasec.trivy.db.layer.v1.tar+gzip';
/** Ten times what the database is today: something else would fill the disk. */
const trivy_db_store_LARGEST = 2 * 1024 ** 3;
const KEEP = 2;
const KEY = 'seaworthy-trivy-db-2-';
/** The one layer of the artefact. Throws ToolError when it is something else. */
function databaseLayer(manifest) {
    const parsed = trivy_db_store_parse(manifest);
    const [layer, ...more] = Array.isArray(parsed['layers']) ? parsed['layers'] : [];
    const type = parsed['mediaType'];
    if ((type !== undefined && !oci/* MANIFEST_TYPES */._P.some(known => known === type)) ||
        layer === null ||
        layer === undefined ||
        more.length > 0)
        throw broken('it is not an artefact with exactly one layer');
    const { mediaType, digest, size } = layer;
    if (mediaType !== LAYER_TYPE)
        throw broken(`its layer is ${mediaType ?? 'of no type'}, not ${LAYER_TYPE}`);
    if (digest === undefined || !/^sha256:[0-9a-f]{64}$/.test(digest) || typeof size !== 'number' || size <= 0 || size > trivy_db_store_LARGEST)
        throw broken('its layer has no usable digest and size');
    return { mediaType, digest, size };
}
/** Keeps databases below `directory`, and hands new ones to the cache service. */
function openStore(directory, store) {
    // The cache service gives files back only under the very paths that they were saved from, so these have no digest in them.
    const exchange = external_node_path_.join(directory, 'exchange');
    const paths = [exchange];
    const takeRestored = async () => {
        const found = files(exchange, '');
        const bytes = await (0,promises_.readFile)(found.manifest).catch(() => undefined);
        if (bytes === undefined)
            return undefined;
        const digest = `sha256:${(0,external_node_crypto_.createHash)('sha256').update(bytes).digest('hex')}`;
        const kept = files(directoryOf(directory, digest), digest);
        await moveTo(exchange, external_node_path_.dirname(kept.manifest));
        return sound(kept);
    };
    return {
        local: digest => sound(files(directoryOf(directory, digest), digest)),
        restored: async (digest) => {
            if ((await store?.restore(KEY + digest.slice(7), paths)) === undefined)
                return undefined;
            const kept = await takeRestored();
            return kept?.digest === digest ? kept : undefined;
        },
        restoredAny: async () => {
            if ((await store?.restore(`${KEY}any`, paths, [KEY])) !== undefined)
                await takeRestored();
        },
        keep: async (manifest, fetch) => {
            const partial = await (0,promises_.mkdtemp)(external_node_path_.join(directory, 'partial-'));
            try {
                await fetch(files(partial, '').archive);
                await (0,promises_.writeFile)(files(partial, '').manifest, manifest.bytes);
                const kept = files(directoryOf(directory, manifest.digest), manifest.digest);
                await moveTo(partial, external_node_path_.dirname(kept.manifest));
                await prune(directory, manifest.digest);
                if (store !== undefined)
                    await share(kept, exchange, store, paths);
                return kept;
            }
            finally {
                await (0,promises_.rm)(partial, { recursive: true, force: true });
            }
        },
    };
}
/** All kept databases, newest download first. Not yet hashed. */
async function keptDatabases(directory) {
    const names = (await (0,promises_.readdir)(directory)).filter(name => /^[0-9a-f]{64}$/.test(name));
    const found = await Promise.all(names.map(async (name) => {
        const kept = files(external_node_path_.join(directory, name), `sha256:${name}`);
        return { kept, time: (await (0,promises_.stat)(kept.archive).catch(() => undefined))?.mtimeMs ?? 0 };
    }));
    return found.sort((a, b) => b.time - a.time).map(({ kept }) => kept);
}
/** A private copy of the archive, hashed after it was copied, so that nobody can exchange it any more. Throws ToolError. */
async function verifiedDatabase(kept, directory) {
    const manifest = await (0,promises_.readFile)(kept.manifest);
    const seen = `sha256:${(0,external_node_crypto_.createHash)('sha256').update(manifest).digest('hex')}`;
    if (seen !== kept.digest)
        throw broken(`the kept manifest has the digest ${seen}, not ${kept.digest}`);
    const layer = databaseLayer(manifest);
    const copy = external_node_path_.join(directory, 'db.tar.gz');
    await (0,promises_.copyFile)(kept.archive, copy);
    const digest = `sha256:${await sha256OfFile(copy)}`;
    if (digest !== layer.digest)
        throw broken(`the kept archive has the digest ${digest}, not ${layer.digest}`);
    return copy;
}
async function share(kept, exchange, store, paths) {
    await (0,promises_.rm)(exchange, { recursive: true, force: true });
    await (0,promises_.mkdir)(exchange);
    await (0,promises_.copyFile)(kept.manifest, files(exchange, '').manifest);
    await (0,promises_.copyFile)(kept.archive, files(exchange, '').archive);
    await store.save(KEY + kept.digest.slice(7), paths);
    await (0,promises_.rm)(exchange, { recursive: true, force: true });
}
/** Undefined, and removed, when a byte of it is not what the digests say. */
async function sound(kept) {
    try {
        const manifest = await (0,promises_.readFile)(kept.manifest);
        const right = `sha256:${(0,external_node_crypto_.createHash)('sha256').update(manifest).digest('hex')}` === kept.digest;
        if (right && `sha256:${await sha256OfFile(kept.archive)}` === databaseLayer(manifest).digest)
            return kept;
    }
    catch {
        // Not there, or not readable as what it should be: fetched again.
    }
    await (0,promises_.rm)(external_node_path_.dirname(kept.manifest), { recursive: true, force: true });
    return undefined;
}
/** Another job of this machine may have put the same database there a moment ago: then that one is as good. */
async function moveTo(from, to) {
    try {
        await (0,promises_.rename)(from, to);
    }
    catch (error) {
        const { code } = error;
        if (code !== 'ENOTEMPTY' && code !== 'EEXIST')
            throw error;
        await (0,promises_.rm)(from, { recursive: true, force: true });
    }
}
async function prune(directory, digest) {
    const others = (await keptDatabases(directory)).filter(kept => kept.digest !== digest);
    for (const kept of others.slice(KEEP - 1))
        await (0,promises_.rm)(external_node_path_.dirname(kept.manifest), { recursive: true, force: true });
}
function directoryOf(directory, digest) {
    return external_node_path_.join(directory, digest.replace('sha256:', ''));
}
function files(directory, digest) {
    return { digest, manifest: external_node_path_.join(directory, 'manifest.json'), archive: external_node_path_.join(directory, 'db.tar.gz') };
}
function trivy_db_store_parse(bytes) {
    try {
        const value = JSON.parse(Buffer.from(bytes).toString('utf8'));
        if (typeof value === 'object' && value !== null)
            return value;
    }
    catch {
        // Said below.
    }
    throw broken('its manifest is not JSON');
}
function broken(what) {
    return new errors/* ToolError */.v4(`this is no vulnerability database of Trivy: ${what}`, { tool: 'trivy-db' });
}

;// CONCATENATED MODULE: ./lib/tools/trivy-db-unpack.js
// A verified archive -> trivy.db and metadata.json where Trivy looks for them, readable for others.




/** Unpacks into `<cacheDirectory>/db` and removes the archive. Throws ToolError when it does not hold a database with its metadata. */
async function unpackDatabase(archive, cacheDirectory, run) {
    const directory = external_node_path_.join(cacheDirectory, 'db');
    await (0,promises_.mkdir)(directory, { recursive: true });
    const args = ['-xzf', archive, '-C', directory, '--no-same-owner', 'trivy.db', 'metadata.json'];
    const result = await run('tar', args, { env: { PATH: '/usr/bin:/bin' }, timeout: 300_000 });
    await (0,promises_.rm)(archive, { force: true });
    if (result.exitCode !== 0)
        throw new errors/* ToolError */.v4(`the vulnerability database could not be unpacked (${(0,command/* ending */.K1)(result)})`, {
            tool: 'tar',
            tail: (0,command/* tail */.RT)(result.stderr),
        });
    // The scanner may run as another user, and must not be able to change what the next one reads.
    for (const name of [cacheDirectory, directory])
        await (0,promises_.chmod)(name, 0o755);
    for (const name of ['trivy.db', 'metadata.json']) {
        const file = external_node_path_.join(directory, name);
        if (!(await (0,promises_.lstat)(file)).isFile())
            throw new errors/* ToolError */.v4(`${name} of the vulnerability database is not a file`, { tool: 'trivy-db' });
        await (0,promises_.chmod)(file, 0o644);
    }
    return metadataOf(await (0,promises_.readFile)(external_node_path_.join(directory, 'metadata.json'), 'utf8'));
}
/** Age and version decide about acceptance, so a metadata file without them is no metadata file. */
function metadataOf(text) {
    const { Version, UpdatedAt } = trivy_db_unpack_parse(text);
    if (typeof Version === 'number' && typeof UpdatedAt === 'string' && !Number.isNaN(Date.parse(UpdatedAt)))
        return { version: Version, updatedAt: UpdatedAt };
    throw new errors/* ToolError */.v4('metadata.json of the vulnerability database does not say its version and when it was made', {
        tool: 'trivy-db',
    });
}
function trivy_db_unpack_parse(text) {
    try {
        const value = JSON.parse(text);
        return typeof value === 'object' && value !== null ? value : {};
    }
    catch {
        return {};
    }
}

;// CONCATENATED MODULE: ./lib/tools/trivy-db.js
// Mirrors of the vulnerability database -> one verified, unpacked database for this run, and how old it is.





/** In the order in which they are asked. */
const DATABASE_MIRRORS = ['mirror.gcr.io/aquasec/trivy-db:2', 'ghcr.io/aquasecurity/trivy-db:2'];
/**
 * Asks the mirrors which database is the present one, takes it from the cache or from the mirror, and unpacks it. When all of them are
 * too old, the first is used: the facts say how old it is, and the scan makes that an error. With all mirrors down the newest kept one that is young enough is used, and that is said.
 * Throws UserError naming the mirrors when there is none.
 */
async function prepareDatabase(options) {
    const mirrors = (options.mirrors.length > 0 ? options.mirrors : DATABASE_MIRRORS).map(parseMirror);
    await (0,promises_.mkdir)(options.cache, { recursive: true });
    await (0,promises_.mkdir)(options.directory, { recursive: true });
    const notes = [];
    let stale;
    for (const mirror of mirrors) {
        try {
            const prepared = await unpack(await fromMirror(mirror, options), mirror.text, options);
            if (prepared.facts.ageSeconds <= options.maxAgeSeconds)
                return { ...prepared, notes };
            stale ??= prepared;
            notes.push(`vulnerability database: ${mirror.text} has one of ${prepared.facts.updatedAt}, which is too old`);
        }
        catch (error) {
            if (error instanceof errors/* Cancelled */.cJ || options.signal?.aborted === true)
                throw error;
            notes.push(`vulnerability database: ${mirror.text} failed: ${(0,errors/* explain */.WE)(error).message}`);
        }
    }
    return stale === undefined ? lastGood(options, notes) : { ...stale, notes };
}
/** `ghcr.io/aquasecurity/trivy-db:2`, `host:5000/db`, `host/db@sha256:…`. */
function parseMirror(text) {
    const digest = /^([^@]+)@(sha256:[0-9a-f]{64})$/.exec(text);
    if (digest !== null)
        return { image: digest[1] ?? '', reference: digest[2] ?? '', text };
    const [, image, tag] = /^(.+?)(?::([\w][\w.-]{0,127}))?$/.exec(text) ?? [];
    if (image === undefined || text.includes('@') || /\s/.test(text))
        throw new errors/* UserError */.yo(`db-repository: "${text}" is not a repository`, { hint: `Write it like ${DATABASE_MIRRORS[1] ?? ''}.` });
    return { image, reference: tag ?? '2', text };
}
/** The database that the mirror names today: kept from before when it is the same, fetched otherwise. */
async function fromMirror(mirror, options) {
    const manifest = await options.registry.manifest(mirror.image, mirror.reference);
    if (manifest === undefined)
        throw new errors/* ToolError */.v4(`${mirror.image} has no ${mirror.reference}`, { tool: 'trivy-db' });
    const layer = databaseLayer(manifest.bytes);
    const store = openStore(options.cache, options.store);
    const known = (await store.local(manifest.digest)) ?? (await store.restored(manifest.digest));
    if (known !== undefined)
        return known;
    return store.keep(manifest, file => options.registry.fetchBlob(mirror.image, layer, file));
}
async function unpack(kept, repository, options) {
    // One directory for each attempt: a stale database may have to serve after all.
    const cacheDirectory = await (0,promises_.mkdtemp)(external_node_path_.join(options.directory, 'trivy-cache-'));
    const unpacked = await unpackDatabase(await verifiedDatabase(kept, options.directory), cacheDirectory, options.run);
    return { cacheDirectory, facts: factsOf(unpacked, kept.digest, repository, options) };
}
function factsOf(unpacked, digest, repository, options) {
    const now = options.now?.() ?? new Date();
    return {
        version: unpacked.version,
        updatedAt: unpacked.updatedAt,
        ageSeconds: ageOf(unpacked.updatedAt, now),
        maxAgeSeconds: options.maxAgeSeconds,
        digest,
        ...(repository === undefined ? {} : { repository }),
    };
}
/** A clock may be a little off; a database from next week would never grow old. NaN is older than anything. */
function ageOf(updatedAt, now) {
    const seconds = (now.getTime() - Date.parse(updatedAt)) / 1000;
    return seconds < -86_400 ? Number.NaN : seconds;
}
/** No mirror answers: the newest database that this machine or the cache service has, if it is young enough. */
async function lastGood(options, failures) {
    await openStore(options.cache, options.store).restoredAny();
    for (const kept of await keptDatabases(options.cache)) {
        const prepared = await unpack(kept, undefined, options).catch(() => undefined);
        if (prepared === undefined || !(prepared.facts.ageSeconds <= options.maxAgeSeconds))
            continue;
        const { updatedAt } = prepared.facts;
        return {
            ...prepared,
            notes: [
                ...failures,
                `vulnerability database: the one of ${updatedAt}, kept from before, is used; not compared with any mirror`,
            ],
        };
    }
    throw new errors/* UserError */.yo(`no vulnerability database: ${failures.map(failure => failure.replace('vulnerability database: ', '')).join('; ')}`, {
        hint: 'Name a mirror that this runner can reach with db-repository; a database that was kept from before is used while it is younger than max-db-age.',
    });
}

;// CONCATENATED MODULE: ./lib/bundle/view.js
// One image of a bundle -> a small layout of its own: scanners take the first image they find, so each gets a layout that has only one.

/**
 * Writes the view of `image` into `directory` (new or empty) and resolves to it: `index.json` with exactly one descriptor, blobs
 * hard-linked, everything readable for other users, because the scanner may be one. Attestations are left out: scanners take them for images.
 */
async function writeView(bundle, image, directory) {
    await (0,blobs/* startLayout */.vx)(directory);
    const digests = new Set([image.manifest, image.config, ...image.layers].map(blob => blob.digest));
    for (const digest of digests)
        await (0,blobs/* linkBlob */.sm)(bundle.directory, directory, digest);
    const { mediaType, digest, size } = image.manifest;
    await (0,blobs/* finishLayout */.W2)(directory, { mediaType, digest, size, platform: image.platform });
    return directory;
}

// EXTERNAL MODULE: ./lib/scan/parse.js
var scan_parse = __webpack_require__(2054);
;// CONCATENATED MODULE: ./lib/tools/trivy-args.js
// What is asked of Trivy -> its argument list. Every flag was run on every pinned version: none of them lets it reach the network or read the working directory.
/** Files of ours that stand in for those that Trivy would look for in its working directory; their content switches nothing on. */
const NEUTRAL_FILES = { config: '{}\n', ignore: '', secrets: '{}\n' };
/** One view below the working directory, unfiltered: filtering is the gate's, and Trivy leaves no trace of what it filtered. */
function scanArguments(options) {
    return [
        ...['image', '--input', options.view],
        ...common(options.cacheDirectory, options.timeout, options.neutral),
        ...['--secret-config', options.neutral.secrets],
        ...['--parallel', String(options.parallel), '--skip-check-update'],
        ...['--scanners', options.scanners.join(','), '--pkg-types', 'os,library'],
        ...['--list-all-pkgs', '--show-suppressed', '--output', options.output],
    ];
}
/** A bill of materials of packages that must be found vulnerable; the report comes on standard output. */
function canaryArguments(file, cacheDirectory, timeout, neutral) {
    return ['sbom', ...common(cacheDirectory, timeout, neutral), '--scanners', 'vuln', file];
}
/** No --quiet: acceptance reads the log. */
function common(cacheDirectory, timeout, neutral) {
    return [
        ...['--config', neutral.config, '--ignorefile', neutral.ignore, '--cache-dir', cacheDirectory, '--cache-backend', 'memory'],
        ...['--skip-db-update', '--skip-java-db-update', '--offline-scan', '--skip-version-check', '--disable-telemetry'],
        ...['--format', 'json', '--exit-code', '0', '--exit-on-eol', '0', '--no-progress', '--timeout', `${timeout}s`],
    ];
}

;// CONCATENATED MODULE: ./lib/tools/trivy-canary.js
// A lockstep proof that scanner and database are alive: bills of materials of packages that are known to be bad.
/** lodash 4.17.11 has been CRITICAL since 2019; it is in every database that deserves the name. */
const LIBRARY_CANARY = { vulnerability: 'CVE-2019-10744', package: 'lodash', version: '4.17.11' };
/** Source packages of which at least one has an advisory in every release that any distribution maintains. */
const OLD_ACQUAINTANCES = [
    ...['apt', 'glibc', 'openssl', 'systemd', 'util-linux', 'perl', 'tar', 'zlib', 'busybox'],
    ...['musl', 'curl', 'krb5', 'expat', 'libxml2', 'bash', 'sqlite', 'kernel'],
];
const PACKAGE_TYPES = {
    debian: 'deb',
    ubuntu: 'deb',
    echo: 'deb',
    alpine: 'apk',
    wolfi: 'apk',
    chainguard: 'apk',
    minimos: 'apk',
};
/** CycloneDX with lodash 4.17.11 only. */
function libraryBom() {
    const { package: name, version } = LIBRARY_CANARY;
    return bom([{ 'bom-ref': name, type: 'library', name, version, purl: `pkg:npm/${name}@${version}` }], [name]);
}
/** CycloneDX of this release with packages of version 0: older than any fix. */
function systemBom(system) {
    const type = PACKAGE_TYPES[system.family] ?? 'rpm';
    const version = type === 'rpm' ? '0-0' : '0';
    const vendor = encodeURIComponent(system.family);
    const libraries = OLD_ACQUAINTANCES.map(name => ({
        'bom-ref': name,
        type: 'library',
        name,
        version,
        purl: `pkg:${type}/${vendor}/${name}@${version}`,
    }));
    return bom([{ 'bom-ref': 'os', type: 'operating-system', name: system.family, version: system.name }, ...libraries], ['os'], {
        ref: 'os',
        dependsOn: OLD_ACQUAINTANCES,
    });
}
function bom(components, roots, ...dependencies) {
    return {
        bomFormat: 'CycloneDX',
        specVersion: '1.5',
        version: 1,
        metadata: { component: { 'bom-ref': 'canary', type: 'container', name: 'canary' } },
        components,
        dependencies: [{ ref: 'canary', dependsOn: roots }, ...dependencies],
    };
}

;// CONCATENATED MODULE: ./lib/tools/trivy-strip.js
// Trivy's report as it wrote it -> the same without anything that may hold a secret. Nothing but the adapter sees the former.
/** What is kept of the image's configuration. Env, history, Cmd, Labels ... stay behind: Trivy repeats them in clear text. */
const CONFIG_KEPT = ['architecture', 'os', 'variant', 'created', 'rootfs'];
/** What is kept of a result beside its lists. Other lists (misconfigurations, suppressed findings) quote files. */
const RESULT_KEPT = ['Target', 'Class', 'Type'];
/** What is kept of a secret: where it is and of what kind, not the line it stands in. */
const SECRET_KEPT = ['RuleID', 'Category', 'Severity', 'Title', 'StartLine', 'EndLine', 'Layer'];
/** Build arguments with their values stand in the text of the instruction. */
const LAYER_KEPT = ['Digest', 'DiffID', 'Size'];
/** A new value; anything that is not a report comes back undefined. */
function stripReport(report) {
    if (!isFields(report))
        return undefined;
    const metadata = report['Metadata'];
    return {
        ...report,
        ...(isFields(metadata) ? { Metadata: { ...metadata, ...keptOf(metadata, 'ImageConfig', CONFIG_KEPT) } } : {}),
        ...('Results' in report ? { Results: each(report['Results'], stripResult) } : {}),
    };
}
function stripResult(result) {
    return {
        ...only(result, RESULT_KEPT),
        ...('Packages' in result ? { Packages: each(result['Packages'], stripLayer) } : {}),
        ...('Vulnerabilities' in result ? { Vulnerabilities: each(result['Vulnerabilities'], stripLayer) } : {}),
        ...('Secrets' in result ? { Secrets: each(result['Secrets'], secret => stripLayer(only(secret, SECRET_KEPT))) } : {}),
    };
}
function stripLayer(entry) {
    return { ...entry, ...keptOf(entry, 'Layer', LAYER_KEPT) };
}
/** `entry[key]` with only these keys, or nothing when it is absent. */
function keptOf(entry, key, keys) {
    const value = entry[key];
    return value === undefined ? {} : { [key]: isFields(value) ? only(value, keys) : undefined };
}
function only(value, keys) {
    return Object.fromEntries(Object.entries(value).filter(([key]) => keys.includes(key)));
}
/** Something else than a list of objects is kept as a mark of what was there: acceptance refuses it. */
function each(value, strip) {
    if (value === undefined || value === null)
        return value;
    return Array.isArray(value) ? value.map(entry => (isFields(entry) ? strip(entry) : 'malformed')) : 'malformed';
}
function isFields(value) {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}

;// CONCATENATED MODULE: ./lib/tools/trivy.js
// Trivy -> the Scanner that the scan stage knows: no environment, no network, nothing but one image's view in its working directory.










/** Trivy gives up by itself after --timeout; this is for one that does not. */
const GRACE_SECONDS = 30;
const CANARY_SECONDS = 60;
/** Makes the scanner. Nothing is started or fetched before prepare(). */
function createTrivy(options) {
    let prepared;
    const prepare = () => (prepared ??= prepareAll(options));
    return {
        prepare: async () => (await prepare()).facts,
        scan: async (bundle, image, settings) => scanImage(bundle, image, settings, await prepare(), options),
        canary: async () => {
            const found = await sbomFindings(libraryBom(), 'library', await prepare(), options);
            return found.includes(LIBRARY_CANARY.vulnerability);
        },
        systemCanary: async (system) => {
            const name = fileName(`${system.family}-${system.name}`);
            return (await sbomFindings(systemBom(system), name, await prepare(), options)).length > 0;
        },
    };
}
async function prepareAll(options) {
    const [tool, database] = await Promise.all([options.tool(), options.database()]);
    const below = (name) => external_node_path_.join(options.directory, name);
    const directories = { views: below('views'), reports: below('reports'), temporary: below('tmp'), empty: below('home') };
    for (const directory of Object.values(directories))
        await (0,promises_.mkdir)(directory, { recursive: true });
    const neutral = { config: below('trivy.yaml'), ignore: below('trivyignore'), secrets: below('trivy-secret.yaml') };
    await (0,promises_.writeFile)(neutral.config, NEUTRAL_FILES.config);
    await (0,promises_.writeFile)(neutral.ignore, NEUTRAL_FILES.ignore);
    await (0,promises_.writeFile)(neutral.secrets, NEUTRAL_FILES.secrets);
    const { version, origin, sha256 } = tool;
    const facts = {
        name: 'trivy',
        version,
        origin,
        sha256,
        isolation: 'process',
        database: database.facts,
        notes: database.notes,
    };
    return { program: tool.path, cacheDirectory: database.cacheDirectory, facts, neutral, ...directories };
}
async function scanImage(bundle, image, settings, prepared, options) {
    // The platform of a foreign layout is somebody's text; the digest makes two images of one platform differ.
    const name = `${fileName((0,plan_platform/* platformSlug */.DN)(image.platform))}-${image.manifest.digest.slice(-12)}`;
    const view = external_node_path_.join(prepared.views, name);
    const output = external_node_path_.join(prepared.reports, `${name}.json`);
    const temporary = external_node_path_.join(prepared.temporary, name);
    const clean = async () => {
        for (const left of [view, output, temporary])
            await (0,promises_.rm)(left, { recursive: true, force: true });
    };
    // On failure Trivy leaves an older report where it is: there must be none.
    await clean();
    try {
        await (0,promises_.mkdir)(temporary);
        await writeView(bundle, image, view);
        const args = scanArguments({
            view: name,
            cacheDirectory: prepared.cacheDirectory,
            scanners: settings.scanners,
            timeout: settings.timeout,
            parallel: Math.max(1, Math.floor((0,external_node_os_.availableParallelism)() / 2)),
            output,
            neutral: prepared.neutral,
        });
        const result = await runTrivy(args, prepared, temporary, settings.timeout + GRACE_SECONDS, options);
        const { exitCode, signal, timedOut, stderr, seconds } = result;
        return { exitCode, signal, timedOut, stderr, seconds, report: await readReport(output) };
    }
    finally {
        // The report still holds the image's environment, and Trivy leaves its temporary files behind when it is killed.
        await clean();
    }
}
/** How it ended is a value, also when it could not even be started. */
async function runTrivy(args, prepared, temporary, seconds, options) {
    try {
        return await options.run(prepared.program, args, {
            env: { TMPDIR: temporary, HOME: prepared.empty },
            cwd: prepared.views,
            timeout: seconds * 1000,
            ...(options.signal === undefined ? {} : { signal: options.signal }),
            ...(options.onStart === undefined ? {} : { onStart: options.onStart }),
        });
    }
    catch (error) {
        return { exitCode: null, signal: null, timedOut: false, stdout: '', stderr: (0,errors/* explain */.WE)(error).message, seconds: 0 };
    }
}
async function readReport(file) {
    try {
        return stripReport(JSON.parse(await (0,promises_.readFile)(file, 'utf8')));
    }
    catch {
        // Missing, empty or cut off: acceptance says so.
        return undefined;
    }
}
/** Ids of the vulnerabilities that the same program finds with the same database; none when it fails. */
async function sbomFindings(bom, name, prepared, options) {
    const file = external_node_path_.join(prepared.reports, `canary-${name}.cdx.json`);
    const temporary = external_node_path_.join(prepared.temporary, `canary-${name}`);
    await (0,promises_.mkdir)(temporary, { recursive: true });
    await (0,promises_.writeFile)(file, JSON.stringify(bom));
    try {
        const args = canaryArguments(file, prepared.cacheDirectory, CANARY_SECONDS, prepared.neutral);
        const result = await runTrivy(args, prepared, temporary, CANARY_SECONDS + GRACE_SECONDS, options);
        if (result.exitCode !== 0)
            return [];
        return (0,scan_parse/* parseReport */.M)(JSON.parse(result.stdout))?.findings.map(finding => finding.id) ?? [];
    }
    finally {
        for (const left of [file, temporary])
            await (0,promises_.rm)(left, { recursive: true, force: true });
    }
}
function fileName(text) {
    return text
        .replace(/[^\w.-]/g, '_')
        .replace(/^\.+/, '_')
        .slice(0, 80);
}

;// CONCATENATED MODULE: ./lib/connect-tools.js
// Connects the real tools to the interfaces that the rooms declare: everything that starts processes or talks to registries.











/** The real tools. Nothing is started before one of them is asked for something. */
function connectTools(around) {
    const { env, inputs, log, signal, directory } = around;
    const onStart = (commandLine) => log.debug(commandLine);
    const credentials = credentialsOf(inputs);
    const registry = createRegistry({
        run: command/* run */.eF,
        env,
        signal,
        credentials,
        onSecret: value => log.mask(value),
        onRequest: note => log.debug(JSON.stringify(note)),
    });
    const builder = createBuilder({
        run: command/* run */.eF,
        env,
        signal,
        directory,
        cwd: around.workspace,
        secrets: new Map(inputs.secrets.map(({ id, value }) => [id, value])),
        onSecret: value => log.mask(value),
        onLine: line => log.info(line),
        onStart,
    });
    let signer;
    return {
        equipment: {
            registry,
            builder,
            scanner: () => connectTrivy(around, registry),
            signer: made => (signer ??= connectCosign(around, made, credentials)),
        },
        close: async () => {
            await builder.close();
            await (await signer?.catch(() => undefined))?.dispose();
            registry.close();
        },
    };
}
function credentialsOf({ registry, username, password }) {
    return password === undefined || username === undefined ? [] : [{ registry: registry ?? 'docker.io', username, password }];
}
function connectTrivy({ inputs, log, signal, directory, toolCache, env }, registry) {
    const onNote = (note) => log.info(note);
    // The public mirrors are asked without any login (a stale one is refused where none is needed), and the next one soon.
    const mirrors = inputs.dbRepository.length > 0
        ? registry
        : createRegistry({
            run: command/* run */.eF,
            env: { ...env, DOCKER_CONFIG: external_node_path_.join(directory, 'no-logins') },
            signal,
            retry: { tries: 3, budget: 20_000 },
        });
    return createTrivy({
        run: command/* run */.eF,
        signal,
        directory: external_node_path_.join(directory, 'trivy'),
        onStart: line => log.debug(line),
        tool: () => installTrivy({
            version: inputs.trivyVersion,
            path: inputs.trivyPath,
            directory,
            cache: toolCache,
            run: command/* run */.eF,
            download: createDownload({ env, signal }),
            onNote,
        }),
        database: () => prepareDatabase({
            registry: mirrors,
            run: command/* run */.eF,
            signal,
            mirrors: inputs.dbRepository,
            cache: external_node_path_.join(toolCache, 'trivy-db'),
            directory: external_node_path_.join(directory, 'trivy-db'),
            maxAgeSeconds: inputs.maxDbAge,
            store: createCacheStore(line => log.warn(line)),
        }),
    });
}
async function connectCosign(around, made, credentials) {
    const { inputs, log, signal, directory, toolCache, env, workspace } = around;
    if (made.signing.method === 'off')
        throw new Error('a signer was asked for although nothing is signed');
    const [cosign, workflow] = await Promise.all([
        installCosign({
            version: inputs.cosignVersion,
            path: inputs.cosignPath,
            directory,
            cache: toolCache,
            run: command/* run */.eF,
            download: createDownload({ env, signal }),
            onNote: note => log.info(note),
        }),
        made.signing.method === 'keyless' ? fetchWorkflowIdentity(env) : undefined,
    ]);
    const inWorkspace = (file) => file === undefined ? undefined : external_node_path_.resolve(workspace, file);
    return createSigner({
        run: command/* run */.eF,
        cosign: { path: cosign.path, ...(cosign.origin === 'pinned' && { version: cosign.version }) },
        signing: made.signing,
        key: inputs.cosignKey,
        password: inputs.cosignPassword,
        signingConfig: inWorkspace(inputs.signingConfig),
        trustedRoot: inWorkspace(inputs.trustedRoot),
        workflow,
        env,
        directory,
        credentials,
        signal,
        onSecret: value => log.mask(value),
        onStart: line => log.debug(line),
        onNote: note => log.info(note),
    });
}


/***/ }),

/***/ 6934:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   K1: () => (/* binding */ ending),
/* harmony export */   RT: () => (/* binding */ tail),
/* harmony export */   eF: () => (/* binding */ run)
/* harmony export */ });
/* harmony import */ var node_child_process__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(1421);
/* harmony import */ var node_readline__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(481);
/* harmony import */ var _errors_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(452);
// The only file that starts processes: argument arrays, never a shell; every way to fail becomes a value or a one-line error.



const KILL_AFTER = 2_000;
/** Runs a command to its end. Resolves however it ended; rejects with ToolError only when it cannot be started at all. */
const run = (command, args, options) => {
    options.onStart?.([command, ...args].map(quote).join(' '));
    const started = performance.now();
    return new Promise((resolve, reject) => {
        const child = (0,node_child_process__WEBPACK_IMPORTED_MODULE_0__.spawn)(command, [...args], { cwd: options.cwd, env: { ...options.env }, stdio: ['pipe', 'pipe', 'pipe'] });
        const out = [];
        const err = [];
        let timedOut = false;
        let ended = false;
        let killer;
        const end = () => {
            child.kill('SIGTERM');
            killer ??= setTimeout(() => child.kill('SIGKILL'), KILL_AFTER);
            ended = true;
        };
        const expire = () => {
            timedOut = true;
            end();
        };
        const clock = options.timeout === undefined ? undefined : setTimeout(expire, options.timeout);
        options.signal?.addEventListener('abort', end, { once: true });
        if (options.signal?.aborted === true)
            end();
        collect(child.stdout, out, options.onStdout);
        collect(child.stderr, err, options.onStderr);
        // A child that ends without reading its input must not take us with it.
        child.stdin.on('error', () => undefined);
        child.stdin.end(options.input ?? '');
        const settle = () => {
            clearTimeout(clock);
            clearTimeout(killer);
            options.signal?.removeEventListener('abort', end);
        };
        child.once('error', error => {
            settle();
            reject(new _errors_js__WEBPACK_IMPORTED_MODULE_2__/* .ToolError */ .v4(notStarted(command, error), { tool: command, cause: error }));
        });
        // A grandchild that holds the pipes open must not hold us: after an end that we asked for, the pipes are closed soon.
        child.once('exit', () => {
            if (!ended)
                return;
            setTimeout(() => {
                child.stdout.destroy();
                child.stderr.destroy();
            }, KILL_AFTER).unref();
        });
        child.once('close', (exitCode, signal) => {
            settle();
            const seconds = (performance.now() - started) / 1000;
            resolve({ exitCode, signal, timedOut, stdout: out.join('\n'), stderr: err.join('\n'), seconds });
        });
    });
};
/** The last `count` lines that say something. */
function tail(text, count = 20) {
    return text
        .split('\n')
        .map(line => line.trimEnd())
        .filter(line => line !== '')
        .slice(-count);
}
/** How a command ended, in words: `exit code 3`, `ended by SIGKILL`, `no answer after 30 s`. */
function ending(result, timeout) {
    if (result.timedOut)
        return `no answer after ${Math.round((timeout ?? 0) / 1000)} s`;
    return result.signal === null ? `exit code ${result.exitCode ?? '?'}` : `ended by ${result.signal}`;
}
function collect(stream, lines, each) {
    (0,node_readline__WEBPACK_IMPORTED_MODULE_1__.createInterface)({ input: stream, crlfDelay: Infinity }).on('line', line => {
        lines.push(line);
        each?.(line);
    });
}
function notStarted(command, error) {
    if (error.code === 'ENOENT')
        return `${command} is not installed or not on PATH`;
    if (error.code === 'EACCES')
        return `${command} may not be executed (permission denied)`;
    return `${command} could not be started: ${error.message}`;
}
function quote(word) {
    return /^[\w@%+=:,./-]+$/.test(word) ? word : JSON.stringify(word);
}


/***/ })

};
