export const id = 70;
export const ids = [70];
export const modules = {

/***/ 70:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  connectTools: () => (/* binding */ connectTools)
});

// EXTERNAL MODULE: external "node:fs/promises"
var promises_ = __webpack_require__(1455);
// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
// EXTERNAL MODULE: ./lib/runner/after-job.js
var after_job = __webpack_require__(1298);
// EXTERNAL MODULE: ./node_modules/@actions/cache/lib/cache.js + 350 modules
var cache = __webpack_require__(9728);
// EXTERNAL MODULE: ./lib/parallel.js
var parallel = __webpack_require__(932);
;// CONCATENATED MODULE: ./lib/runner/cache.js
// GitHub's cache service -> a CacheStore that never decides anything: one warning, whatever fails.


/**
 * `warn` gets at most one line, however often the service fails. Without a cache service (outside of GitHub) nothing is kept and nothing said. What takes too long
 * is left to itself, for it cannot be ended: whoever ends the process ends that too.
 */
function createCacheStore(warn, { limit, signal } = {}, service = { isFeatureAvailable: cache/* isFeatureAvailable */.w3, restoreCache: cache/* restoreCache */.P3, saveCache: cache/* saveCache */.Io }) {
    let warned = false;
    const attempt = async (what, work, otherwise) => {
        try {
            if (!service.isFeatureAvailable() || signal?.aborted === true)
                return otherwise;
            return await within((0,parallel/* early */.Q)(work()), limit, signal);
        }
        catch (error) {
            if (!warned && signal?.aborted !== true)
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
/** Throws when it takes longer than the limit, or the signal comes first. */
function within(work, limit, signal) {
    return new Promise((resolve, reject) => {
        const cancel = () => reject(new Error('cancelled'));
        const late = () => reject(new Error(`no answer after ${(limit ?? 0) / 1000} s`));
        const clock = limit === undefined ? undefined : setTimeout(late, limit);
        signal?.addEventListener('abort', cancel, { once: true });
        void work.then(resolve, reject).finally(() => {
            clearTimeout(clock);
            signal?.removeEventListener('abort', cancel);
        });
    });
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
    const typed = order.secrets.filter(({ from }) => from === 'input' || from === 'token');
    if (typed.length === 0)
        return { files: new Map(), env, remove: () => Promise.resolve() };
    const directory = await (0,promises_.mkdtemp)((0,external_node_path_.join)(order.directory, 'secrets-'));
    const remove = () => (0,promises_.rm)(directory, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
    try {
        const files = new Map();
        for (const [at, { id, from }] of typed.entries()) {
            const value = from === 'token' ? order.token : order.values.get(id);
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
// EXTERNAL MODULE: ./lib/plan/csv.js + 10 modules
var csv = __webpack_require__(8158);
// EXTERNAL MODULE: ./lib/tools/command.js
var command = __webpack_require__(6934);
;// CONCATENATED MODULE: ./lib/tools/builder-failure.js
// What buildx said of a builder that could not be made or started -> one line, what to do about it, and whether another try may help.


/** Passes by itself, or may: limits, time-outs, and servers in trouble. The texts are those of the engine (docker/setup-buildx-action#64, #120, #395, #445, #458, #510). */
const PASSING = /toomanyrequests|too many requests|\b429\b|rate limit|context deadline exceeded|client\.timeout exceeded|tls handshake timeout|i\/o timeout|connection reset by peer|unexpected eof|request canceled|temporary failure in name resolution|server misbehaving|unexpected http status: 5\d\d|\b50[0234] (internal server error|bad gateway|service unavailable|gateway time-?out)/i;
/** Whatever else is said: no other try changes it. */
const LASTING = /not found|no such image|manifest unknown|denied|unauthorized|invalid reference/i;
const MIRROR = 'name a mirror or a copy of it with "builder-image"';
const INSTEAD = 'Or turn on the containerd image store of the engine, or bring a builder (docker/setup-buildx-action, "builder").';
const HINTS = [
    [
        /toomanyrequests|too many requests|\b429\b|rate limit/i,
        `The registry limits how often images are pulled: log in before this step (docker/login-action), or ${MIRROR}.`,
    ],
    [/network \S+ not found/i, 'Check "network=…" in "driver-opts": the engine has no network of that name.'],
    [
        /flag provided but not defined|buildkitd\.toml|failed to load (buildkitd )?config|invalid (value|boolean value) .* for flag/i,
        'Check "buildkitd-flags" and "buildkitd-config": buildkitd ended at once, and said why in the lines above.',
    ],
    [
        /cgroup/i,
        'The engine has trouble with cgroups: name another one with "cgroup-parent=…" in "driver-opts", or let the engine use the cgroup driver of its machine (cgroupfs or systemd).',
    ],
    [
        /privileged|operation not permitted|permission denied/i,
        'BuildKit runs in a privileged container, which this engine does not allow. Name a remote or kubernetes builder with "builder", or use an engine with the containerd image store.',
    ],
    [
        /no space left on device/i,
        'The disk of the engine is full: free space before this step (docker system prune), or use a larger runner.',
    ],
    [
        /not found|no such image|manifest unknown|denied|unauthorized/i,
        `That image is not there, or not for this login: correct "builder-image", or ${MIRROR}. ${INSTEAD}`,
    ],
];
/** `docker buildx create` refused the settings: that is for the user to put right. */
function createFailure(result, setup) {
    const said = lastWords(result);
    const input = /buildkit config|buildkitd\.toml/i.test(said)
        ? setup.config === undefined
            ? 'buildkitd-config-inline'
            : 'buildkitd-config'
        : /flag/i.test(said) && setup.flags !== undefined
            ? 'buildkitd-flags'
            : setup.driverOpts.length > 0
                ? 'driver-opts'
                : 'builder';
    return new errors/* UserError */.yo(`${input}: docker buildx create refuses it: ${said}`, {
        hint: 'The options are those of the docker-container driver of buildx (image, network, memory, cpu-quota, cpuset-cpus, env.NAME, …), one a line; one with a comma in its value stands in quotes.',
    });
}
/** `docker buildx inspect` says nothing of a builder, and not because there is none. `limit`: milliseconds that it had. */
function inspectFailure(result, limit) {
    return new errors/* ToolError */.v4(`docker buildx inspect failed: ${lastWords(result, limit)}`, {
        tool: 'docker buildx inspect',
        tail: (0,command/* tail */.RT)(result.stderr),
        ...(result.exitCode === null ? {} : { exitCode: result.exitCode }),
        ...(result.timedOut && {
            hint: 'The builder (its cluster, cloud or engine) does not answer: look after it, or name another one with "builder".',
        }),
    });
}
/** True when buildx knows no builder of this name. */
function isUnknown({ stderr }) {
    return /no builder/.test(stderr);
}
/** The builder did not start. `problem` is what `inspect` says of it. */
function bootFailure(result, image, problem) {
    const said = (0,command/* tail */.RT)(result.stderr, 40);
    const everything = [...said, problem ?? ''].join('\n');
    const hint = HINTS.find(([pattern]) => pattern.test(everything))?.[1];
    return new errors/* ToolError */.v4(`A builder from ${image} could not be started: ${problem ?? causeOf(said) ?? lastWords(result)}`, {
        tool: 'docker buildx create',
        tail: said,
        hint: hint ?? `If that image cannot be pulled here, ${MIRROR}. ${INSTEAD}`,
        ...(result.exitCode === null ? {} : { exitCode: result.exitCode }),
    });
}
/** True when another try may go well. */
function isPassing(failure) {
    return PASSING.test(failure.message) && !LASTING.test(failure.message);
}
/** buildkitd that ends at once leaves buildx with an exit code alone; why stands in its log, again and again. */
function causeOf(said) {
    if (said.findLast(line => line.startsWith('ERROR: ')) !== 'ERROR: exit code 1')
        return undefined;
    const found = said.map(line => /buildkitd: (.*)$/.exec(line)?.[1]).find(line => line !== undefined);
    return found ?? 'buildkitd ended at once';
}
/** The line that says most: the last error, else the last line of standard error, else of standard output. */
function lastWords(result, timeout = 60_000) {
    const errors = (0,command/* tail */.RT)(result.stderr);
    const line = errors.findLast(text => /^ERROR: /.test(text)) ?? errors.at(-1) ?? (0,command/* tail */.RT)(result.stdout, 1)[0];
    return (line ?? (0,command/* ending */.K1)(result, timeout)).replace(/^(ERROR|docker): /, '').replace(/^(failed to build: )/, '');
}

;// CONCATENATED MODULE: ./lib/tools/builder-remove.js
// The name of a builder of ours -> nothing left of it: not in buildx, not in the engine. Loaded by the post step, so it brings nothing else along.
const LIMIT = 60_000;
/** Removes the builder, its container and its cache, whatever is left of it; that nothing is left is no problem. Resolves to what went wrong, if something did. */
async function removeBuilder(docker, name) {
    const problem = await ask(docker, 'buildx', 'rm', '--force', name);
    if (problem === undefined)
        return undefined;
    // A buildx that was ended while the engine was still at work may know nothing of the container.
    const container = `buildx_buildkit_${name}0`;
    const rest = [
        await ask(docker, 'rm', '--force', '--volumes', container),
        await ask(docker, 'volume', 'rm', '--force', `${container}_state`),
    ];
    const gone = rest.every(left => left === undefined || /no such (container|volume)/i.test(left));
    return gone && /no builder/.test(problem) ? undefined : problem.split('\n').at(-1);
}
async function ask(docker, ...args) {
    try {
        const { exitCode, stderr, timedOut } = await docker(args, { timeout: LIMIT, always: true });
        if (exitCode === 0)
            return undefined;
        return timedOut ? `no answer after ${LIMIT / 1000} s` : stderr.trim() || `exit code ${exitCode ?? '?'}`;
    }
    catch (error) {
        return error instanceof Error ? error.message : String(error);
    }
}

// EXTERNAL MODULE: ./lib/plan/platform.js
var plan_platform = __webpack_require__(8996);
;// CONCATENATED MODULE: ./lib/tools/builder-store.js
// The files in which buildx keeps its builders -> one builder with its nodes, without asking any of them: `buildx inspect` waits 20 s for a node that is stuck.




/**
 * The builder of this name, or the current one. Undefined when it is not kept in a file (those of contexts are not), or when the file is not what is expected:
 * its form is buildx's own affair (docker/buildx, store/store.go, the same since 0.3), so it only makes answers faster.
 */
async function readStoredBuilder(env, name) {
    const folder = storeOf(env);
    if (folder === undefined)
        return undefined;
    const wanted = name ?? set(env['BUILDX_BUILDER']) ?? (await currentName(env, folder));
    if (wanted === undefined || !/^[a-zA-Z][\w.+-]*$/.test(wanted))
        return undefined;
    return parse(await json((0,external_node_path_.join)(folder, 'instances', wanted.toLowerCase())));
}
/** Whether buildx has a file of this builder; undefined when it cannot be known. */
async function isStored(env, name) {
    const folder = storeOf(env);
    if (folder === undefined)
        return undefined;
    return (0,promises_.readdir)((0,external_node_path_.join)(folder, 'instances')).then(names => names.includes(name.toLowerCase()), () => undefined);
}
function storeOf(env) {
    const own = set(env['BUILDX_CONFIG']);
    if (own !== undefined)
        return own;
    const config = configOf(env);
    return config === undefined ? undefined : (0,external_node_path_.join)(config, 'buildx');
}
function configOf(env) {
    const config = set(env['DOCKER_CONFIG']);
    const home = set(env['HOME']);
    return config ?? (home === undefined ? undefined : (0,external_node_path_.join)(home, '.docker'));
}
/** What `buildx use` has chosen for this engine, or (with `--global`) for all. */
async function currentName(env, folder) {
    const key = await engineKey(env);
    const current = record(await json((0,external_node_path_.join)(folder, 'current')));
    const name = builder_store_text(current['Name']);
    if (name !== undefined && name !== '' && (current['Global'] === true || current['Key'] === key))
        return name;
    const hash = (0,external_node_crypto_.createHash)('sha256').update(key).digest('hex').slice(0, 20);
    const standard = await (0,promises_.readFile)((0,external_node_path_.join)(folder, 'defaults', hash), 'utf8').catch(() => '');
    return set(standard.trim());
}
/** By what buildx tells engines apart: the address of the default context, else the name of the context. */
async function engineKey(env) {
    const host = set(env['DOCKER_HOST']);
    const config = configOf(env);
    const chosen = config === undefined ? {} : record(await json((0,external_node_path_.join)(config, 'config.json')));
    const context = host === undefined ? (set(env['DOCKER_CONTEXT']) ?? builder_store_text(chosen['currentContext'])) : undefined;
    if (context !== undefined && context !== 'default' && context !== '')
        return context;
    return host ?? 'unix:///var/run/docker.sock';
}
function parse(value) {
    const builder = record(value);
    const [name, driver] = [builder_store_text(builder['Name']), builder_store_text(builder['Driver'])];
    const nodes = list(builder['Nodes']).map(parseNode);
    if (name === undefined || driver === undefined || nodes.length === 0 || nodes.includes(undefined))
        return undefined;
    return { name, driver, nodes: nodes.filter(node => node !== undefined) };
}
function parseNode(value) {
    const node = record(value);
    const [name, endpoint] = [builder_store_text(node['Name']), builder_store_text(node['Endpoint'])];
    if (name === undefined || endpoint === undefined)
        return undefined;
    const platforms = list(node['Platforms']).map(entry => {
        const { os, architecture, variant } = record(entry);
        return (0,plan_platform/* normalisePlatform */.WN)({ os: builder_store_text(os) ?? '', architecture: builder_store_text(architecture) ?? '', variant: builder_store_text(variant) ?? '' });
    });
    const options = Object.entries(record(node['DriverOpts'])).map(([key, option]) => [key, builder_store_text(option) ?? '']);
    return { name, endpoint, platforms, options: Object.fromEntries(options) };
}
async function json(file) {
    try {
        return JSON.parse(await (0,promises_.readFile)(file, 'utf8'));
    }
    catch {
        return undefined;
    }
}
function record(value) {
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}
function list(value) {
    return Array.isArray(value) ? value : [];
}
function builder_store_text(value) {
    return typeof value === 'string' ? value : undefined;
}
/** An empty variable is one that is not set. */
function set(value) {
    return value === '' ? undefined : value;
}

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
        ...given('status', fields.get('Status')),
        // dockerd built without its version says this.
        ...given('buildkit', buildkit === 'v0.0.0+unknown' ? undefined : buildkit),
        ...given('platforms', listed(fields.get('Platforms'))),
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
function listed(text) {
    return text?.split(/,\s*/).map(entry => {
        const [os = '', architecture = '', variant] = entry.replace(/\*$/, '').split('/');
        const platform = (0,plan_platform/* normalisePlatform */.WN)({ os, architecture, ...(variant === undefined ? {} : { variant }) });
        return { platform, given: entry.endsWith('*') };
    });
}
function given(key, value) {
    return (value === undefined ? {} : { [key]: value });
}

// EXTERNAL MODULE: ./lib/plan/join-fields.js
var join_fields = __webpack_require__(7645);
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
    instead: 'install the package docker-buildx-plugin (or run docker/setup-buildx-action) and leave buildx-version out',
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

;// CONCATENATED MODULE: ./lib/tools/sbom-scanner.js
// A build with an SBOM -> which scanner buildx is told, and what is done when its image cannot be had: the build is not lost, the SBOM then comes from our own scan.




const GENERATOR = 'generator=';
/** What follows `--sbom=`: a scanner that was typed into `sbom` wins over `sbom-image`, and that over the pinned one. Undefined: no SBOM. */
function sbomAttributes({ sbom, sbomImage }) {
    if (sbom === 'false')
        return undefined;
    const fields = sbom === 'true' ? [] : (0,csv/* splitFields */.Kp)(sbom);
    if (fields.some(field => field.startsWith(GENERATOR)))
        return (0,join_fields/* joinFields */.K)(fields);
    return (0,join_fields/* joinFields */.K)([...fields, `${GENERATOR}${sbomImage ?? IMAGES.sbomScanner}`]);
}
/** Builds; when the image of the scanner cannot be had, builds again (every step is cached by then) without the SBOM. Throws what `build` throws. */
async function buildWithSbom(order, build, onLine) {
    const attributes = sbomAttributes(order);
    if (attributes === undefined)
        return { built: await build(order) };
    const image = (0,csv/* splitFields */.Kp)(attributes)
        .find(field => field.startsWith(GENERATOR))
        ?.slice(GENERATOR.length);
    if (image === undefined)
        throw new Error(`no scanner in ${attributes}`);
    try {
        return { built: await build(order), sbom: { from: 'buildkit', reason: image } };
    }
    catch (error) {
        const problem = scannerProblem(error, image);
        if (problem === undefined)
            throw error;
        const reason = `the scanner image ${image} cannot be had (${problem})`;
        onLine(`no SBOM from BuildKit: ${reason}; building again without it, every step is cached by now`);
        // What was to be made anew has just been made anew.
        const rest = { noCache: false, noCacheFilters: [], pull: false };
        return { built: await build({ ...order, ...rest, sbom: 'false' }), sbom: { from: 'scan', reason } };
    }
}
/** Why a scanner image could not be pulled, as BuildKit tells it; undefined when the build failed for another reason, a scanner that ran and failed included. */
function scannerProblem(error, image) {
    if (!(error instanceof errors/* ToolError */.v4))
        return undefined;
    const said = [error.message, ...error.tail].join('\n');
    const name = String.raw `(?:docker\.io/(?:library/)?)?${sbom_scanner_escapePattern(image.replace(/^(?:docker\.io\/)?(?:library\/)?/, ''))}(?:[:@]\S*?)?`;
    // Registry, manifest and config are asked for first; the layers when the scanner is to run.
    const unresolved = new RegExp(`failed to resolve source metadata for ${name}: (.*)`).exec(said)?.[1];
    if (unresolved !== undefined)
        return sbom_scanner_lastWords(unresolved);
    const pulling = new RegExp(`(?:generating sbom using |docker-image://)${name}(?: [^\\n]*?)?: (failed to (?:copy|fetch|do request|resolve)[^\\n]*)`);
    return said.includes('did not complete successfully') ? undefined : pulling.exec(said)?.[1]?.slice(0, LONGEST);
}
const LONGEST = 200;
/** `unexpected status from HEAD request to https://…: 429 Too Many Requests`, `not found`: without the name that stands before. */
function sbom_scanner_lastWords(text) {
    return text.replace(/^\S+: (?=not found$)/, '').slice(0, LONGEST);
}
function sbom_scanner_escapePattern(text) {
    return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw `\$&`);
}

;// CONCATENATED MODULE: ./lib/tools/cache-fields.js
// A layer cache -> the value of --cache-from or --cache-to, with the limits that every cache gets.

/**
 * How long BuildKit tries again when the service of Actions answers 429 or 500 (default: ten minutes). No other cache knows such a limit (moby/buildkit 0.33:
 * `timeout` is read by type=gha alone), and it is no limit on an answer that never comes: that is what the probe, the watch and the time of an export are for.
 */
const TRIES = { read: '20s', written: '60s' };
/** For `--cache-from`. */
function importField(cache) {
    return field(cache, limit(cache, TRIES.read));
}
/** For `--cache-to`: a cache that cannot be written never fails the build. */
function exportField(cache) {
    // An inline cache is part of the image: nothing can go wrong on its own.
    const tolerant = cache.type === 'inline' ? [] : ['ignore-error=true'];
    return field(cache, [...limit(cache, TRIES.written), ...tolerant]);
}
function limit({ type }, tries) {
    return type === 'gha' ? [`timeout=${tries}`] : [];
}
function field({ type, attributes }, more) {
    const own = Object.entries(attributes).map(([key, value]) => `${key}=${value}`);
    return (0,join_fields/* joinFields */.K)([`type=${type}`, ...own, ...more]);
}

;// CONCATENATED MODULE: ./lib/tools/buildx-args.js
// A build order -> the arguments of `docker buildx build`. Pure; the values of secrets never come here.




/** Arguments after `docker`. */
function buildArgs(order, place) {
    return [
        ...commonArgs(order, place),
        ...flags('--tag', order.names),
        ...flags('--label', pairs(order.labels)),
        ...flags('--annotation', order.annotations.map(({ level, key, value }) => `${level}:${key}=${value}`)),
        ...attestArgs(order),
        ...cacheArgs(order),
        ...flag('--output', layoutOutput(order, place.layout)),
        ...ownOutputs(order, place),
        ...flag('--metadata-file', place.metadataFile),
        ...contextArgs(order),
    ];
}
/** The same for the user's own outputs alone: nothing else is written, and nothing is named. */
function outputArgs(order, place) {
    return [
        ...commonArgs(order, place),
        ...attestArgs(order),
        ...cacheArgs(order),
        ...ownOutputs(order, place),
        ...contextArgs(order),
    ];
}
/** Files, beside the layout; a second image among the outputs of one build could change the first (measured: its index was missing). */
function ownOutputs({ outputs }, { outputs: places = [] }) {
    return outputs.flatMap(({ type, attributes }, at) => flag('--output', (0,join_fields/* joinFields */.K)([`type=${type}`, `dest=${places[at] ?? ''}`, ...pairs(attributes)])));
}
/** The same to look at the Dockerfile alone: nothing is made, so nothing is named, described, cached or written. */
function callArgs(order, call, place) {
    return [...commonArgs(order, place), ...flag('--call', `${call},format=json`), ...contextArgs(order)];
}
/** The same to write one cache: every step is in the builder's cache, so nothing is built anew, described or kept. */
function exportArgs(order, cache, place) {
    const again = { ...order, noCache: false, noCacheFilters: [], pull: false };
    return [
        ...commonArgs(again, place),
        ...attestArgs({ ...order, provenance: 'false', sbom: 'false' }),
        ...flags('--cache-from', order.caches.imports.map(importField)),
        ...flag('--cache-to', exportField(cache)),
        ...flag('--output', 'type=cacheonly'),
        ...contextArgs(order),
    ];
}
/** What decides what the Dockerfile says. */
function commonArgs(order, place) {
    return [
        'buildx',
        'build',
        ...flag('--builder', place.builder),
        ...flag('--platform', order.platforms.map(plan_platform/* platformName */.$r).join(',')),
        ...flag('--file', order.file),
        ...flag('--target', order.target),
        ...flags('--build-arg', order.buildArgs),
        ...flags('--build-context', order.buildContexts),
        ...runArgs(order),
        ...flags('--secret', secrets(order, place)),
        ...flags('--ssh', order.ssh),
        ...flags('--no-cache-filter', order.noCacheFilters),
        ...(order.noCache ? ['--no-cache'] : []),
        ...(order.pull ? ['--pull'] : []),
    ];
}
function contextArgs({ context }) {
    // A context may begin with a dash.
    return [...flag('--progress', 'rawjson'), '--', context];
}
/** Caches that are written by a build of their own are not its business. */
function cacheArgs({ caches: { imports, exports } }) {
    const inside = exports.filter(({ when }) => when === 'inside');
    return [...flags('--cache-from', imports.map(importField)), ...flags('--cache-to', inside.map(exportField))];
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
function attestArgs(order) {
    const sbom = sbomAttributes(order);
    return [`--provenance=${provenanceValue(order.provenance)}`, ...(sbom === undefined ? [] : [`--sbom=${sbom}`])];
}
/** The layout. Files keep their own times unless they are to be reproducible. */
function layoutOutput({ rewriteTimestamp }, layout) {
    return (0,join_fields/* joinFields */.K)(['type=oci', `dest=${layout}`, 'tar=false', ...(rewriteTimestamp ? ['rewrite-timestamp=true'] : [])]);
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
// EXTERNAL MODULE: ./lib/plan/git-address.js
var git_address = __webpack_require__(6874);
;// CONCATENATED MODULE: ./lib/tools/dockerfile-place.js
// What BuildKit says of "Dockerfile, line 3" -> the file of the workspace, as GitHub wants it for an annotation.


/**
 * The Dockerfile of an order, relative to the workspace. Undefined where the workspace (and so a checkout of it) has none: standard input, an address, another
 * repository. The event's own repository as a Git context is the same tree.
 */
function dockerfileOf({ context, file }, { cwd, env }) {
    if (file === '-' || (file !== undefined && /^https?:\/\//i.test(file)))
        return undefined;
    const address = (0,git_address/* parseContext */.DO)(context);
    if (address.kind === 'path')
        return inWorkspace(file ?? external_node_path_.join(context, 'Dockerfile'), cwd);
    if (address.kind !== 'git')
        return file !== undefined && external_node_path_.isAbsolute(file) ? inWorkspace(file, cwd) : undefined;
    const own = `${env['GITHUB_SERVER_URL'] ?? 'https://github.com'}/${env['GITHUB_REPOSITORY'] ?? ''}`;
    const asked = `${address.scheme}://${address.host}/${address.path.replace(/\.git$/, '')}`;
    if (asked.toLowerCase() !== own.toLowerCase())
        return undefined;
    return inWorkspace(external_node_path_.join(address.subdir ?? '', file ?? 'Dockerfile'), undefined);
}
/** The same notes, each at its file; of another file than the Dockerfile nobody knows where it is. */
function placeNotes(notes, order, around) {
    const dockerfile = dockerfileOf(order, around);
    return notes.map(({ file, ...note }) => dockerfile !== undefined && isOf(dockerfile, file) ? { ...note, file: dockerfile } : note);
}
/** The place of `Dockerfile:3` and of the lines that the excerpt below it marks. */
function placeOf(said, order, around) {
    const at = said.findIndex(line => /^\S+:\d+$/.test(line));
    const [, name, first] = /^(\S+):(\d+)$/.exec(said[at] ?? '') ?? [];
    const file = dockerfileOf(order, around);
    if (name === undefined || file === undefined || !isOf(file, name))
        return undefined;
    const marked = said.slice(at).flatMap(line => /^ *(\d+) \| >>>/.exec(line)?.[1] ?? []);
    const endLine = Math.max(Number(first), ...marked.map(Number));
    return { file, line: Number(first), endLine };
}
/** Relative to the working directory, which is the workspace; undefined outside of it. */
function inWorkspace(file, cwd = '.') {
    const relative = external_node_path_.relative(cwd, external_node_path_.resolve(cwd, file));
    return relative === '' || relative.startsWith('..') || external_node_path_.isAbsolute(relative)
        ? undefined
        : relative.split(external_node_path_.sep).join('/');
}
function isOf(dockerfile, name) {
    return name !== undefined && external_node_path_.posix.basename(name) === external_node_path_.posix.basename(dockerfile);
}

// EXTERNAL MODULE: ./lib/plan/reference.js
var plan_reference = __webpack_require__(3698);
;// CONCATENATED MODULE: ./lib/tools/git-failure.js
// What git said inside a failed build -> the cause in one line, and what to do about it. Recorded with git 2.39, BuildKit 28.5 (dockerd) and 0.33.1.


/** BuildKit's own git failed, not one that a RUN step started. */
const OURS = /git stderr:|failed to fetch remote |error fetching default branch|failed to update submodules|repository does not contain ref|invalid (?:git context )?subdir|exec: "git"|ambiguous Dockerfile source/;
const git_failure_HINTS = [
    [
        /exec: "git": executable file not found/,
        () => 'BuildKit of this builder has no git: use an image with it (builder-image, moby/buildkit has it), or check the repository out before this step and give a path as "context".',
    ],
    [
        /failed to update submodules/,
        () => 'A submodule could not be read: BuildKit uses the token of a Git context for submodules on github.com only, and github-token reads this repository only. Leave them out (?submodules=false behind .git), or check out with them before this step (actions/checkout, submodules: true) and give a path as "context".',
    ],
    [
        /could not read (?:Username|Password) for|terminal prompts disabled|Authentication failed for|Invalid username or (?:token|password)|requested URL returned error: 40[13]/i,
        loginHint,
    ],
    [
        /repository '?[^']*'? not found|remote: Repository not found|requested URL returned error: 404/i,
        order => `There is no such repository, or the token may not read it (a server says the same of both). ${loginHint(order)}`,
    ],
    [
        /repository does not contain ref|couldn't find remote ref|not our ref|remote error: upload-pack: not our ref|unadvertised object/i,
        order => `The repository has no such ref: check what follows "#" (${shown(order)}). A commit must have been pushed; one of a branch that was rewritten may be gone.`,
    ],
    [
        /invalid subdir|invalid git context subdir/i,
        order => `The commit has no such directory: check what follows the ":" of "context" (${shown(order)}).`,
    ],
    [
        /Could not resolve host|Failed to connect to|Could not connect to server|SSL certificate problem|server certificate verification failed/i,
        () => 'BuildKit could not reach the Git server: it is the builder, not this step, that reads a Git context, with its own network, proxy and authorities. A checkout before this step and a path as "context" do without.',
    ],
    [
        /Host key verification failed|Permission denied \(publickey/,
        () => 'The Git server refused the SSH key: start an agent with the right one before this step (SSH_AUTH_SOCK), or give it as ssh: default=PATH.',
    ],
    [
        /ambiguous Dockerfile source/,
        () => 'Standard input holds a Dockerfile and no archive, so "file" has nothing to name: leave it out, or pipe a tar archive of the context.',
    ],
];
/** What to do, from all that was said; undefined when it was not git that failed. To be asked before what speaks of a Dockerfile or a registry: a Git context fails while the Dockerfile is read. */
function gitHint(text, order) {
    return OURS.test(text) ? git_failure_HINTS.find(([pattern]) => pattern.test(text))?.[1](order) : undefined;
}
function loginHint({ secrets }) {
    const ours = secrets.find(({ from }) => from === 'token');
    const host = ours?.id.replace(/^GIT_AUTH_TOKEN\./, '');
    if (host === undefined)
        return 'For a private repository give a token that may read it as secrets: GIT_AUTH_TOKEN.<host>=…, or check the repository out before this step and give a path as "context".';
    return `BuildKit was given github-token for ${host}, which the job must allow (permissions: contents: read) and which reads this repository only: for another, also of a submodule, give secrets: GIT_AUTH_TOKEN.${host}=… with a token that may read it.`;
}
/** Where a Dockerfile that cannot be read was looked for; undefined for a path. */
function remoteDockerfileHint({ context, file }) {
    if (!(0,git_address/* isRemoteContext */.uN)(context))
        return undefined;
    const address = (0,git_address/* parseContext */.DO)(context);
    const root = address.kind !== 'git'
        ? 'the archive'
        : address.subdir === undefined
            ? 'the repository'
            : `its directory ${(0,plan_reference/* shorten */.ml)(address.subdir)}`;
    return `Check "file": ${(0,plan_reference/* shorten */.ml)(file ?? 'Dockerfile')} is looked for in ${root}, not in the workspace (${(0,plan_reference/* shorten */.ml)(context, 160)}).`;
}
/** The line that names the cause, with git's own word for it: BuildKit puts that on a line below. */
function gitCause(line, said) {
    if (!/git stderr:\s*$/.test(line))
        return line;
    const fatal = said.findLast(text => /^(?:fatal|error|remote error): /.test(text));
    const where = line
        .replace(/\s*git stderr:\s*$/, '')
        .replace(/^(?:failed to read dockerfile: |failed to load cache key: |failed to compute cache key: )+/, '');
    return fatal === undefined ? where.replace(/:$/, '') : `${where} ${fatal.replace(/^(?:fatal|error): /, '')}`;
}
function shown({ context }) {
    return (0,plan_reference/* shorten */.ml)(context, 160);
}

;// CONCATENATED MODULE: ./lib/tools/buildx-errors.js
// A failed `docker buildx build` -> one line that says where and why, the Dockerfile lines, the step's last words, and what to do.





/** First match wins; what is matched is all that buildx and the failed step said. */
const buildx_errors_HINTS = [
    [/exec format error/, (order, platform) => foreignPlatform(platform ?? order.platforms.map(plan_platform/* platformName */.$r).join(' or '))],
    [
        /lint violation found for rules/,
        () => 'The Dockerfile breaks rules that it wants to be errors (# check=error=true): mend the lines that the warnings name, or leave rules out with # check=skip=RULE.',
    ],
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
        order => remoteDockerfileHint(order) ??
            `Check "file" (${order.file ?? 'Dockerfile in the context'}) and "context" (${order.context}): was the repository checked out before this step?`,
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
        /failed to solve: secret (\S+): not found/,
        (_order, _platform, name) => `A RUN step needs the build secret ${name}: give it as secrets: ${name}=…, or by secret-envs or secret-files. Events of forks get no secrets.`,
    ],
    [
        /unset ssh forward key/,
        () => 'A RUN step needs the SSH agent: give it as ssh: default, and start an agent before this step.',
    ],
    [
        /failed to calculate checksum of ref .*: "\/?([^"]+)": not found/,
        (order, _platform, name) => `${name} is not in the context (${order.context}): see that .dockerignore does not leave it out, that an earlier step made it, and that the path starts at the context.`,
    ],
    [
        /dockerfile parse error on line \d+: unknown flag: (\S+)/,
        (_order, _platform, name) => `The builder's own frontend does not know ${name}: begin the Dockerfile with # syntax=docker/dockerfile:1.`,
    ],
    [
        /did not complete successfully: exit code: 137\b/,
        () => 'Exit code 137 is a process that was killed, mostly for want of memory: do less at the same time, or take a larger runner.',
    ],
    [
        /empty ssh agent socket/,
        () => 'There is no SSH agent: start one before this step (SSH_AUTH_SOCK), or give a key as ssh: default=PATH.',
    ],
    [
        /failed to resolve source metadata for \S*buildkit-syft-scanner/,
        () => 'The SBOM scanner of BuildKit cannot be pulled: name a copy of it as sbom-image, or leave "sbom" out.',
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
const LINT = /^lint violation found/;
/** Of the excerpt that buildx shows. */
const PLACE = /^\S+:\d+$/;
const STEP_PLATFORM = /^\[([a-z]+\/[\w/]+)(?:->\S+)? /;
/** The error of a buildx that ended with another exit code than 0. `around`: where the Dockerfile is; `what` failed. */
function buildFailure(result, progress, order, around = { env: {} }, what = 'The build') {
    const said = progress.said();
    const step = progress.failed();
    const cause = buildx_errors_causeOf(said) ?? step?.error ?? (0,command/* ending */.K1)(result);
    const place = placeOf(said, order, around) ?? (LINT.test(cause) ? firstPlace(placeNotes(progress.notes(), order, around)) : undefined);
    const tail = [...(step === undefined ? [] : stepLines(step)), ...said];
    const hint = hintFor([...tail, cause].join('\n'), order, step);
    const shown = place === undefined ? said.find(line => PLACE.test(line)) : `${place.file}:${place.line ?? ''}`;
    return new errors/* ToolError */.v4(`${what} failed${where(step, shown, order)}: ${cause}`, {
        tool: 'docker buildx build',
        ...(result.exitCode === null ? {} : { exitCode: result.exitCode }),
        tail,
        ...(hint === undefined ? {} : { hint }),
        ...(place && { place }),
    });
}
/** Checks that are errors name no line themselves. */
function firstPlace(notes) {
    const note = notes.find(({ file }) => file !== undefined);
    const { file, line, endLine } = note ?? {};
    return file === undefined
        ? undefined
        : { file, ...(line !== undefined && { line }), ...(endLine !== undefined && { endLine }) };
}
/** What to do when a builder cannot run code of a platform. */
function foreignPlatform(platform) {
    return (`The builder cannot run programs of ${platform}. Ways out: a native runner for it (one job a platform), a builder with a remote node of that platform, ` +
        'or cross-compilation (FROM --platform=$BUILDPLATFORM in the stage that runs commands).');
}
function hintFor(text, order, step) {
    const platform = STEP_PLATFORM.exec(step?.name ?? '')?.[1];
    const known = gitHint(text, order);
    if (known !== undefined)
        return known;
    const [pattern, hint] = buildx_errors_HINTS.find(([each]) => each.test(text)) ?? [];
    return hint?.(order, platform, pattern?.exec(text)?.[1] ?? '');
}
/** ` at Dockerfile:3, [2/2] RUN make (linux/arm64)`: the name is cut, the details have it whole; its platform is said where the name does not. */
function where(step, place, { platforms }) {
    const name = step === undefined || step.name.length <= NAME_SHOWN ? step?.name : `${step.name.slice(0, NAME_SHOWN)}…`;
    const parts = [place, name].filter(part => part !== undefined);
    const only = platforms.length === 1 && step !== undefined && !STEP_PLATFORM.test(step.name) ? platforms.map(plan_platform/* platformName */.$r) : [];
    return parts.length === 0 ? '' : ` at ${parts.join(', ')}${only.length === 0 ? '' : ` (${only.join('')})`}`;
}
/** The last `ERROR:` line without the wrappings that every build error has, and without the command that the step's name repeats. */
function buildx_errors_causeOf(said) {
    const line = said.findLast(text => text.startsWith('ERROR: '));
    if (line === undefined)
        return undefined;
    const cause = line
        .replace(/^ERROR: /, '')
        .replace(/^(failed to build: |failed to solve: )+/, '')
        .replace(/^process ".*" did not complete successfully: exit code: (\d+)$/, 'the command ended with exit code $1');
    return gitCause(cause, said);
}
function stepLines(step) {
    const lines = step.log.slice(-20);
    return lines.length === 0 ? [] : [`> ${step.name}:`, ...lines, ''];
}

;// CONCATENATED MODULE: ./lib/tools/cache-answers.js
// What a probe of a cache found out, and the times that caches may take.

const YES = { allowed: true };
/** Left out, and worth a warning. */
function refused(reason) {
    return { allowed: false, reason, trouble: true };
}
/** Left out, as nothing is lost. */
function nothing(reason) {
    return { allowed: false, reason, trouble: false };
}
/** Neither read nor written. */
function neither(reason) {
    return { read: refused(reason), write: refused(reason) };
}
const CACHE_TIMES = {
    service: 3_000,
    registry: 4_000,
    helper: 10_000,
    retryAfter: 2_000,
    standstill: 60_000,
    beside: 300_000,
    last: 180_000,
    store: 120_000,
};
/** Waits for the work until the signal is aborted, and then (Cancelled) no longer: for what cannot be ended. */
function cache_answers_within(signal, work) {
    return new Promise((resolve, reject) => {
        const late = () => reject(new errors/* Cancelled */.cJ('late'));
        if (signal.aborted)
            late();
        signal.addEventListener('abort', late, { once: true });
        void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', late));
    });
}
/** `3 s`, `0.5 s`. */
function inSeconds(milliseconds) {
    return `${Math.round(milliseconds / 100) / 10} s`;
}
const SHOWN = 240;
const BEGINNING = 80;
/** One line; what is too long keeps its beginning (what was done) and its end (why it failed). */
function inOneLine(text, limit = SHOWN) {
    const line = text.replace(/\s+/g, ' ').trim();
    return line.length <= limit ? line : `${line.slice(0, BEGINNING)}…${line.slice(line.length - (limit - BEGINNING - 1))}`;
}

;// CONCATENATED MODULE: ./lib/tools/cache-token.js
// The token of the Actions cache service -> what it allows, before BuildKit trips over it (a malformed one fails the build even with ignore-error).
/** Seconds that clocks may differ. */
const SKEW = 300;
/** Reads the claims; nobody can check the signature here. `now`: milliseconds since 1970. */
function readCacheToken(token, now) {
    const parts = token.split('.');
    const [header, claims] = parts.slice(0, 2).map(part => cache_token_parse(Buffer.from(part, 'base64url').toString('utf8')));
    if (parts.length !== 3 || !isObject(claims) || !isObject(header) || typeof header['alg'] !== 'string')
        return { problem: 'ACTIONS_RUNTIME_TOKEN is no JSON web token' };
    const { nbf, exp, ac } = claims;
    if (typeof nbf !== 'number' || typeof exp !== 'number')
        return { problem: 'ACTIONS_RUNTIME_TOKEN has no dates' };
    if (exp * 1000 <= now)
        return { problem: 'ACTIONS_RUNTIME_TOKEN has expired' };
    if ((nbf - SKEW) * 1000 > now)
        return { problem: 'ACTIONS_RUNTIME_TOKEN is not valid yet' };
    const scopes = typeof ac === 'string' ? scopesOf(cache_token_parse(ac)) : undefined;
    if (scopes === undefined)
        return { problem: 'ACTIONS_RUNTIME_TOKEN says nothing of caches' };
    const all = scopes.reduce((bits, { permission }) => bits | permission, 0);
    return { read: (all & 1) !== 0, write: (all & 2) !== 0, scopes };
}
function scopesOf(value) {
    if (!Array.isArray(value))
        return undefined;
    const scopes = value.map((entry) => (isObject(entry) ? [entry['Scope'], entry['Permission']] : []));
    return scopes.every(([name, permission]) => typeof name === 'string' && typeof permission === 'number')
        ? scopes.map(([name, permission]) => ({ name: name, permission: permission }))
        : undefined;
}
function cache_token_parse(text) {
    try {
        return JSON.parse(text);
    }
    catch {
        return undefined;
    }
}
function isObject(value) {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}

// EXTERNAL MODULE: external "node:http"
var external_node_http_ = __webpack_require__(7067);
// EXTERNAL MODULE: external "node:https"
var external_node_https_ = __webpack_require__(4708);
// EXTERNAL MODULE: external "node:tls"
var external_node_tls_ = __webpack_require__(1692);
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

;// CONCATENATED MODULE: ./lib/tools/cache-probe-gha.js
// A cache of type=gha -> one small question to the service of Actions, and what may be done with the cache after the answer.





const cache_probe_gha_LARGEST = 1024 * 1024;
/** What BuildKit's client calls itself in the key space (tonistiigi/go-actions-cache: version of its entries). */
const VERSION = (0,external_node_crypto_.createHash)('sha256').update('|go-actionscache-1.0').digest('hex');
const METHOD = 'twirp/github.actions.results.api.v1.CacheService/GetCacheEntryDownloadURL';
/** Asks once, and once more after a short Retry-After. Never throws. */
async function probeActionsCache(cache, question) {
    const { env, now = Date.now } = question;
    const token = env['ACTIONS_RUNTIME_TOKEN'] ?? '';
    const service = addressOf(cache, env);
    if (token === '' || service === undefined)
        return neither(missing(token, service));
    const mode = (env['ACTIONS_CACHE_MODE'] ?? '').toLowerCase();
    if (mode === 'none' || mode === 'write-only')
        return neither(UNREADABLE);
    const reading = readCacheToken(token, now());
    if (reading.problem !== undefined)
        return neither(reading.problem);
    if (!reading.read)
        return neither(UNREADABLE);
    const writable = reading.write && mode !== 'read';
    try {
        return judge(await cache_probe_gha_ask(cache, service, token, reading, question), writable);
    }
    catch (error) {
        return neither(error instanceof SilentService ? error.message : `its service cannot be reached: ${wordsOf(error)}`);
    }
}
/** BuildKit asks what is there before it writes, so what may not be read cannot be written either. */
const UNREADABLE = 'GitHub does not let this run read caches';
/** As buildx reads it: typed addresses first, then the environment; the second version only when the runner says so. */
function addressOf({ attributes }, env) {
    const switched = /^(?:1|t|true)$/i.test(env['ACTIONS_CACHE_SERVICE_V2'] ?? '');
    const second = attributes['url_v2'] ?? (switched ? env['ACTIONS_RESULTS_URL'] : undefined);
    const text = second ?? attributes['url'] ?? env['ACTIONS_CACHE_URL'] ?? '';
    if (!URL.canParse(text))
        return undefined;
    const url = new URL(text);
    if (!url.pathname.endsWith('/'))
        url.pathname += '/';
    return { url, second: second !== undefined || url.hostname === 'results-receiver.actions.githubusercontent.com' };
}
function missing(token, service) {
    const names = [...(token === '' ? ['ACTIONS_RUNTIME_TOKEN'] : []), ...(service === undefined ? ['ACTIONS_RESULTS_URL'] : [])];
    return `${names.join(' and ')} ${names.length === 1 ? 'is' : 'are'} not set (only GitHub's runner sets them)`;
}
class SilentService extends Error {
}
async function cache_probe_gha_ask(cache, service, token, reading, { send, times, signal, sleep, now = Date.now }) {
    const limit = AbortSignal.timeout(times.service);
    const until = signal === undefined ? limit : AbortSignal.any([signal, limit]);
    const put = async (request) => {
        const answer = await send({ ...request, idle: times.service, signal: until });
        const body = await readAnswer(answer, cache_probe_gha_LARGEST);
        return { status: answer.status, retryAfter: parseRetryAfter(headerOf(answer, 'retry-after'), now()), body };
    };
    let whom = 'service';
    try {
        const request = requestOf(cache, service, token, reading);
        let reply = await put(request);
        const { retryAfter } = reply;
        if (reply.status === 429 && retryAfter !== undefined && retryAfter <= times.retryAfter) {
            await sleep(retryAfter);
            reply = await put(request);
        }
        const stored = storedAt(reply);
        if (stored === undefined)
            return reply;
        // One byte of the table of contents: what lies in a storage that hangs would be waited for without end.
        whom = 'storage';
        const byte = await put({ method: 'GET', url: stored, headers: { range: 'bytes=0-0' } });
        return byte.status < 400 || byte.status === 416 ? reply : { ...byte, body: Buffer.from('{"msg":"of its storage"}') };
    }
    catch (error) {
        if (limit.aborted)
            throw new SilentService(`its ${whom} did not answer within ${inSeconds(times.service)}`);
        throw error;
    }
}
/** Where the table of contents lies, when there is one. */
function storedAt({ status, body }) {
    const answer = status === 200 ? cache_probe_gha_parse(body) : undefined;
    const url = answer?.signed_download_url;
    return typeof url === 'string' && URL.canParse(url) ? new URL(url) : undefined;
}
function requestOf({ attributes }, { url, second }, token, reading) {
    const headers = { authorization: `Bearer ${token}`, accept: 'application/json' };
    const keys = indexKeys(attributes['scope'] ?? 'buildkit', reading);
    if (second) {
        const body = Buffer.from(JSON.stringify({ key: keys[0], restore_keys: keys, version: VERSION }));
        return { method: 'POST', url: new URL(METHOD, url), headers: { ...headers, 'content-type': 'application/json' }, body };
    }
    const old = new URL('_apis/artifactcache/cache', url);
    old.search = new URLSearchParams({ keys: keys.join(','), version: VERSION }).toString();
    return { method: 'GET', url: old, headers: { ...headers, accept: 'application/json;api-version=6.0-preview.1' } };
}
/** Where BuildKit keeps the table of contents of a scope, for every ref that the token may read. */
function indexKeys(scope, reading) {
    const refs = reading.problem === undefined ? reading.scopes.map(({ name }) => name) : [];
    return refs.map(ref => `index-${scope}-1-${(0,external_node_crypto_.createHash)('sha256').update(ref).digest('hex').slice(0, 8)}#`);
}
function judge({ status, retryAfter, body }, writable) {
    if (status === 429) {
        const wait = retryAfter === undefined ? '' : `, and wants us to wait for ${inSeconds(retryAfter)}`;
        return neither(`GitHub limits the rate of its service (429${wait})`);
    }
    if (status === 401 || status === 403)
        return neither(`its service refuses us (${said(status, body)})`);
    if (status === 204)
        return found(false, writable);
    if (status !== 200)
        return neither(`its service fails (${said(status, body)})`);
    const answer = cache_probe_gha_parse(body);
    if (typeof answer !== 'object' || answer === null)
        return neither('its service answers something else than JSON');
    return found('ok' in answer ? answer.ok === true : true, writable);
}
function found(exists, writable) {
    return { read: YES, write: writable ? YES : refused('GitHub lets this run only read caches'), exists };
}
/** `403 permission_denied: cache read denied`, at most 120 characters. */
function said(status, body) {
    const answer = cache_probe_gha_parse(body);
    const words = [answer?.code, answer?.msg].filter((part) => typeof part === 'string').join(': ');
    return `${status} ${words.replace(/[^\x20-\x7e]+/g, ' ')}`.trim().slice(0, 120);
}
function cache_probe_gha_parse(body) {
    try {
        return JSON.parse(body.toString('utf8'));
    }
    catch {
        return undefined;
    }
}
function wordsOf(error) {
    const { code, message } = error;
    return [code, message].find(part => part !== undefined && part !== '') ?? 'no connection';
}
function headerOf(answer, name) {
    const value = answer.headers[name];
    return Array.isArray(value) ? value[0] : value;
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
function answers_said(reply) {
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
        return new Retriable(toolError(`${repository.registry} limits our rate of requests (${answers_said(reply)})`, 'Wait, or log in with an account that may ask more often.'), { after: wait });
    }
    if (reply.status === 408 || (reply.status >= 500 && reply.status !== 501))
        return new Retriable(toolError(`${repository.registry} failed at ${what} (${answers_said(reply)})`, 'Run again: what was sent already is not sent twice.'), {
            after,
        });
    if (reply.status === 401 || reply.status === 403)
        return denied(reply, purpose);
    if (reply.status === 413)
        return tooLarge(reply, purpose);
    if (purpose.access === 'write' && reply.status >= 400 && errorCodes(reply).some(code => LATE.includes(code)))
        return new Retriable(toolError(`${repository.registry} does not find a part of ${what} (${answers_said(reply)})`), { tries: 4 });
    if (reply.status === 404 && purpose.access === 'write')
        return new errors/* UserError */.yo(`${repository.registry} has no repository ${repository.name} that we may write to (${answers_said(reply)})`, {
            hint: 'Create the repository first (Amazon ECR and others do not make it on the first push), or correct `images`.',
        });
    return toolError(`${repository.registry} did not take our request for ${what} of ${repository.image} (${answers_said(reply)})`);
}
function denied(reply, { repository, access }) {
    const verb = access === 'write' ? 'write to' : 'read';
    return new errors/* UserError */.yo(`${repository.registry} does not let us ${verb} ${repository.image} (${answers_said(reply)})`, {
        hint: answers_loginHint(repository, access),
    });
}
/** What to do about a refused or missing login, in the words of the registry's own settings. */
function answers_loginHint(repository, access) {
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
    return new errors/* UserError */.yo(`${repository.registry} does not take ${amount} in one request for ${what} (${answers_said(reply)})`, {
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
                return { ...(await read(ask, answer, url)), granted };
            answer.stream.resume();
            if (redirects === MOST_REDIRECTS)
                throw toolError(`${base.host} sent us from one address to the next without end`);
            url = follow(location, url, base);
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
async function read(ask, answer, url) {
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
function follow(location, from, base) {
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

// EXTERNAL MODULE: external "node:fs"
var external_node_fs_ = __webpack_require__(3024);
// EXTERNAL MODULE: external "node:stream/promises"
var external_node_stream_promises_ = __webpack_require__(6466);
// EXTERNAL MODULE: ./lib/bundle/oci.js
var oci = __webpack_require__(5389);
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
/** PUT of exactly these bytes; the registry's own idea of their digest is compared. Answers the subject to which the registry says that it attached them. */
async function writeManifest(client, repository, reference, manifest) {
    const purpose = { repository, access: 'write', what: `manifest ${reference}`, size: manifest.bytes.length };
    if (digestOf(manifest.bytes, manifest.digest) !== manifest.digest || (isDigest(reference) && reference !== manifest.digest))
        throw toolError(`the manifest ${manifest.digest} changed since it was scanned; it is not published`, 'Something wrote into the layout during the run: build again.');
    const reply = await retry(async () => {
        const headers = { 'content-type': manifest.mediaType };
        const reply = await client.exchange({ method: 'PUT', to: `manifests/${reference}`, purpose, headers, body: manifest.bytes });
        if (reply.status !== 201 && reply.status !== 200 && reply.status !== 202)
            throw refusal(reply, purpose, client.retry.clock.now());
        const stored = header(reply, 'docker-content-digest');
        if (stored !== undefined && stored !== manifest.digest)
            throw otherDigest(repository, reference, stored, manifest.digest);
        return reply;
    }, client.retry);
    client.written.add(writtenKey(repository, manifest.digest));
    const subject = header(reply, 'oci-subject');
    return subject === undefined ? {} : { subject };
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

// EXTERNAL MODULE: ./lib/bundle/parse.js
var bundle_parse = __webpack_require__(2851);
// EXTERNAL MODULE: ./lib/bundle/blobs.js
var bundle_blobs = __webpack_require__(1160);
;// CONCATENATED MODULE: ./lib/tools/registry/referrers.js
// A digest -> what is attached to it, and one more: by the referrers API, or by the tag `sha256-<hex>` where a registry does not have it.







/** More pages than any honest list has. */
const MOST_PAGES = 20;
/** Others (cosign) write the same tag, and nobody can lock it. */
const referrers_TRIES = 4;
/** Milliseconds. */
const BETWEEN_TRIES = 200;
/**
 * Everything that is attached to `digest`. Filtering is left to the caller: registries and clients are known to write wrong artifact types into the list. `expected`
 * was just written: a registry whose lists lag behind is asked again for a while; whether it is there is left to the caller too.
 */
async function listReferrers(client, repository, digest, expected) {
    for (let round = 1;; round++) {
        const found = await listOnce(client, repository, digest);
        if (expected === undefined || round > referrers_TRIES || found.some(entry => entry.digest === expected))
            return found;
        await client.retry.clock.sleep(BETWEEN_TRIES * 2 ** round, client.retry.signal);
    }
}
async function listOnce(client, repository, digest) {
    const answered = await askApi(client, repository, digest);
    if (answered !== undefined)
        return answered;
    const stored = await readManifest(client, repository, fallbackTag(digest));
    return stored === undefined ? [] : descriptorsOf(stored.bytes, repository, digest);
}
/** Writes the manifest by its digest and makes sure that it is listed. Entries of others in the list stay as they are. */
async function pushReferrer(client, repository, subject, manifest) {
    const { subject: taken } = await writeManifest(client, repository, manifest.digest, manifest);
    if (taken === subject)
        return;
    // Without the header the registry knows no referrers, unless it knows them and forgets to say so (go-containerregistry).
    if ((await askApi(client, repository, subject)) !== undefined)
        return;
    for (let round = 1;; round++) {
        if (await isInFallback(client, repository, subject, manifest))
            return;
        if (round > referrers_TRIES)
            throw toolError(`${repository.image}:${fallbackTag(subject)} does not keep the attestation ${manifest.digest} of ${subject}`, 'Something else writes that tag all the time: run again when it has ended.');
        if (round > 1)
            await client.retry.clock.sleep(BETWEEN_TRIES * round, client.retry.signal);
        await addToFallback(client, repository, subject, manifest);
    }
}
/** The tag schema of the distribution specification. */
function fallbackTag(digest) {
    return digest.replace(':', '-');
}
/** Undefined: the registry has no such API. */
async function askApi(client, repository, digest) {
    const found = [];
    let to = `referrers/${digest}`;
    for (let page = 0; page < MOST_PAGES; page++) {
        const reply = await referrers_ask(client, repository, digest, to);
        if (reply === undefined)
            return undefined;
        found.push(...descriptorsOf(reply.body, repository, digest));
        const next = nextPage(reply);
        if (next === undefined)
            return found;
        const base = await client.base(repository);
        to = follow(next, new URL(`/v2/${repository.name}/referrers/${digest}`, base), base);
    }
    throw toolError(`${repository.registry} lists what is attached to ${digest} without end`);
}
async function referrers_ask(client, repository, digest, to) {
    const purpose = { repository, access: 'read', what: `referrers of ${digest}` };
    return retry(async () => {
        const reply = await client.exchange({ method: 'GET', to, purpose, headers: { accept: oci/* MEDIA */.Rn.index } });
        // A page for people, or a catch-all address, is no answer of the API.
        if (reply.status === 200)
            return oci/* INDEX_TYPES */.V.includes(typeOf(reply)) ? reply : undefined;
        // Without the API: not found, or not known at all. A login that is refused here is told by what follows.
        if ((reply.status >= 400 && reply.status < 500 && reply.status !== 408 && !isRateLimit(reply)) || reply.status === 501)
            return undefined;
        throw refusal(reply, purpose, client.retry.clock.now());
    }, client.retry);
}
function nextPage(reply) {
    return /<([^>]+)>\s*;\s*rel="?next"?/i.exec(header(reply, 'link') ?? '')?.[1];
}
function typeOf(reply) {
    return (header(reply, 'content-type') ?? '').split(';')[0]?.trim() ?? '';
}
/** Anybody may write into such a list: what is no descriptor of a manifest is passed over. */
function descriptorsOf(bytes, { image }, digest) {
    const listed = (0,bundle_parse/* parseObject */.lj)(bytes, `the list of what is attached to ${image}@${digest}`)['manifests'];
    return (Array.isArray(listed) ? listed : []).flatMap(entry => {
        const { mediaType, digest: own, size, artifactType } = (entry ?? {});
        if (typeof mediaType !== 'string' || typeof size !== 'number' || typeof own !== 'string')
            return [];
        if (!/^sha256:[a-f0-9]{64}$/.test(own))
            return [];
        return [{ mediaType, digest: own, size, ...(typeof artifactType === 'string' && { artifactType }) }];
    });
}
async function isInFallback(client, repository, subject, { digest }) {
    const stored = await readManifest(client, repository, fallbackTag(subject));
    return stored !== undefined && descriptorsOf(stored.bytes, repository, subject).some(entry => entry.digest === digest);
}
async function addToFallback(client, repository, subject, { mediaType, digest, bytes, artifactType }) {
    const tag = fallbackTag(subject);
    const stored = await readManifest(client, repository, tag);
    if (stored !== undefined && !oci/* INDEX_TYPES */.V.includes(stored.mediaType))
        throw toolError(`${repository.image}:${tag} is no index, so the attestation ${digest} cannot be listed there`, 'The tag belongs to the list of what is attached to the image: delete it in the registry and run again.');
    const before = stored === undefined ? {} : (0,bundle_parse/* parseObject */.lj)(stored.bytes, `${repository.image}:${tag}`);
    const entries = Array.isArray(before['manifests']) ? before['manifests'] : [];
    const index = {
        schemaVersion: 2,
        mediaType: oci/* MEDIA */.Rn.index,
        ...before,
        manifests: [...entries, { mediaType, digest, size: bytes.length, artifactType }],
    };
    const after = Buffer.from(JSON.stringify(index));
    const written = { digest: (0,bundle_blobs/* digestOfBytes */.by)(after), mediaType: stored?.mediaType ?? oci/* MEDIA */.Rn.index, bytes: after };
    await writeManifest(client, repository, tag, written);
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
    return new errors/* UserError */.yo(message, { hint: answers_loginHint(repository, access) });
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
    return follow(location, new URL(`/v2/${purpose.repository.name}/blobs/uploads/`, base), base);
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
    const path = (0,bundle_blobs/* blobPath */.nD)(directory, blob.digest);
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
        pushManifest: async (image, reference, manifest) => {
            await writeManifest(client, parseRepository(image), reference, manifest);
        },
        referrers: async (image, digest, expected) => listReferrers(client, parseRepository(image), digest, expected),
        pushReferrer: async (image, subject, manifest) => pushReferrer(client, parseRepository(image), subject, manifest),
        close,
    };
}

;// CONCATENATED MODULE: ./lib/tools/cache-probe-registry.js
// A cache of type=registry -> one question for its manifest, with the login of the run and a short limit.



/**
 * Asks whether there is a cache under the name. A registry that refuses, fails or keeps silent is left alone: BuildKit would wait for it, in the worst case with
 * every later build; and buildx would wait for the same helper. One that cannot be reached from here at all is left to BuildKit, which may have another way to it and
 * gives up at once where there is none. Never throws.
 */
async function probeRegistryCache(reference, { sources, times, signal }) {
    const clock = startClock(times.registry);
    const end = signal === undefined ? clock.signal : AbortSignal.any([signal, clock.signal]);
    let status;
    let silent;
    /** Nothing but the programs that know logins is run. */
    const askHelper = async (command, args, options) => {
        clock.pause();
        const result = await sources.run(command, args, { ...options, timeout: times.helper, ...(signal && { signal }) });
        clock.resume();
        if (result.timedOut)
            silent = command;
        return result;
    };
    const registry = createRegistry({
        ...sources,
        run: askHelper,
        signal: end,
        onRequest: note => (status = note.status),
        retry: { tries: 2, budget: times.retryAfter },
    });
    const { name, tag, digest } = (0,plan_reference/* splitReference */.mQ)(reference);
    try {
        const found = await cache_answers_within(end, registry.resolve(name, digest ?? tag ?? 'latest'));
        return found === undefined
            ? { read: nothing('not there yet'), write: YES, exists: false }
            : { read: YES, write: YES, exists: true };
    }
    catch (error) {
        if (silent !== undefined)
            return neither(`${silent}, which knows its login, did not answer within ${inSeconds(times.helper)}`);
        if (clock.signal.aborted)
            return neither(`its registry did not answer within ${inSeconds(times.registry)}`);
        // Nobody was reached, or the login could not be looked up.
        if (status === undefined || status === 0)
            return { read: YES, write: YES };
        const reason = error instanceof Error ? error.message : String(error);
        // Whoever may not read a repository that is not there yet may still be the one to make it.
        return { read: refused(reason), write: status === 401 || status === 403 ? YES : refused(reason) };
    }
    finally {
        clock.pause();
        registry.close();
    }
}
/** Counts the time that is not paused. */
function startClock(limit) {
    const end = new AbortController();
    let left = limit;
    let since = performance.now();
    const start = () => setTimeout(() => end.abort(), left);
    let timer = start();
    return {
        signal: end.signal,
        pause() {
            clearTimeout(timer);
            left -= performance.now() - since;
        },
        resume() {
            since = performance.now();
            timer = start();
        },
    };
}

;// CONCATENATED MODULE: ./lib/tools/cache-replace.js
// A fresh layer cache + the directory of the old one -> the fresh one in its place, so that it neither grows for ever nor is ever half there; and what nobody uses any more, removed.



const cache_replace_OURS = ['index.json', 'oci-layout', 'blobs', 'ingest'];
/** Runs on one machine that replace one directory at the same moment: each time one of them is done. */
const MOST_RUNS = 100;
const HOUR = 60 * 60_000;
const DAY = 24 * HOUR;
/** A branch that was not built for so long is merged or forgotten. */
const KEPT = 14 * DAY;
/** Beside `directory`, for those in a place of ours: hard links and renames always work there. */
function besides(directory) {
    return purpose => (0,external_node_path_.join)((0,external_node_path_.dirname)(directory), `.${(0,external_node_path_.basename)(directory)}.${purpose}-${(0,external_node_crypto_.randomBytes)(6).toString('hex')}`);
}
/** Below the run's own directory, for those that a user named: beside them may be the build's context, where everything new would be built into the image. */
function below(directory) {
    return purpose => (0,external_node_path_.join)(directory, `cache-${purpose}-${(0,external_node_crypto_.randomBytes)(6).toString('hex')}`);
}
/** True when `directory` may be replaced as a whole: absent, empty, or holding nothing but a cache. */
async function isReplaceable(directory) {
    try {
        return (await (0,promises_.readdir)(directory)).every(name => cache_replace_OURS.includes(name));
    }
    catch (error) {
        return error.code === 'ENOENT';
    }
}
/**
 * Puts `fresh` where `directory` is, or where it leads to when it is a link. Two runs that do so at once both succeed, and one of them stays. What cannot be renamed
 * (a mount point, or something on another file system) is filled instead. Throws when the file system refuses.
 */
async function replaceDirectory(directory, fresh, aside) {
    const place = await cache_replace_follow(directory);
    await (0,promises_.mkdir)((0,external_node_path_.dirname)(place), { recursive: true });
    try {
        await swap(place, fresh, aside);
    }
    catch (error) {
        const { code = '' } = error;
        if (!['EXDEV', 'EBUSY', 'EACCES', 'EPERM'].includes(code))
            throw error;
        await fill(place, fresh);
        await (0,promises_.rm)(fresh, { recursive: true, force: true });
    }
}
/** The path without links, also where the last one leads to nothing yet. */
async function cache_replace_follow(path) {
    try {
        return await (0,promises_.realpath)(path);
    }
    catch (error) {
        if (error.code !== 'ENOENT')
            throw error;
    }
    const leads = await (0,promises_.readlink)(path).catch(() => undefined);
    if (leads !== undefined)
        return cache_replace_follow((0,external_node_path_.resolve)((0,external_node_path_.dirname)(path), leads));
    return (0,external_node_path_.dirname)(path) === path ? path : (0,external_node_path_.join)(await cache_replace_follow((0,external_node_path_.dirname)(path)), (0,external_node_path_.basename)(path));
}
async function swap(directory, fresh, aside) {
    for (let tries = 0;; tries += 1) {
        const old = aside('old');
        await (0,promises_.rename)(directory, old).catch((error) => {
            if (error.code !== 'ENOENT')
                throw error;
        });
        try {
            await (0,promises_.rename)(fresh, directory);
            return;
        }
        catch (error) {
            // Somebody else was faster.
            const { code } = error;
            if ((code !== 'ENOTEMPTY' && code !== 'EEXIST') || tries === MOST_RUNS)
                throw error;
        }
        finally {
            await (0,promises_.rm)(old, { recursive: true, force: true });
        }
    }
}
/**
 * Blobs first, then the table of contents that names them, then what it no longer names: whoever reads meanwhile finds the old one or the new one. What fails half way
 * leaves the old one alone.
 */
async function fill(directory, fresh) {
    const files = await filesOf(fresh);
    const before = await filesOf(directory).catch(() => undefined);
    const last = (file) => Number((0,external_node_path_.basename)(file) === 'index.json');
    try {
        for (const file of files.sort((one, other) => last(one) - last(other)))
            await copyWhole(fresh, directory, file);
    }
    catch (error) {
        const added = before === undefined ? [''] : files.filter(file => !before.includes(file));
        for (const file of added)
            await (0,promises_.rm)((0,external_node_path_.join)(directory, file), { recursive: true, force: true });
        throw error;
    }
    for (const file of before ?? []) {
        // Another run that fills it now has not written its table of contents yet.
        if (files.includes(file) || !(await isOlder((0,external_node_path_.join)(directory, file), HOUR)))
            continue;
        await (0,promises_.rm)((0,external_node_path_.join)(directory, file), { force: true });
    }
}
async function copyWhole(from, to, file) {
    const part = (0,external_node_path_.join)(to, 'ingest', (0,external_node_crypto_.randomBytes)(6).toString('hex'));
    await (0,promises_.mkdir)((0,external_node_path_.dirname)(part), { recursive: true });
    await (0,promises_.mkdir)((0,external_node_path_.dirname)((0,external_node_path_.join)(to, file)), { recursive: true });
    try {
        await (0,promises_.copyFile)((0,external_node_path_.join)(from, file), part);
        await (0,promises_.rename)(part, (0,external_node_path_.join)(to, file));
    }
    finally {
        await (0,promises_.rm)(part, { force: true });
    }
}
/** Relative paths. */
async function filesOf(directory) {
    const entries = await (0,promises_.readdir)(directory, { recursive: true, withFileTypes: true });
    return entries.filter(entry => !entry.isDirectory()).map(entry => (0,external_node_path_.relative)(directory, (0,external_node_path_.join)(entry.parentPath, entry.name)));
}
/** Notes that the directory of ours was of use now. Never throws. */
async function touch(directory, now = new Date()) {
    await (0,promises_.utimes)(directory, now, now).catch(() => undefined);
}
/**
 * Removes what is beside `directory`, in a place of ours: what runs that were ended the hard way left behind, older than a day, and other caches that nobody used for
 * two weeks. Never throws.
 */
async function sweep(directory, now = Date.now()) {
    const place = (0,external_node_path_.dirname)(directory);
    for (const name of await (0,promises_.readdir)(place).catch(() => [])) {
        const path = (0,external_node_path_.join)(place, name);
        if (path === directory)
            continue;
        const age = /^\..*\.(?:(?:read|new|old)-[0-9a-f]{12}|kept)$/.test(name) ? DAY : KEPT;
        if (age === KEPT && (name.startsWith('.') || !(await isCache(path))))
            continue;
        if (!(await isOlder(path, age, now)))
            continue;
        // At once for everybody else, however long it takes.
        const old = besides(path)('old');
        const moved = await (0,promises_.rename)(path, old).then(() => old, () => path);
        await (0,promises_.rm)(moved, { recursive: true, force: true }).catch(() => undefined);
    }
}
async function isCache(path) {
    const names = await (0,promises_.readdir)(path).catch(() => []);
    return names.includes('index.json') && names.every(name => cache_replace_OURS.includes(name));
}
async function isOlder(path, age, now = Date.now()) {
    const found = await (0,promises_.stat)(path).catch(() => undefined);
    return found !== undefined && now - found.mtimeMs > age;
}

;// CONCATENATED MODULE: ./lib/tools/cache-around.js
// What caches need beside a builder: where directories are, who keeps them between jobs, logins, times; and one question to each cache.







/** The times that hold, with those that a test gives. */
function cacheTimes(settings) {
    return { ...CACHE_TIMES, ...settings?.times };
}
/** Where an entry of type=local is: a directory of ours for automatic ones (`scope`), else what was typed. */
function directoryOf({ attributes }, { settings, directory, cwd }) {
    const scope = attributes['scope'];
    if (scope !== undefined)
        return (0,external_node_path_.join)(settings.directory ?? (0,external_node_path_.join)(directory, 'layers'), scope.replace(/[^\w.-]/g, '-'));
    return (0,external_node_path_.resolve)(cwd, attributes['src'] ?? attributes['dest'] ?? '.');
}
/** Where this run may put what belongs to the directory of this entry, and is nobody else's. */
function asideOf(cache, around) {
    return cache.attributes['scope'] === undefined ? below(around.directory) : besides(directoryOf(cache, around));
}
/**
 * Asks the cache one small question in a short time. Object stores (s3, azblob) cannot be asked: their logins are BuildKit's, and often only the builder has
 * them; what protects from them is the watch over a build that stands still, and the time that an export may take.
 */
async function askCache(cache, around, signal) {
    const { env, run, settings, times, onSecret } = around;
    const base = { times, ...(signal && { signal }) };
    if (cache.type === 'registry') {
        const { credentials = [], ca } = settings;
        const sources = { run, env, credentials, ...(onSecret && { onSecret }), ...(ca !== undefined && { ca }) };
        return probeRegistryCache(cache.attributes['ref'] ?? '', { ...base, sources });
    }
    if (cache.type !== 'gha')
        return { read: YES, write: YES };
    const { send, close } = createSender({ env });
    const sleep = (milliseconds) => systemClock.sleep(milliseconds, signal);
    return probeActionsCache(cache, { ...base, env, send, sleep }).finally(close);
}

;// CONCATENATED MODULE: ./lib/tools/cache-names.js
// A layer cache -> how people call it, whether it is the one that was read, and its place of its own for one platform.


/** What BuildKit takes when none is given. */
const DEFAULT_NAME = 'buildkit';
const LONGEST_TAG = 128;
/** Scope, reference, directory, or name of the object. */
function nameOf({ type, attributes }) {
    switch (type) {
        case 'gha':
            return attributes['scope'] ?? DEFAULT_NAME;
        case 'registry':
            return attributes['ref'] ?? '';
        case 'local':
            return attributes['scope'] ?? attributes['src'] ?? attributes['dest'] ?? '';
        case 'inline':
            return 'in the image';
        default:
            return [attributes['bucket'] ?? attributes['account_url'], attributes['name'] ?? DEFAULT_NAME].filter(Boolean).join('/');
    }
}
/** Whether what is written into the one is what is read from the other. */
function isSame(one, other, cwd) {
    if (one.type !== other.type)
        return false;
    const where = (cache) => (cache.type === 'local' ? (0,external_node_path_.resolve)(cwd, nameOf(cache)) : nameOf(cache));
    return where(one) === where(other);
}
/** For the record. */
function useOf(cache, direction, rest) {
    return { type: cache.type, name: nameOf(cache), direction, ...rest };
}
/** Its attributes less these. */
function without({ attributes }, ...names) {
    return Object.fromEntries(Object.entries(attributes).filter(([name]) => !names.includes(name)));
}
/** Builds that run side by side, one a platform, each keep a cache of their own: under one name the last would replace the others. */
function forPlatform(caches, slug) {
    return {
        imports: caches.imports.map(cache => ({ ...cache, attributes: attributesFor(cache, slug) })),
        exports: caches.exports.map(cache => ({ ...cache, attributes: attributesFor(cache, slug) })),
    };
}
function attributesFor({ type, attributes }, slug) {
    switch (type) {
        case 'gha':
            return { ...attributes, scope: `${attributes['scope'] ?? DEFAULT_NAME}-${slug}` };
        case 'registry':
            return { ...attributes, ref: referenceFor(attributes['ref'] ?? '', slug) };
        case 'local':
            return Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, localFor(key, value, slug)]));
        case 'inline':
            return attributes;
        default:
            return { ...attributes, name: `${attributes['name'] ?? DEFAULT_NAME}-${slug}` };
    }
}
function localFor(key, value, slug) {
    if (key === 'scope')
        return `${value}-${slug}`;
    return key === 'src' || key === 'dest' ? (0,external_node_path_.join)(value, slug) : value;
}
function referenceFor(reference, slug) {
    const { name, tag, digest } = (0,plan_reference/* splitReference */.mQ)(reference);
    if (digest !== undefined)
        return reference;
    const end = `-${slug}`;
    return `${name}:${(tag ?? 'latest').slice(0, LONGEST_TAG - end.length)}${end}`;
}

;// CONCATENATED MODULE: ./lib/tools/cache-facts.js
// What BuildKit said of its caches in one build -> what became of each import, and whether anything was built that a cache does not have.


/** What BuildKit says of a reference, or a key, that nobody has written yet. */
const ABSENT = /: not found$|no such host.*not found/i;
/** Takes down what is needed later. */
function legCaches(watch, imports, slug) {
    return {
        ...(slug !== undefined && { slug }),
        imports,
        errands: watch.errands(),
        allCached: watch.executed() === undefined,
        fetched: watch.fetched(),
        pins: watch.pins(),
    };
}
/** One line an import, whichever leg read it; `originOf` gives it the name under which it was planned. */
function importUses(legs, originOf) {
    const uses = new Map();
    for (const leg of legs) {
        for (const [cache, errand] of cache_facts_assign(leg)) {
            const use = useOf(originOf(cache), 'read', stateOf(errand, leg));
            const key = `${use.type} ${use.name}`;
            const before = uses.get(key);
            uses.set(key, before === undefined ? use : together(before, use));
        }
    }
    return [...uses.values()];
}
/** BuildKit names a registry's cache by its reference, and all others by a number: those are told apart by their order. */
function cache_facts_assign({ imports, errands }) {
    const left = errands.filter(({ direction }) => direction === 'read');
    const take = (fits) => {
        const at = left.findIndex(({ name }) => fits(name));
        return at === -1 ? undefined : left.splice(at, 1)[0];
    };
    return imports.map(cache => [
        cache,
        take(name => (cache.type === 'registry' ? name === cache.attributes['ref'] : name.startsWith(`${cache.type}:`))),
    ]);
}
function stateOf(errand, { imports, fetched }) {
    if (errand === undefined)
        return { state: 'left out', reason: 'the build had no use for it', seconds: 0 };
    const { seconds, error } = errand;
    if (error === undefined)
        return { state: 'done', seconds, ...(imports.length === 1 && { bytes: fetched }) };
    const reason = inOneLine(error);
    return ABSENT.test(error) ? { state: 'left out', reason: 'not there yet', seconds } : { state: 'failed', reason, seconds };
}
/** Of two that read the same cache, the worse tells how it was. */
function together(one, other) {
    const order = ['left out', 'done', 'failed'];
    const worse = order.indexOf(other.state) > order.indexOf(one.state) ? other : one;
    const bytes = one.bytes === undefined || other.bytes === undefined ? undefined : one.bytes + other.bytes;
    const { type, name, direction, state, reason } = worse;
    const seconds = Math.max(one.seconds, other.seconds);
    return {
        type,
        name,
        direction,
        state,
        seconds,
        ...(reason !== undefined && { reason }),
        ...(bytes !== undefined && { bytes }),
    };
}
/** The imports that worked. */
function readable(leg) {
    return cache_facts_assign(leg).flatMap(([cache, errand]) => (errand !== undefined && errand.error === undefined ? [cache] : []));
}
/**
 * Whether an export would write what is there already: every step came out of a cache, some of it over the network, and the cache to be written is one that
 * was read (or, for automatic ones, of the kind that the next run reads again). A builder of the user's that has every step itself is no proof.
 */
function isNothingNew(leg, cache, cwd) {
    if (!leg.allCached || leg.fetched === 0)
        return false;
    return readable(leg).some(source => isSame(source, cache, cwd) || (source.automatic && cache.automatic && source.type === cache.type));
}

;// CONCATENATED MODULE: ./lib/tools/rawjson.js
// One line of `--progress rawjson` -> what BuildKit tells with it, typed; anything else is undefined and never an error.
/** A status object of BuildKit; undefined for a line of plain text, or of JSON that is something else. */
function parseRawJson(line) {
    if (!line.startsWith('{'))
        return undefined;
    try {
        const value = JSON.parse(line);
        if (!rawjson_isObject(value) || !['vertexes', 'statuses', 'logs', 'warnings'].some(key => key in value))
            return undefined;
        return {
            vertexes: rawjson_list(value['vertexes']).map(asVertex),
            statuses: rawjson_list(value['statuses']).map(asStatus),
            logs: rawjson_list(value['logs']).map(log => ({
                vertex: rawjson_text(log['vertex']),
                text: decode(log['data']),
                at: time(log['timestamp']),
            })),
            warnings: rawjson_list(value['warnings']).flatMap(asNote),
        };
    }
    catch {
        return undefined;
    }
}
/**
 * What a check says, of a running build (`short` ends in the line that `range` has as well) or of `--call check`. `file` is only the base name that BuildKit
 * knows: whoever knows where the Dockerfile is puts the path there.
 */
function noteOf(said) {
    const lines = rawjson_list(said.ranges);
    const first = lineOf(lines[0]?.['start']);
    const last = lineOf(lines.at(-1)?.['end']);
    return {
        message: said.message,
        ...rawjson_given('rule', said.rule),
        ...rawjson_given('url', said.url),
        ...rawjson_given('file', said.file),
        ...(first !== undefined && { line: first }),
        ...(first !== undefined && last !== undefined && last >= first && { endLine: last }),
    };
}
function asNote(warning) {
    const short = decode(warning['short']);
    if (short === '')
        return [];
    const [, rule, message = short] = /^([A-Z][A-Za-z]+): (.*)$/s.exec(short) ?? [];
    const file = rawjson_isObject(warning['sourceInfo']) ? rawjson_text(warning['sourceInfo']['filename']) : '';
    const said = { message: message.replace(/ \(line \d+\)$/, ''), url: rawjson_text(warning['url']), file, ranges: warning['range'] };
    return [noteOf({ ...said, ...(rule !== undefined && { rule }) })];
}
function asVertex(vertex) {
    return {
        digest: rawjson_text(vertex['digest']),
        name: rawjson_text(vertex['name']),
        started: time(vertex['started']),
        completed: time(vertex['completed']),
        cached: vertex['cached'] === true,
        error: rawjson_text(vertex['error']),
        inputs: Array.isArray(vertex['inputs']) ? vertex['inputs'].length : 0,
    };
}
function asStatus(status) {
    return {
        vertex: rawjson_text(status['vertex']),
        id: rawjson_text(status['id']),
        current: amount(status['current']),
        total: amount(status['total']),
        ended: time(status['completed']) !== undefined,
    };
}
function rawjson_given(key, value) {
    return (value === undefined || value === '' ? {} : { [key]: value });
}
function lineOf(position) {
    const line = rawjson_isObject(position) ? position['line'] : undefined;
    return typeof line === 'number' && Number.isInteger(line) && line > 0 ? line : undefined;
}
/** The objects of a list; none where there is no list. */
function rawjson_list(value) {
    return Array.isArray(value) ? value.filter(rawjson_isObject) : [];
}
function rawjson_isObject(value) {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}
/** The text, or an empty one. */
function rawjson_text(value) {
    return typeof value === 'string' ? value : '';
}
function amount(value) {
    return typeof value === 'number' && value > 0 ? value : 0;
}
function decode(value) {
    return Buffer.from(rawjson_text(value), 'base64').toString('utf8');
}
/** Milliseconds. */
function time(value) {
    const at = Date.parse(rawjson_text(value));
    return Number.isNaN(at) ? undefined : at;
}

;// CONCATENATED MODULE: ./lib/tools/cache-progress.js
// What BuildKit says while it builds -> what its caches did, which step was not in the cache, and whether it stands still. Pure.

const IMPORT = /^importing cache manifest from (.*)$/s;
const EXPORT = /^(?:exporting cache (.*)|exporting (to GitHub Actions Cache))$/s;
const FROM = /^(?:\[[^\]]*\] )?FROM (\S+?)@(sha256:[0-9a-f]{64})$/;
/** Dockerfile steps; sources (images, contexts, addresses) have the same shape but no inputs, or another verb. */
const STEP = /^\[(?!(?:\S+ )?(?:internal|context|auth)\b)[^\]]*\d+\/\d+\] (RUN|COPY|ADD|WORKDIR)\b/;
const LAYER = /^sha256:[0-9a-f]{64}$/;
const UNPACKING = /^extracting sha256:/;
const WRITING = /^writing layer (sha256:[0-9a-f]{64})$/;
/** `now`: milliseconds of a clock that only runs forward. */
function watchCaches(now = () => performance.now()) {
    const vertexes = new Map();
    let moved = now();
    let executed;
    return {
        read(line) {
            const update = parseRawJson(line);
            if (update === undefined)
                return;
            moved = now();
            for (const vertex of update.vertexes)
                executed = onVertex(vertexes, vertex) ?? executed;
            onStatuses(vertexes, update);
        },
        errands: () => [...vertexes.values()].flatMap(asErrand),
        executed: () => executed,
        fetched: () => sum([...vertexes.values()].filter(isCachedStep).flatMap(({ fetched }) => [...fetched.values()])),
        layers: () => [...new Set([...vertexes.values()].flatMap(({ written }) => [...written]))],
        pins: () => pinsOf([...vertexes.values()]),
        standstill: limit => (now() - moved < limit ? undefined : waitsFor([...vertexes.values()])),
    };
}
/** Resolves to the name of a step that has begun and is not in the cache. */
function onVertex(vertexes, update) {
    const { digest, name, started, completed, cached, error, inputs } = update;
    let vertex = vertexes.get(digest);
    if (vertex === undefined) {
        const source = inputs === 0;
        const kept = { runs: new Map(), fetched: new Map(), written: new Set(), unpacked: new Set() };
        vertex = { name, source, ...kept, cached: false, error: undefined };
        vertexes.set(digest, vertex);
    }
    if (started === undefined)
        return undefined;
    vertex.runs.set(started, completed);
    if (cached)
        vertex.cached = true;
    if (error !== '')
        vertex.error ??= error;
    return isStep(vertex) && !vertex.cached ? vertex.name : undefined;
}
function onStatuses(vertexes, { statuses }) {
    for (const { vertex: digest, id, total, ended } of statuses) {
        const vertex = vertexes.get(digest);
        const layer = WRITING.exec(id)?.[1];
        if (layer !== undefined)
            vertex?.written.add(layer);
        // Said once when it begins and once when it ends, however many files there are.
        if (UNPACKING.test(id))
            vertex?.unpacked[ended ? 'delete' : 'add'](id);
        if (LAYER.test(id) && total > 0)
            vertex?.fetched.set(id, total);
    }
}
function isStep({ name, source }) {
    const verb = STEP.exec(name)?.[1];
    // What an ADD fetches is a vertex of the same name: it is asked for every time.
    return verb !== undefined && !(verb === 'ADD' && source);
}
function isCachedStep(vertex) {
    return vertex.cached && STEP.test(vertex.name);
}
function asErrand(vertex) {
    const read = IMPORT.exec(vertex.name)?.[1];
    const [, cacheExport, actions] = EXPORT.exec(vertex.name) ?? [];
    const written = cacheExport ?? actions;
    const name = read ?? written;
    if (name === undefined || vertex.runs.size === 0)
        return [];
    const runs = [...vertex.runs];
    return [
        {
            direction: read === undefined ? 'written' : 'read',
            name,
            seconds: sum(runs.map(([started, completed]) => Math.max(0, (completed ?? started) - started))) / 1000,
            ended: !isActive(vertex),
            ...(vertex.error !== undefined && { error: vertex.error }),
        },
    ];
}
/** Names without a digest of their own; where platforms found different digests under one name nothing is pinned. */
function pinsOf(vertexes) {
    const found = new Map();
    for (const { name } of vertexes) {
        const [, reference, digest] = FROM.exec(name) ?? [];
        if (reference === undefined || digest === undefined)
            continue;
        const digests = found.get(reference) ?? new Set();
        found.set(reference, digests.add(digest));
    }
    return [...found].flatMap(([reference, digests]) => {
        const [digest] = digests;
        return digests.size === 1 && digest !== undefined ? [{ reference, digest }] : [];
    });
}
function waitsFor(vertexes) {
    const active = vertexes.filter(isActive).map(vertex => ({ name: vertex.name, kind: kindOf(vertex) }));
    if (active.some(({ kind }) => kind === 'work'))
        return undefined;
    const reason = active.find(({ kind }) => kind === 'cache') ?? active.find(({ kind }) => kind === 'errand');
    if (reason !== undefined || active.length > 0)
        return reason?.name;
    // A daemon that is wedged announces the first errand and never begins it.
    const errands = vertexes.every(vertex => kindOf(vertex) === 'errand');
    return errands ? vertexes.at(-1)?.name : undefined;
}
function kindOf(vertex) {
    const { name, unpacked } = vertex;
    if (unpacked.size > 0)
        return 'work';
    if (IMPORT.test(name) || EXPORT.test(name) || isCachedStep(vertex))
        return 'cache';
    if (/^\[(?:\S+ )?internal\] load (?:build (?:definition|context)|\.dockerignore)/.test(name))
        return 'errand';
    if (/^\[(?:\S+ )?(?:internal|context \S+)\] load metadata /.test(name) || /^\[auth\]|^exporting to /.test(name))
        return 'neutral';
    return 'work';
}
function isActive({ runs }) {
    return [...runs.values()].includes(undefined);
}
function sum(values) {
    return values.reduce((total, value) => total + value, 0);
}

;// CONCATENATED MODULE: ./lib/tools/cache-standstill.js
// A build that waits for nothing but a cache, or for a daemon that is wedged -> ended after a while, with the reason.


/** The build was ended by us because it stood still. */
class StoodStill extends errors/* ToolError */.v4 {
    /** What it waited for, and how long, in words that follow "it". */
    reason;
    constructor(reason) {
        super(`The build ${reason}.`, {
            tool: 'docker buildx build',
            hint: 'A cache that takes connections and never answers stops the whole BuildKit daemon, for every later build on it. Leave that cache out (cache: off), ' +
                'or restart the daemon (docker buildx stop, or the engine) before the next build.',
        });
        this.reason = reason;
    }
}
/** `limit`: milliseconds without a word. A command that is silent, a base image that is pulled, a registry that is asked for one: none of these is a standstill. */
function guardBuild(watch, limit, signal) {
    const end = new AbortController();
    let reason;
    const timer = setInterval(() => {
        const waiting = watch.standstill(limit);
        if (waiting === undefined || reason !== undefined)
            return;
        reason = `stood still for ${inSeconds(limit)} at "${waiting}"`;
        end.abort();
    }, Math.max(20, Math.min(1_000, limit / 4)));
    return {
        signal: signal === undefined ? end.signal : AbortSignal.any([signal, end.signal]),
        stop: () => clearInterval(timer),
        check: () => {
            if (reason !== undefined)
                throw new StoodStill(reason);
        },
    };
}

;// CONCATENATED MODULE: ./lib/tools/buildx-progress.js
// buildx's `--progress rawjson` lines -> lines that a person reads while it runs, and the steps with their times.

const LOG_KEPT = 40;
/** Seconds; faster steps end without a word. */
const WORTH_SAYING = 0.05;
/** Milliseconds without a line before something is said of a vertex that runs. */
const SILENCE = 30_000;
/** Shared layers are written by one platform while the other finds them locked; BuildKit tries again and says so in capitals. */
const HARMLESS = /\(\*service\)\.Write failed: .*(unavailable|locked)/i;
const CANCELLED = /context canceled/;
/** `prefix` tells builds apart that run side by side; `now`: milliseconds, of a clock that only runs forward. */
function readProgress(onLine, prefix = '', now = () => performance.now()) {
    const screen = { vertexes: new Map(), started: [], notes: new Map(), onLine, prefix, now };
    const said = [];
    return {
        read(line) {
            const update = parseRawJson(line);
            if (update === undefined) {
                if (line.trim() === '' || HARMLESS.test(line))
                    return;
                said.push(line);
                onLine(prefix + line);
                return;
            }
            for (const vertex of update.vertexes)
                buildx_progress_onVertex(screen, vertex);
            for (const status of update.statuses)
                onStatus(screen, status);
            for (const log of update.logs)
                onLog(screen, log);
            for (const note of update.warnings)
                onNote(screen, note);
        },
        tick: () => {
            for (const vertex of screen.started)
                if (buildx_progress_isActive(vertex))
                    breakSilence(screen, vertex);
        },
        steps: () => screen.started.filter(buildx_progress_isStep).map(asStep),
        failed: () => failedOf(screen.started),
        notes: () => [...screen.notes.values()],
        said: () => said,
    };
}
function buildx_progress_onVertex(screen, update) {
    const vertex = vertexOf(screen, update.digest, update.name);
    const { started, completed, error } = update;
    if (started === undefined)
        return;
    vertex.runs.set(started, completed);
    if (update.cached)
        vertex.cached = true;
    if (error !== '')
        vertex.error ??= error;
    if (vertex.number === 0) {
        vertex.number = screen.started.push(vertex);
        vertex.began = screen.now();
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
/** Transfers are many a second: they are only remembered, for the word about a silent vertex. */
function onStatus(screen, { vertex, id, current, total }) {
    if (current > 0)
        vertexOf(screen, vertex, '').transfers.set(id, [current, total]);
}
function onLog(screen, log) {
    const vertex = vertexOf(screen, log.vertex, '');
    const parts = (vertex.partial + log.text).split(/\r?\n/);
    vertex.partial = parts.pop() ?? '';
    for (const part of parts)
        output(screen, vertex, part, log.at);
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
/** Every platform has the same Dockerfile checked: what is said once is enough. */
function onNote(screen, note) {
    const key = JSON.stringify(note);
    if (screen.notes.has(key))
        return;
    screen.notes.set(key, note);
    const { rule, message, line } = note;
    screen.onLine(`${screen.prefix}WARN: ${rule === undefined ? '' : `${rule}: `}${message}${line === undefined ? '' : ` (line ${line})`}`);
}
function breakSilence(screen, vertex) {
    const now = screen.now();
    if (now - vertex.saidAt < SILENCE)
        return;
    const transfers = [...vertex.transfers.values()];
    const there = transfers.reduce((sum, [current]) => sum + current, 0);
    const inAll = transfers.reduce((sum, [current, total]) => sum + Math.max(current, total), 0);
    const bytes = there === 0 ? '' : `, ${megabytes(there)}${inAll > there ? ` of ${megabytes(inAll)}` : ''}`;
    say(screen, vertex, `still running, ${Math.round((now - vertex.began) / 1000)} s${bytes}`);
}
function megabytes(amount) {
    return `${(amount / 1e6).toFixed(1)} MB`;
}
function say(screen, vertex, line) {
    vertex.saidAt = screen.now();
    screen.onLine(`${screen.prefix}#${vertex.number} ${line}`);
}
function vertexOf(screen, digest, name) {
    const found = screen.vertexes.get(digest);
    if (found !== undefined)
        return found;
    const fresh = { number: 0, cached: false, ended: false, error: undefined, partial: '', began: 0, saidAt: 0 };
    const vertex = { ...fresh, name, runs: new Map(), log: [], transfers: new Map() };
    screen.vertexes.set(digest, vertex);
    return vertex;
}
function buildx_progress_isActive({ runs }) {
    return [...runs.values()].includes(undefined);
}
function buildx_progress_isStep(vertex) {
    return !/^\[(?:\S+ )?(?:internal|auth)\]/.test(vertex.name);
}
function asStep(vertex) {
    return { name: vertex.name, cached: vertex.cached, seconds: Math.round(secondsOf(vertex) * 1000) / 1000 };
}
function failedOf(vertexes) {
    const vertex = vertexes.find(({ error }) => error !== undefined && !CANCELLED.test(error));
    return vertex?.error === undefined ? undefined : { name: vertex.name, error: vertex.error, log: vertex.log };
}
function secondsOf(vertex) {
    return [...vertex.runs].reduce((sum, [started, completed]) => sum + Math.max(0, (completed ?? started) - started), 0) / 1000;
}

// EXTERNAL MODULE: ./node_modules/tar/dist/esm/index.min.js
var index_min = __webpack_require__(8697);
;// CONCATENATED MODULE: ./lib/tools/join-tars.js
// Tar archives of one platform each -> one archive in which each has a directory of its own, as BuildKit writes several platforms: every other byte stays.



const BLOCK = 512;
const CHUNK = 1024 * 1024;
const join_tars_NAME = { at: 0, size: 100 };
const LINK = { at: 157, size: 100 };
const CHECKSUM = { at: 148, size: 8 };
const PREFIX = { at: 345, size: 155 };
/** Longer and other names than a header holds come in an extended header before it (POSIX, pax). */
const EXTENDED = 'x';
const GLOBAL = 'g';
/** GNU's form of long names, which BuildKit does not write. */
const LONG_NAMES = ['L', 'K'];
/** Writes the joined archive to `to`. Throws ToolError for an archive that BuildKit would not write. */
async function joinTars(parts, to) {
    const target = await (0,promises_.open)(to, 'w', 0o644);
    try {
        for (const { file, folder } of parts) {
            const folderBlock = Buffer.alloc(BLOCK);
            new index_min/* Header */.Y9({ path: `${folder}/`, type: 'Directory', mode: 0o755, size: 0, uid: 0, gid: 0, mtime: new Date(0) }).encode(folderBlock);
            await target.writeFile(folderBlock);
            const source = await (0,promises_.open)(file);
            try {
                await copyBelow(source, target, folder);
            }
            finally {
                await source.close();
            }
        }
        await target.writeFile(Buffer.alloc(2 * BLOCK));
    }
    finally {
        await target.close();
    }
}
async function copyBelow(source, target, folder) {
    const { size: end } = await source.stat();
    let records = [];
    for (let at = 0; at + BLOCK <= end;) {
        const block = await bytesAt(source, at, BLOCK);
        const header = new index_min/* Header */.Y9(block);
        if (header.nullBlock)
            break;
        const kind = String.fromCharCode(block[156] ?? 0);
        const size = sizeOf(records) ?? header.size ?? 0;
        if (!header.cksumValid || size < 0 || at + BLOCK + size > end || LONG_NAMES.includes(kind))
            throw unreadable(folder);
        const padded = Math.ceil(size / BLOCK) * BLOCK;
        if (kind === EXTENDED) {
            records = parseRecords(await bytesAt(source, at + BLOCK, size), folder);
        }
        else {
            await target.writeFile(kind === GLOBAL ? block : renamed(block, records, folder));
            await copy(source, target, at + BLOCK, padded);
            records = [];
        }
        at += BLOCK + padded;
    }
}
/** The header, and the extended one before it when it has or needs one, with the folder before its name. */
function renamed(block, records, folder) {
    const below = (name) => `${folder}/${name.replace(/^\/+/, '')}`;
    const given = (key) => records.find(record => record.key === key)?.value;
    const prefix = join_tars_field(block, PREFIX);
    const own = given('path') ?? (prefix === '' ? join_tars_field(block, join_tars_NAME) : `${prefix}/${join_tars_field(block, join_tars_NAME)}`);
    const isLink = String.fromCharCode(block[156] ?? 0) === '1';
    const header = Buffer.from(block);
    const kept = records.filter(({ key }) => key !== 'path' && !(isLink && key === 'linkpath'));
    const more = [...kept];
    const set = (place, key, value) => {
        header.fill(0, place.at, place.at + place.size);
        // Latin-1 holds the bytes as they came.
        header.write(value.slice(0, place.size), place.at, 'latin1');
        // eslint-disable-next-line no-control-regex -- what a header may hold
        if (value.length > place.size || /[^\x00-\x7f]/.test(value))
            more.push({ key, value });
    };
    set(join_tars_NAME, 'path', below(own));
    header.fill(0, PREFIX.at, PREFIX.at + PREFIX.size);
    if (isLink)
        set(LINK, 'linkpath', below(given('linkpath') ?? join_tars_field(block, LINK)));
    seal(header);
    return more.length === 0 ? header : Buffer.concat([extension(more), header]);
}
/** `<length> <key>=<value>\n`, the length counting itself. */
function parseRecords(bytes, folder) {
    const records = [];
    for (let at = 0; at < bytes.length;) {
        const blank = bytes.indexOf(0x20, at);
        const length = Number(bytes.toString('latin1', at, blank));
        if (blank === -1 || !Number.isSafeInteger(length) || length <= 0 || at + length > bytes.length)
            throw unreadable(folder);
        const text = bytes.toString('latin1', blank + 1, at + length - 1);
        const split = text.indexOf('=');
        records.push({ key: text.slice(0, split), value: text.slice(split + 1) });
        at += length;
    }
    return records;
}
function extension(records) {
    const body = Buffer.from(records.map(recordText).join(''), 'latin1');
    const header = Buffer.alloc(BLOCK);
    new index_min/* Header */.Y9({ path: 'PaxHeaders.0/more', type: 'ExtendedHeader', mode: 0o644, size: body.length, mtime: new Date(0) }).encode(header);
    return Buffer.concat([header, body, Buffer.alloc((BLOCK - (body.length % BLOCK)) % BLOCK)]);
}
function recordText({ key, value }) {
    const rest = ` ${key}=${value}\n`;
    let length = rest.length + 1;
    while (`${length}${rest}`.length !== length)
        length = `${length}${rest}`.length;
    return `${length}${rest}`;
}
/** Larger files than a header's twelve characters hold have their size in the extended one. */
function sizeOf(records) {
    const size = records.find(({ key }) => key === 'size')?.value;
    return size === undefined ? undefined : Number(size);
}
function seal(header) {
    header.fill(0x20, CHECKSUM.at, CHECKSUM.at + CHECKSUM.size);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, CHECKSUM.at, 'latin1');
}
function join_tars_field(block, { at, size }) {
    const text = block.toString('latin1', at, at + size);
    const end = text.indexOf('\0');
    return end === -1 ? text : text.slice(0, end);
}
async function bytesAt(source, at, size) {
    const bytes = Buffer.alloc(size);
    await source.read(bytes, 0, size, at);
    return bytes;
}
async function copy(source, target, at, size) {
    for (let done = 0; done < size;) {
        const bytes = await bytesAt(source, at + done, Math.min(CHUNK, size - done));
        await target.writeFile(bytes);
        done += bytes.length;
    }
}
function unreadable(folder) {
    return new errors/* ToolError */.v4(`The archive of ${folder} that BuildKit wrote for type=tar cannot be read`, {
        tool: 'docker buildx build',
        hint: 'Take type=local, or a builder with one node.',
    });
}

;// CONCATENATED MODULE: ./lib/tools/output-places.js
// The user's own outputs -> private places where buildx writes them, alone or one platform at a time, until the verdict allows to hand them over.





/** One place for each output, in a new directory below the run's own; none for none. It goes with the run's directory, whatever becomes of the run. */
async function privatePlaces(directory, outputs) {
    if (outputs.length === 0)
        return [];
    const own = await (0,promises_.mkdtemp)((0,external_node_path_.join)(directory, 'outputs-'));
    return outputs.map((_output, at) => (0,external_node_path_.join)(own, String(at)));
}
const SPLIT = 'platform-split';
/** Throws UserError for what several builds cannot make together. */
async function splitPlaces(directory, { outputs, platforms }) {
    const flat = outputs.find(({ attributes }) => /^(?:0|f|false)$/i.test(attributes[SPLIT] ?? ''));
    if (flat !== undefined)
        throw new errors/* UserError */.yo(`outputs: ${SPLIT}=false of type=${flat.type},dest=${flat.dest} cannot be had here: the builder has several nodes, and each platform is built alone`, {
            hint: `Leave ${SPLIT} out: each platform gets a directory of its own, such as linux_amd64. Or name a builder with one node.`,
        });
    const whole = await privatePlaces(directory, outputs);
    const part = (at, platform) => `${whole[at] ?? ''}-${(0,plan_platform/* platformSlug */.DN)(platform)}`;
    for (const [at, { type }] of outputs.entries())
        if (type === 'local')
            await (0,promises_.mkdir)(whole[at] ?? '', { mode: 0o755 });
    return {
        of: platform => outputs.map(({ type }, at) => (type === 'local' ? (0,external_node_path_.join)(whole[at] ?? '', folderOf(platform)) : part(at, platform))),
        join: async () => {
            for (const [at, { type }] of outputs.entries()) {
                if (type !== 'tar')
                    continue;
                const parts = platforms.map(platform => ({ file: part(at, platform), folder: folderOf(platform) }));
                await joinTars(parts, whole[at] ?? '');
                for (const { file } of parts)
                    await (0,promises_.rm)(file, { force: true });
            }
            return whole;
        },
    };
}
/** An output of one platform has no directory for it: that is made here. */
function withoutSplit(output) {
    const attributes = Object.fromEntries(Object.entries(output.attributes).filter(([key]) => key !== SPLIT));
    return { ...output, attributes };
}
/** As BuildKit names it: `linux_arm_v7`. */
function folderOf(platform) {
    return (0,plan_platform/* platformName */.$r)(platform).replaceAll('/', '_');
}

;// CONCATENATED MODULE: ./lib/tools/buildx-run.js
// One run of `docker buildx build` -> an OCI layout, the steps, and the digest that buildx reports.














/** Milliseconds between two looks at what is silent. */
const TICK = 5_000;
/** Runs buildx once. `prefix` tells builds apart that run side by side. Throws ToolError, and Cancelled. */
async function buildLeg(work, prefix = '') {
    const { options, builder, order, directory, secrets, slug } = work;
    const layout = (0,external_node_path_.join)(directory, 'layout');
    const metadataFile = (0,external_node_path_.join)(directory, 'metadata.json');
    await (0,promises_.mkdir)(directory, { recursive: true });
    throwIfCancelled(options.signal);
    const progress = readProgress(options.onLine, prefix);
    const outputs = work.outputs ?? (await privatePlaces(options.directory, order.outputs));
    const place = { builder: builder.name, layout, metadataFile, outputs, secretFiles: secrets.files };
    const ticking = setInterval(progress.tick, TICK);
    const watch = watchCaches();
    const guard = guardBuild(watch, cacheTimes(options.caches).standstill, options.signal);
    const result = await options
        .run('docker', work.outputsAlone === true ? outputArgs(order, place) : buildArgs(order, place), {
        env: (0,buildx_env/* buildEnvironment */.A)(options.env, order, secrets.env),
        onStderr: line => {
            progress.read(line);
            watch.read(line);
        },
        ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
        signal: guard.signal,
        ...(options.onStart && { onStart: options.onStart }),
    })
        .finally(() => {
        clearInterval(ticking);
        guard.stop();
    });
    throwIfCancelled(options.signal);
    if (result.exitCode !== 0) {
        guard.check();
        throw buildFailure(result, progress, order, options);
    }
    const platforms = order.platforms.map(plan_platform/* platformName */.$r).join(', ');
    const notes = placeNotes(progress.notes(), order, options);
    const steps = progress.steps().map(step => (prefix === '' ? step : { ...step, name: prefix + step.name }));
    return {
        layout,
        digest: work.outputsAlone === true ? '' : await metadataDigest(metadataFile, platforms),
        outputs,
        steps,
        notes,
        caches: [legCaches(watch, order.caches.imports, slug)],
    };
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
/** Throws Cancelled when the run was ended from outside. */
function throwIfCancelled(signal) {
    if (signal?.aborted === true)
        throw new errors/* Cancelled */.cJ('The build was cancelled.');
}

;// CONCATENATED MODULE: ./lib/tools/builder-create.js
// The settings of a builder of our own -> a docker-container builder that runs: found again from an earlier step of the job, or made, with patience for the registry.












/** moby/buildkit v0.33.1; the only version that is known to work with everything we ask for. */
const BUILDER_IMAGE = IMAGES.buildkit;
const DRIVER = 'docker-container';
const QUESTION = 60_000;
/** Pulling the builder's image included. */
const BOOT = 300_000;
/** Waits of 0.5 + 1 + 2 + 4 + 8 + 16 s at most; a server that lets every try run into its time limit ends it sooner. */
const PATIENCE = { tries: 7, budget: 90_000 };
const ONCE = { tries: 1, budget: 0 };
/**
 * Asks for one of an earlier step or job. Resolves to what gives the builder: that one, started again where it had been stopped, or a new one. That throws UserError
 * for settings that cannot be used, ToolError when it does not start, Cancelled; what it has begun to make is then removed, or (after a cancel) left to the post step.
 */
async function findOwn(docker, order) {
    const { setup, sharing, because } = order;
    const config = await builder_create_readConfig(order);
    const image = imageOf(setup);
    const name = builder_create_nameOf(order, image, config);
    const from = `from ${image}, because ${because}`;
    const when = setup.keep ? 'kept by an earlier job or step' : 'made by an earlier step of this job';
    const found = (earlier) => ({ ...facts(name, earlier), created: false, reason: `${when} ${from}` });
    const there = sharing === undefined ? undefined : await lookFor(docker, name, order);
    return async () => {
        throwIfCancelled(order.signal);
        const earlier = there === undefined ? undefined : await revive(docker, there, image, order);
        if (earlier !== undefined)
            return found(earlier);
        if (!image.includes('@sha256:'))
            order.onLine(`builder: ${image} has no digest, so what it is may change from one run to the next`);
        // A builder that is kept is nobody's to remove.
        if (!setup.keep)
            sharing?.onCreate(name);
        throwIfCancelled(order.signal);
        // Another job of this machine may have made the kept one a moment ago.
        let made = sharing === undefined;
        try {
            made = (await create(docker, name, image, config, order)) || made;
            const booted = await boot(docker, name, image, order, PATIENCE);
            return made ? { ...facts(name, booted), created: true, reason: `created ${from}` } : found(booted);
        }
        catch (error) {
            const left = sharing !== undefined && order.signal?.aborted === true;
            if (made && !left)
                await removeBuilder(docker, name);
            throw error;
        }
    };
}
/** Finds or makes it at once: see findOwn(). */
async function ownBuilder(docker, order) {
    return (await findOwn(docker, order))();
}
/** The image: of its own input, or as setup-buildx-action takes it. */
function imageOf({ image, driverOpts }) {
    const options = driverOpts.flatMap(csv/* splitFields */.Kp).map(field => field.trim());
    const typed = options.findLast(option => option.startsWith('image='))?.slice('image='.length);
    return image ?? typed ?? BUILDER_IMAGE;
}
/** Steps of one job with the same settings share a builder; two jobs never do, unless it is kept. */
function builder_create_nameOf({ sharing, setup, allow, engine }, image, config) {
    if (sharing === undefined)
        return `seaworthy-${(0,external_node_crypto_.randomBytes)(4).toString('hex')}`;
    const settings = digest([image, setup.driverOpts, config ?? '', buildkitdFlags(setup, allow) ?? '', engine]);
    return setup.keep
        ? `seaworthy-kept-${digest([sharing.machine])}-${settings}`
        : `seaworthy-${digest([sharing.job])}-${settings}`;
}
function digest(parts) {
    return (0,external_node_crypto_.createHash)('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 10);
}
/** The text of the buildkitd.toml, wherever it comes from. */
async function builder_create_readConfig({ setup: { config, configInline }, cwd }) {
    if (config === undefined)
        return configInline;
    try {
        return await (0,promises_.readFile)((0,external_node_path_.resolve)(cwd, config), 'utf8');
    }
    catch (cause) {
        throw new errors/* UserError */.yo(`buildkitd-config: "${config}" cannot be read: ${cause.message}`, {
            hint: 'Paths are relative to the workspace: was actions/checkout run before this step?',
            cause,
        });
    }
}
/** Undefined only when there surely is none. Throws ToolError. */
async function lookFor(docker, name, { env }) {
    if (env !== undefined && (await isStored(env, name)) === false)
        return undefined;
    const result = await docker(['buildx', 'inspect', name], { timeout: QUESTION });
    if (result.exitCode === 0)
        return { ...parseInspect(result.stdout), name };
    if (isUnknown(result))
        return undefined;
    throw inspectFailure(result, QUESTION);
}
/** The builder when it runs, or does again; its cache is worth a start. What is left of one that does not is removed, so that it can be made anew. */
async function revive(docker, there, image, order) {
    const { name, nodes, error } = there;
    const [node] = nodes;
    const broken = error ?? node?.error;
    if (broken === undefined && node?.status === 'running')
        return there;
    const state = broken ?? `is ${node?.status ?? 'without a node'}`;
    try {
        order.onLine(`builder ${name} is there, but not ready (${state}): it is started again`);
        return await boot(docker, name, image, order, broken === undefined ? PATIENCE : ONCE);
    }
    catch (failure) {
        throwIfCancelled(order.signal);
        const why = failure instanceof Error ? failure.message : String(failure);
        order.onLine(`builder ${name} cannot be used (${state}; ${why}): it is removed and made anew`);
        await removeBuilder(docker, name);
        return undefined;
    }
}
/** False when there is one of that name already. */
async function create(docker, name, image, config, order) {
    const { setup, allow } = order;
    const options = setup.driverOpts.filter(option => !/^"?image=[^,]*"?$/.test(option));
    const flags = buildkitdFlags(setup, allow);
    const written = config === undefined ? undefined : await writePrivate(order.directory, config);
    try {
        const made = await docker([
            ...['buildx', 'create', '--name', name, '--driver', DRIVER, '--driver-opt', `image=${image}`],
            ...options.flatMap(option => ['--driver-opt', option]),
            ...(flags === undefined ? [] : ['--buildkitd-flags', flags]),
            ...(written === undefined ? [] : ['--buildkitd-config', (0,external_node_path_.join)(written, 'buildkitd.toml')]),
        ], { timeout: QUESTION });
        if (made.exitCode === 0)
            return true;
        if (/existing instance/.test(made.stderr))
            return false;
        throwIfCancelled(order.signal);
        throw createFailure(made, setup);
    }
    finally {
        if (written !== undefined)
            await (0,promises_.rm)(written, { recursive: true, force: true });
    }
}
/** buildx reads it once, while it creates; registries' logins may stand in it. */
async function writePrivate(directory, text) {
    const place = await (0,promises_.mkdtemp)((0,external_node_path_.join)(directory, 'buildkitd-'));
    await (0,promises_.writeFile)((0,external_node_path_.join)(place, 'buildkitd.toml'), text, { mode: 0o600, flag: 'wx' });
    return place;
}
async function boot(docker, name, image, order, policy) {
    const attempt = async () => {
        const result = await docker(['buildx', 'inspect', '--bootstrap', name], { timeout: BOOT });
        const found = parseInspect(result.stdout);
        const problem = found.error ?? found.nodes[0]?.error;
        if (result.exitCode === 0 && problem === undefined)
            return found;
        throwIfCancelled(order.signal);
        const failure = bootFailure(result, image, problem);
        if (!isPassing(failure))
            throw failure;
        order.onLine(`builder: ${failure.message}; trying again for a while`);
        throw new Retriable(failure);
    };
    return retry(attempt, { clock: order.clock ?? systemClock, policy, signal: order.signal });
}
function facts(name, found) {
    const buildkit = found.nodes[0]?.buildkit;
    return { name, driver: DRIVER, own: true, nodes: 1, inspected: found.nodes, ...(buildkit === undefined ? {} : { buildkit }) };
}
/**
 * The typed flags, and what the build asks for besides. buildx itself grants network.host when no flags are given at all (and docker/setup-buildx-action
 * grants everything by default: here only what "allow" names).
 */
function buildkitdFlags({ flags }, allow) {
    const asked = [...new Set(allow.map(entitlement => entitlement.split('=')[0] ?? ''))];
    const wanted = flags === undefined && asked.some(entitlement => entitlement !== 'network.host') ? ['network.host', ...asked] : asked;
    const missing = [...new Set(wanted)].filter(entitlement => flags === undefined || !flags.includes(entitlement));
    if (flags === undefined && missing.every(entitlement => entitlement === 'network.host'))
        return undefined;
    return [
        ...(flags === undefined ? [] : [flags]),
        ...missing.map(entitlement => `--allow-insecure-entitlement=${entitlement}`),
    ].join(' ');
}

// EXTERNAL MODULE: external "node:net"
var external_node_net_ = __webpack_require__(7030);
;// CONCATENATED MODULE: ./lib/tools/probe-endpoint.js
// The address of a remote BuildKit -> what is wrong with it, within seconds: it must greet as HTTP/2 servers do (RFC 9113, 3.4).




/** A node that wakes up, or is busy, needs a while; buildx gives it 20 s before it says anything. */
const probe_endpoint_LIMIT = 8_000;
/** Between two tries at an address whose door is open but nobody there yet. */
const PAUSE = 500;
/** The client's preface and an empty SETTINGS frame. */
const HELLO = Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0])]);
const FRAME_HEADER = 9;
const SETTINGS = 4;
/**
 * Why this endpoint cannot build, in words that follow its name ("does not answer …"); undefined when it can, or when its kind of address (ssh://, docker-container://,
 * kube-pod://) cannot be asked from here, or `signal` ends the question. A daemon that is stopped still accepts connections, in the kernel: only its greeting counts.
 * Refused, not resolved, no such socket, not HTTP/2: that is told at once. Silence, and a connection that is closed (a proxy before a node that is not up yet),
 * only when the limit is over.
 */
async function probeEndpoint(endpoint, { limit = probe_endpoint_LIMIT, options = {}, signal } = {}) {
    const address = probe_endpoint_addressOf(endpoint);
    if (address === undefined)
        return undefined;
    const secure = await secureOptions(options, address);
    if (typeof secure === 'string')
        return secure;
    const end = Date.now() + limit;
    for (;;) {
        const problem = await greet(address, secure, { limit, left: end - Date.now(), signal });
        if (problem === undefined || signal?.aborted === true)
            return undefined;
        if (!problem.passing || end - Date.now() <= PAUSE)
            return problem.words;
        await (0,external_node_timers_promises_.setTimeout)(PAUSE, undefined, { signal }).catch(() => undefined);
    }
}
function probe_endpoint_addressOf(endpoint) {
    const [, kind, rest = ''] = /^(tcp|unix):\/\/(.+)$/.exec(endpoint) ?? [];
    if (kind === 'unix')
        return { path: rest };
    const [, host, port] = /^(.+):(\d+)\/?$/.exec(rest) ?? [];
    return kind === 'tcp' && host !== undefined ? { host: host.replace(/^\[(.*)\]$/, '$1'), port: Number(port) } : undefined;
}
/** TLS is spoken as soon as one of its options is set (docker/buildx, driver/remote/factory.go); text: why not. */
async function secureOptions({ cacert, cert, key, servername }, address) {
    if ([cacert, cert, key, servername].every(option => option === undefined))
        return undefined;
    const read = async (name, file) => file === undefined || file === '' ? {} : { [name]: await (0,promises_.readFile)(file) };
    const name = servername ?? ('host' in address ? address.host : '');
    try {
        const files = await Promise.all([read('ca', cacert), read('cert', cert), read('key', key)]);
        return {
            ...Object.assign({}, ...files),
            ...(external_node_net_.isIP(name) === 0 && name !== '' && { servername: name }),
        };
    }
    catch (error) {
        return `cannot be asked: ${error.message}`;
    }
}
function greet(address, secure, { limit, left, signal }) {
    return new Promise(resolve => {
        const raw = external_node_net_.connect(address);
        const socket = secure === undefined ? raw : external_node_tls_.connect({ ...secure, socket: raw, ALPNProtocols: ['h2'] });
        let connected = false;
        let heard = Buffer.alloc(0);
        const end = (words, passing = false) => {
            clearTimeout(clock);
            signal?.removeEventListener('abort', cancel);
            socket.destroy();
            raw.destroy();
            resolve(words === undefined ? undefined : { words, passing });
        };
        const cancel = () => end(undefined);
        const clock = setTimeout(() => end(connected ? `accepts connections, but does not answer (${limit / 1000} s)` : `does not answer (${limit / 1000} s)`), left);
        signal?.addEventListener('abort', cancel, { once: true });
        if (signal?.aborted === true)
            cancel();
        raw.once('connect', () => (connected = true));
        socket.once(secure === undefined ? 'connect' : 'secureConnect', () => socket.write(HELLO));
        socket.on('data', (chunk) => {
            heard = Buffer.concat([heard, chunk]);
            if (heard.length >= FRAME_HEADER)
                end(heard[3] === SETTINGS ? undefined : 'is something else than BuildKit: it does not speak HTTP/2');
        });
        socket.once('end', () => {
            if (heard.length === 0)
                end('closes the connection without an answer', true);
            else
                end('is something else than BuildKit: it does not speak HTTP/2');
        });
        for (const one of new Set([raw, socket]))
            one.on('error', (error) => end(wordsFor(error, connected), probe_endpoint_PASSING.has(error.code ?? '')));
    });
}
const probe_endpoint_PASSING = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH']);
function wordsFor({ code = '', message }, connected) {
    if (code === 'ECONNREFUSED')
        return 'does not answer: connection refused';
    if (code === 'ENOENT')
        return 'does not answer: there is no such socket';
    if (code === 'EACCES')
        return 'may not be used: permission denied';
    if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
        return 'does not answer: its name cannot be resolved';
    if (connected)
        return `cannot be spoken to: ${message.trim().split('\n')[0] ?? code}`;
    return `does not answer: ${message}`;
}

;// CONCATENATED MODULE: ./lib/tools/builder-nodes.js
// The nodes of a builder + the wanted platforms -> which node builds what, and whether those that are needed are alive.



/**
 * For each platform the place of the node that buildx sends it to: the first one that was given this platform by `--platform`, else the first that lists it (buildx then
 * asks all nodes for their lists), else the first of all (docker/buildx, build/resolver/driver.go).
 */
function assignNodes(nodes, platforms) {
    return platforms.map(wanted => {
        const given = givenNode(nodes, wanted);
        if (given !== -1)
            return given;
        return Math.max(0, nodes.findIndex(({ platforms: listed = [] }) => listed.some(entry => (0,plan_platform/* samePlatform */.my)(entry.platform, wanted))));
    });
}
/** True when the platforms go to more than one node: then buildx writes no layout, and each is built on its own. */
function isSpread(nodes, platforms) {
    return new Set(assignNodes(nodes, platforms)).size > 1;
}
function givenNode(nodes, wanted) {
    return nodes.findIndex(({ platforms = [] }) => platforms.some(entry => entry.given && (0,plan_platform/* samePlatform */.my)(entry.platform, wanted)));
}
/** What is wrong with each node of a remote builder that does not answer, by its place; asked all at once. */
async function findDeadNodes({ nodes }, signal) {
    const asked = nodes.map(({ endpoint, options }) => probeEndpoint(endpoint, { options, ...(signal && { signal }) }));
    const problems = await Promise.all(asked);
    return new Map(problems.flatMap((problem, place) => (problem === undefined ? [] : [[place, problem]])));
}
/** What is known of a stored builder whose nodes were only greeted. */
function describeStored({ name, driver, nodes }, dead) {
    return {
        name,
        driver,
        nodes: nodes.map(({ name: node, endpoint, platforms }, place) => {
            const error = dead.get(place);
            return {
                name: node,
                endpoint,
                ...(platforms.length > 0 && { platforms: platforms.map(platform => ({ platform, given: true })) }),
                ...(error === undefined ? { status: 'running' } : { error }),
            };
        }),
    };
}
/**
 * Warnings for dead nodes that nothing needs. Throws UserError when one is needed: because a wanted platform was given to it, or because one was given to no node
 * (then buildx asks every node, and fails at the dead one).
 */
function judgeNodes({ name, nodes }, platforms, problems) {
    if (problems.size === 0)
        return [];
    const homes = platforms.map(platform => ({ platform, home: givenNode(nodes, platform) }));
    const homeless = homes.filter(({ home }) => home === -1).map(({ platform }) => (0,plan_platform/* platformName */.$r)(platform));
    const needed = [...problems].map(([place, problem]) => ({
        place,
        text: `the node "${nodes[place]?.name ?? ''}" (${nodes[place]?.endpoint ?? ''}) ${problem}`,
        platforms: [...homes.filter(({ home }) => home === place).map(({ platform }) => (0,plan_platform/* platformName */.$r)(platform)), ...homeless],
    }));
    const missed = needed.filter(node => node.platforms.length > 0);
    if (missed.length === 0)
        return needed.map(({ text }) => `builder ${name}: ${text}; no wanted platform needs it`);
    const said = missed.map(({ text, platforms: wants }) => `${text}; needed for ${wants.join(', ')}`);
    throw new errors/* UserError */.yo(`Builder "${name}": ${said.join('. And ')}`, {
        hint: wayOut(name, missed.map(({ place }) => nodes[place]?.name ?? ''), nodes.length, homeless),
    });
}
function wayOut(name, dead, count, homeless) {
    const start = 'Start it again, or correct its endpoint';
    if (count === 1)
        return `${start}; or leave "builder" out, and Seaworthy uses the engine of this machine.`;
    const leave = dead.map(node => `docker buildx create --name ${name} --node ${node} --leave`).join('; ');
    const spread = homeless.length === 0
        ? 'or build its platforms elsewhere'
        : `${homeless.join(', ')} ${homeless.length === 1 ? 'was' : 'were'} given to no node, so every node is asked: name the platforms of each node when it is created (--platform)`;
    return `${start}; or take it out of the builder (${leave}); ${spread}.`;
}

;// CONCATENATED MODULE: ./lib/tools/builder-look.js
// The named or the current builder -> what buildx says of it, once every node that is needed is alive.





/** A cluster or a cloud may have to wake up; buildx itself gives its nodes 20 s. */
const INSPECTION = 30_000;
/**
 * buildx gives a node that is stuck 20 s, and a build that needs it 40: remote ones are greeted by us. `stored`: what buildx keeps of this builder in a file.
 * Throws UserError when there is none, or a node that is needed does not answer; ToolError when buildx does not.
 */
async function lookAtBuilder(docker, wish, { onLine, signal }, stored) {
    const [stop, answered] = [new AbortController(), new AbortController()];
    let known;
    const inspecting = (0,parallel/* early */.Q)(inspect(docker, wish.builder, stop.signal).then(found => (known = found)));
    // Whoever has answered buildx need not greet us.
    void inspecting.then(({ nodes }) => nodes.every(({ status }) => status === 'running') && answered.abort(), () => undefined);
    const until = signal === undefined ? answered.signal : AbortSignal.any([signal, answered.signal]);
    const dead = stored?.driver === 'remote' ? await findDeadNodes(stored, until) : new Map();
    const found = stored === undefined || dead.size === 0 ? await inspecting : atOnce(stored, dead, known);
    stop.abort();
    const problems = await findProblems(docker, found);
    for (const warning of judgeNodes(found, wish.platforms, problems))
        onLine(warning);
    return found;
}
/** Nodes did not greet: what buildx says is only taken when it has said it already. */
function atOnce(stored, dead, known) {
    if (known?.nodes.length !== stored.nodes.length)
        return describeStored(stored, dead);
    const nodes = known.nodes.map((node, place) => {
        const error = dead.get(place);
        return error === undefined || node.status === 'running' ? node : { ...node, error };
    });
    return { ...known, nodes };
}
/** What is wrong with which node. Nodes of docker-container and kubernetes builders that do not run yet are started by the build. */
async function findProblems(docker, { driver, nodes }) {
    if (driver !== 'remote' && driver !== 'docker-container' && nodes.length < 2)
        return new Map();
    const problems = nodes.map(async (node) => {
        if (driver === 'remote')
            return node.error ?? (node.status === 'running' ? undefined : `does not answer (${node.status ?? 'no status'})`);
        if (node.error === undefined)
            return undefined;
        const state = driver === 'docker-container' ? await containerState(docker, node) : undefined;
        return `cannot be used: ${state ?? node.error}`;
    });
    const found = await Promise.all(problems);
    return new Map(found.flatMap((problem, at) => (problem === undefined ? [] : [[at, problem]])));
}
/** What the engine says of a node's container, when that explains anything. */
async function containerState(docker, { name, endpoint }) {
    const engine = endpoint === '' || endpoint === 'default' ? [] : [endpoint.includes('://') ? '--host' : '--context', endpoint];
    const format = '{{.State.Status}}, exit code {{.State.ExitCode}}{{if .State.OOMKilled}}, out of memory{{end}}';
    const asked = await docker([...engine, 'inspect', '--format', format, `buildx_buildkit_${name}`], {
        timeout: INSPECTION,
    }).catch(() => undefined);
    if (asked?.exitCode !== 0)
        return undefined;
    const [status = ''] = asked.stdout.split(',');
    if (status === 'running')
        return undefined;
    return `its container is ${status === 'paused' ? `paused (docker unpause buildx_buildkit_${name})` : asked.stdout.trim()}`;
}
async function inspect(docker, name, signal) {
    const result = await docker(['buildx', 'inspect', ...(name === undefined ? [] : [name])], { timeout: INSPECTION, signal });
    if (result.exitCode === 0)
        return parseInspect(result.stdout);
    if (name === undefined || !isUnknown(result))
        throw inspectFailure(result, INSPECTION);
    throw new errors/* UserError */.yo(`There is no builder "${name}", which the input "builder" names`, {
        hint: 'Pass the output "name" of docker/setup-buildx-action, or leave "builder" out. `docker buildx ls` lists what is there.',
    });
}

;// CONCATENATED MODULE: ./lib/tools/builder.js
// The builders of this machine -> the one to use, and why: the user's own if it can write an OCI layout, else one that we create.










/** The installed buildx is missing or too old: another one may do. */
class UnfitBuildx extends errors/* UserError */.yo {
}
const builder_QUESTION = 60_000;
/** The oldest that writes what we ask for: several outputs, metadata of each, `--buildkitd-config`. */
const OLDEST = [0, 13];
/** Chooses the builder, and makes it where it must be made: findBuilder() and then what it gives. */
async function chooseBuilder(docker, wish, place) {
    return (await findBuilder(docker, wish, place))();
}
/**
 * Asks which builder it is; nothing is made before what it resolves to is called. Both throw UserError when docker, buildx (UnfitBuildx) or the engine is missing, a
 * named builder does not exist, a node that is needed does not answer, or settings are refused; ToolError when a builder cannot be started.
 */
async function findBuilder(docker, wish, place) {
    const typed = wish.builder === undefined ? typedSettings(wish.setup) : [];
    // Asked at once: each question costs the start of two programs. What is missing is told by the first.
    const version = (0,parallel/* early */.Q)(buildxVersion(docker));
    const own = async (because) => {
        const make = (0,parallel/* early */.Q)(findOwn(docker, ownOrder(wish, because, place)));
        const buildx = await version;
        const ready = await make;
        return async () => ({ ...(await ready()), ...(buildx !== undefined && { buildx }) });
    };
    if (typed.length > 0)
        return own(`${typed.map(name => `"${name}"`).join(' and ')} ${typed.length === 1 ? 'asks' : 'ask'} for one of our own`);
    const { found, reason } = await firstOf(version, chooseExisting(docker, wish, place));
    if (found === undefined)
        return own(reason);
    const buildx = await version;
    const chosen = { ...described(found), created: false, reason, ...(buildx !== undefined && { buildx }) };
    return () => Promise.resolve(chosen);
}
/** The second, unless the first fails: then its failure is the one that is told. */
async function firstOf(first, second) {
    void (0,parallel/* early */.Q)(second);
    await first;
    return second;
}
/** A builder that is there, or why one of our own is needed. */
async function chooseExisting(docker, wish, place) {
    const stored = await readStoredBuilder(place.env, wish.builder);
    // What buildx keeps in a file is hardly ever the engine itself.
    const store = wish.builder === undefined && stored === undefined ? (0,parallel/* early */.Q)(askStore(docker)) : undefined;
    const found = await lookAtBuilder(docker, wish, place, stored);
    if (wish.builder !== undefined)
        return { found, reason: 'named by the input "builder"' };
    if (found.driver !== 'docker' && found.driver !== '')
        return { found, reason: `the current builder, and its driver (${found.driver}) writes OCI layouts` };
    const context = found.nodes[0]?.endpoint ?? 'default';
    const asked = context === 'default' ? (store ?? askStore(docker)) : askStore(docker, context);
    if (!(await asked))
        return { reason: "the engine's classic image store cannot write OCI layouts" };
    // moby/moby, daemon/internal/builder-next: only network.host is granted unless the engine's configuration says more.
    if (wish.allow.includes('security.insecure'))
        return { reason: "the engine's own builder does not grant security.insecure" };
    return { found, reason: 'the engine has the containerd image store, so its own builder writes OCI layouts' };
}
/** The inputs that only make sense for a builder of our own. */
function typedSettings({ image, driverOpts, config, configInline, flags }) {
    const typed = [
        ['builder-image', image !== undefined],
        ['driver-opts', driverOpts.length > 0],
        ['buildkitd-config', config !== undefined],
        ['buildkitd-config-inline', configInline !== undefined],
        ['buildkitd-flags', flags !== undefined],
    ];
    return typed.filter(([, given]) => given).map(([name]) => name);
}
function ownOrder({ setup, allow }, because, { env, ...place }) {
    return {
        ...place,
        setup,
        allow,
        because,
        env,
        engine: [env['DOCKER_HOST'], env['DOCKER_CONTEXT'], env['DOCKER_CONFIG']].join('\n'),
    };
}
async function buildxVersion(docker) {
    const result = await docker(['buildx', 'version'], { timeout: builder_QUESTION }).catch((error) => {
        if (!(error instanceof errors/* ToolError */.v4))
            throw error;
        throw new errors/* UserError */.yo(error.message, {
            hint: 'Use a runner with Docker (GitHub-hosted ubuntu runners have it), or install Docker with buildx before this step.',
            cause: error,
        });
    });
    const oldest = OLDEST.join('.');
    const wayOut = `Name a version in "buildx-version" that Seaworthy downloads and verifies, update the package docker-buildx-plugin, or run docker/setup-buildx-action before this step.`;
    if (result.exitCode !== 0)
        throw new UnfitBuildx(`docker has no usable buildx: ${buildxWords(result)}`, { hint: wayOut });
    const version = parseBuildxVersion(result.stdout);
    if (version !== undefined && !atLeast(version, ...OLDEST))
        throw new UnfitBuildx(`buildx ${version} is too old: ${oldest} or newer is needed`, { hint: wayOut });
    return version;
}
/** Docker without the plugin says what is missing first, and then how to get help. */
function buildxWords(result) {
    return ((0,command/* tail */.RT)(result.stderr)[0] ?? (0,command/* ending */.K1)(result, builder_QUESTION)).replace(/^(ERROR|docker): /, '');
}
/** Whether the engine behind a docker-driver builder has the containerd image store; `context` left out: the engine that docker speaks to anyway. */
async function askStore(docker, context) {
    const where = context === undefined ? [] : ['--context', context];
    const result = await docker([...where, 'info', '--format', '{{json .DriverStatus}}'], { timeout: builder_QUESTION });
    if (result.exitCode !== 0) {
        throw new errors/* UserError */.yo(`The Docker engine does not answer: ${lastWords(result)}`, {
            hint: 'Start Docker before this step (GitHub-hosted ubuntu runners have it running), or name a remote builder with "builder".',
        });
    }
    return result.stdout.includes('io.containerd.snapshotter');
}
function described(found) {
    const buildkit = found.nodes.find(node => node.buildkit !== undefined)?.buildkit;
    return {
        name: found.name,
        driver: found.driver,
        nodes: Math.max(1, found.nodes.length),
        inspected: found.nodes,
        ...(buildkit === undefined ? {} : { buildkit }),
    };
}

;// CONCATENATED MODULE: ./lib/tools/builder-session.js
// One step's use of a builder: chosen at the first build, kept for all others, and left or removed when the step is over.




/** Opens a session; nothing is started. */
function openBuilderSession(options) {
    const { signal, cwd, sharing, onLine } = options;
    const base = { ...(cwd !== undefined && { cwd }), env: (0,buildx_env/* dockerEnvironment */.O)(options.env) };
    const docker = (args, { timeout, always = false, signal: own }) => {
        const signals = [...(always || signal === undefined ? [] : [signal]), ...(own === undefined ? [] : [own])];
        return options.run('docker', args, { ...base, timeout, ...(signals.length > 0 && { signal: AbortSignal.any(signals) }) });
    };
    let finding;
    const find = (order) => {
        const place = { env: options.env, directory: options.directory, cwd: cwd ?? '.', onLine };
        return (finding ??= findBuilder(docker, order, { ...place, ...(sharing && { sharing }), ...(signal && { signal }) }));
    };
    const chooseOnce = async (order) => {
        try {
            return await (await find(order))();
        }
        catch (error) {
            if (!(error instanceof UnfitBuildx) || options.replaceBuildx === undefined)
                throw error;
            await options.replaceBuildx(error);
            finding = undefined;
            return (await find(order))();
        }
    };
    let chosen;
    const forget = () => {
        chosen = undefined;
        finding = undefined;
    };
    const remove = async (name) => {
        const problem = await removeBuilder(docker, name);
        if (problem !== undefined)
            onLine(`the builder ${name} could not be removed: ${problem}`);
    };
    return {
        docker,
        prepare: order => (0,parallel/* early */.Q)(find(order)).then(builder_session_nothing, builder_session_nothing),
        choose: order => {
            chosen ??= chooseOnce(order);
            return chosen.catch((error) => {
                forget();
                throwIfCancelled(signal);
                throw error;
            });
        },
        async discard({ own, name }) {
            if (own !== true)
                return;
            forget();
            await remove(name);
        },
        async close() {
            const builder = await chosen?.catch(builder_session_nothing);
            forget();
            if (builder?.created === true && sharing === undefined)
                await remove(builder.name);
        },
    };
}
function builder_session_nothing() {
    return undefined;
}

// EXTERNAL MODULE: ./lib/bundle/merge.js
var merge = __webpack_require__(5900);
// EXTERNAL MODULE: ./lib/bundle/read.js + 1 modules
var bundle_read = __webpack_require__(8680);
// EXTERNAL MODULE: ./lib/plan/image-annotations.js
var image_annotations = __webpack_require__(8281);
;// CONCATENATED MODULE: ./lib/tools/buildx-split.js
// A builder with several nodes -> one build per platform side by side, merged into one layout.









/** What buildx says when it spreads a build that wants one layout (docker/buildx, build/opt.go). */
const SPREAD = /\b(oci|docker) for multi-node builds currently not supported|exporter is not (currently )?supported .*multi-node/i;
/** Builds on one node at once: buildx runs all platforms of one build side by side as well. */
const ON_ONE_NODE = 4;
/** One build for all platforms. Where buildx spreads them over nodes after all, each is built on its own. */
async function buildTogether(work) {
    try {
        return await buildLeg(work);
    }
    catch (error) {
        const several = work.builder.nodes > 1 && work.order.platforms.length > 1;
        if (!several || !(error instanceof errors/* ToolError */.v4) || ![error.message, ...error.tail].some(line => SPREAD.test(line)))
            throw error;
        return buildSplit({ ...work, directory: (0,external_node_path_.join)(work.directory, 'split') });
    }
}
/** Platforms on several nodes cannot be written into one layout (buildx refuses), so each platform is built alone and the results are merged. */
async function buildSplit(work) {
    const { options, order, directory } = work;
    const places = await splitPlaces(options.directory, order);
    const stop = new AbortController();
    const signal = options.signal === undefined ? stop.signal : AbortSignal.any([options.signal, stop.signal]);
    const leg = async (platform) => {
        const slug = (0,plan_platform/* platformSlug */.DN)(platform);
        const caches = (await work.cachesAlone?.(platform)) ?? order.caches;
        const own = { ...aloneOn(platform, order), caches };
        const alone = {
            ...work,
            options: { ...options, signal },
            order: own,
            directory: (0,external_node_path_.join)(directory, slug),
            slug,
            outputs: places.of(platform),
        };
        try {
            return await buildLeg(alone, `[${(0,plan_platform/* platformName */.$r)(platform)}] `);
        }
        catch (error) {
            // The first to fail is the one that is told; those that are ended because of it say only that.
            stop.abort();
            throw error;
        }
    };
    const built = await (0,parallel/* inParallel */.H)(order.platforms, ON_ONE_NODE * work.builder.nodes, leg).catch((error) => {
        throwIfCancelled(options.signal);
        throw error;
    });
    const outputs = await places.join();
    const rest = {
        steps: built.flatMap(each => each.steps),
        notes: distinct(built.flatMap(each => each.notes)),
        caches: built.flatMap(each => each.caches),
        outputs,
    };
    if (work.outputsAlone === true)
        return { layout: '', digest: '', ...rest };
    const bundles = await Promise.all(built.map(leg => (0,bundle_read/* readBundle */.B)(leg.layout, { digest: leg.digest })));
    const names = order.platforms.map(plan_platform/* platformName */.$r);
    const merged = await (0,merge/* merge */.h1)(bundles, {
        platforms: order.platforms,
        annotations: (0,image_annotations/* annotationsAt */.wv)(order.annotations, 'index'),
        descriptors: Object.fromEntries(names.map(name => [name, (0,image_annotations/* annotationsAt */.wv)(order.annotations, 'manifest-descriptor', name)])),
        indexDescriptor: (0,image_annotations/* annotationsAt */.wv)(order.annotations, 'index-descriptor'),
        directory: (0,external_node_path_.join)(directory, 'merged'),
    });
    return {
        layout: merged.directory,
        digest: merged.root.digest,
        ...rest,
    };
}
/** Every platform has the same Dockerfile. */
function distinct(notes) {
    return [...new Map(notes.map(note => [JSON.stringify(note), note])).values()];
}
/** The index and its entries are ours here, and so are their annotations; a manifest gets its own. */
function aloneOn(platform, order) {
    const own = (0,image_annotations/* annotationsAt */.wv)(order.annotations, 'manifest', (0,plan_platform/* platformName */.$r)(platform));
    const annotations = Object.entries(own).map(([key, value]) => ({ level: 'manifest', key, value }));
    return { ...order, platforms: [platform], annotations, outputs: order.outputs.map(withoutSplit) };
}

;// CONCATENATED MODULE: ./lib/tools/cache-login.js
// The logins of the inputs + the user's docker config -> a private config directory for buildx, for caches in registries that only the inputs have a login for.






const cache_login_HUB_KEY = 'https://index.docker.io/v1/';
/** The logins that are for the registry of one of these caches. */
function loginsFor(caches, credentials) {
    const registries = caches.flatMap(({ type, attributes }) => (type === 'registry' ? registryOf(attributes['ref'] ?? '') : []));
    return credentials.filter(({ registry }) => registries.includes(registryKey(registry)));
}
function registryOf(reference) {
    try {
        return [parseRepository((0,plan_reference/* splitReference */.mQ)(reference).name).registry];
    }
    catch {
        return [];
    }
}
/** Makes the directory (0700) below `parent`, its config.json 0600. The passwords are in that file and nowhere else: no argument, no variable. */
async function makeCacheLogin(parent, env, logins) {
    const users = orElse(env['DOCKER_CONFIG'], (0,external_node_path_.join)(env['HOME'] ?? (0,external_node_os_.homedir)(), '.docker'));
    const directory = await (0,promises_.mkdtemp)((0,external_node_path_.join)(parent, 'cache-login-'));
    const remove = () => (0,promises_.rm)(directory, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
    try {
        const names = await (0,promises_.readdir)(users).catch(() => []);
        for (const name of names)
            if (name !== 'config.json')
                await (0,promises_.symlink)((0,external_node_path_.join)(users, name), (0,external_node_path_.join)(directory, name));
        const config = await cache_login_readConfig((0,external_node_path_.join)(users, 'config.json'));
        await (0,promises_.writeFile)((0,external_node_path_.join)(directory, 'config.json'), JSON.stringify(withLogins(config, logins)), { mode: 0o600, flag: 'wx' });
        return { env: { BUILDX_CONFIG: orElse(env['BUILDX_CONFIG'], (0,external_node_path_.join)(users, 'buildx')), DOCKER_CONFIG: directory }, remove };
    }
    catch (error) {
        await remove();
        throw error;
    }
}
function orElse(value, otherwise) {
    return value === undefined || value === '' ? otherwise : value;
}
async function cache_login_readConfig(file) {
    try {
        const value = JSON.parse(await (0,promises_.readFile)(file, 'utf8'));
        return cache_login_isObject(value) ? value : {};
    }
    catch {
        return {};
    }
}
/** An empty helper sends docker to `auths` for that registry, whatever store it uses for the others. */
function withLogins(config, logins) {
    const auths = cache_login_isObject(config['auths']) ? { ...config['auths'] } : {};
    const credHelpers = cache_login_isObject(config['credHelpers']) ? { ...config['credHelpers'] } : {};
    for (const { registry, username, password } of logins) {
        const key = registryKey(registry);
        const name = key === 'docker.io' ? cache_login_HUB_KEY : key;
        auths[name] = { auth: basicValue(username, password) };
        credHelpers[name] = '';
    }
    return { ...config, auths, credHelpers };
}
function cache_login_isObject(value) {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}

;// CONCATENATED MODULE: ./lib/tools/cache-directory.js
// A directory with a layer cache -> whether it is whole, and a view of it that stays as it is.


/** Tables of contents; what they name are layers, whose hashes BuildKit compares while it reads. */
const LARGEST_TABLE = 16 * 1024 * 1024;
/** Looks through index.json and every blob that it leads to: there, and of the right size. Never throws. */
async function lookThrough(directory) {
    try {
        const names = await (0,promises_.readdir)(directory);
        if (names.length === 0)
            return { state: 'missing' };
    }
    catch (error) {
        const { code, message } = error;
        return code === 'ENOENT' ? { state: 'missing' } : { state: 'broken', reason: message };
    }
    try {
        const index = parseTable(await (0,promises_.readFile)((0,external_node_path_.join)(directory, 'index.json'), 'utf8'));
        const [first] = index;
        if (first === undefined)
            return { state: 'broken', reason: 'its index.json names nothing' };
        let bytes = 0;
        for (const entry of index)
            bytes += await measure(directory, entry);
        return { state: 'whole', bytes, digest: index.at(-1)?.digest ?? first.digest };
    }
    catch (error) {
        return { state: 'broken', reason: error instanceof Error ? error.message : String(error) };
    }
}
async function measure(directory, manifest) {
    const total = await cache_directory_sizeOf(directory, manifest);
    if (total > LARGEST_TABLE)
        throw new Error(`${manifest.digest} is no table of contents`);
    const parts = parseTable(await (0,promises_.readFile)(pathOf(directory, manifest.digest), 'utf8'));
    const sizes = await Promise.all(parts.map(part => cache_directory_sizeOf(directory, part)));
    return sizes.reduce((sum, size) => sum + size, total);
}
async function cache_directory_sizeOf(directory, { digest, size }) {
    const found = await (0,promises_.stat)(pathOf(directory, digest)).catch(() => undefined);
    if (found === undefined)
        throw new Error(`the blob ${digest} is missing`);
    if (found.size !== size)
        throw new Error(`the blob ${digest} has ${found.size} bytes instead of ${size}`);
    return size;
}
function pathOf(directory, digest) {
    return (0,external_node_path_.join)(directory, 'blobs', ...digest.split(':'));
}
/** Everything that an index, a manifest or a list of blobs names. Throws when it is none of them. */
function parseTable(text) {
    const table = JSON.parse(text);
    const named = [table?.manifests, table?.layers, table?.config === undefined ? undefined : [table.config]];
    return named
        .filter(list => list !== undefined)
        .flatMap(list => (Array.isArray(list) ? list.map(asDescriptor) : [asDescriptor(list)]));
}
function asDescriptor(value) {
    const { digest, size } = (value ?? {});
    if (typeof digest !== 'string' || !/^sha(?:256|512):[0-9a-f]+$/.test(digest) || typeof size !== 'number')
        throw new Error('its table of contents is no table of contents');
    return { digest, size };
}
/**
 * Makes a private view of the cache at `directory`, of hard links: another run may replace it while this one reads. False, and nothing is left, where that cannot be
 * done (another file system, or one without hard links).
 */
async function freeze(directory, view) {
    try {
        await (0,promises_.mkdir)((0,external_node_path_.dirname)(view), { recursive: true });
        await linkTree(directory, view);
        return true;
    }
    catch (error) {
        // What somebody else made is somebody else's.
        if (error.code !== 'EEXIST')
            await (0,promises_.rm)(view, { recursive: true, force: true }).catch(() => undefined);
        return false;
    }
}
async function linkTree(from, to) {
    await (0,promises_.mkdir)(to);
    for (const entry of await (0,promises_.readdir)(from, { withFileTypes: true })) {
        if (entry.isDirectory())
            await linkTree((0,external_node_path_.join)(from, entry.name), (0,external_node_path_.join)(to, entry.name));
        else
            await (0,promises_.link)((0,external_node_path_.join)(from, entry.name), (0,external_node_path_.join)(to, entry.name));
    }
}

;// CONCATENATED MODULE: ./lib/tools/cache-restore.js
// A directory with a layer cache <-> the cache of Actions, for machines that live for one job.






/** `seaworthy-layers/linux-x64/<scope>/<what is in it>`. */
function prefixOf(scope) {
    // Keys have 512 characters at most, and no comma.
    const name = /^[\w./-]{1,300}$/.test(scope) ? scope : (0,external_node_crypto_.createHash)('sha256').update(scope).digest('hex');
    return `seaworthy-layers/${process.platform}-${process.arch}/${name}/`;
}
/**
 * Where a directory is while it goes to the cache of Actions or comes from there: what is sent comes back under the same path, and what still comes in after the time is
 * over must not fall into what is read or replaced.
 */
function crateOf(directory) {
    return (0,external_node_path_.join)((0,external_node_path_.dirname)(directory), `.${(0,external_node_path_.basename)(directory)}.kept`);
}
/** Brings the newest directory of this scope back, when there is a store and it has one. Never throws; takes no longer than the times and the signal allow. */
async function restoreDirectory(scope, directory, around, signal) {
    const { store } = around.settings;
    if (store === undefined)
        return;
    const prefix = prefixOf(scope);
    const crate = crateOf(directory);
    const bring = async () => {
        await (0,promises_.rm)(crate, { recursive: true, force: true });
        await store.restore(`${prefix}newest`, [crate], [prefix]);
    };
    if (!(await inTime('restored', bring(), around, signal)))
        return;
    const { state } = await lookThrough(crate);
    if (state !== 'missing')
        await replaceDirectory(directory, crate, besides(directory)).catch(() => undefined);
    await (0,promises_.rm)(crate, { recursive: true, force: true }).catch(() => undefined);
}
/** Keeps the directory for other machines, under a name that its content has: what is there already is not sent again. Resolves to why it is not kept. */
async function keepDirectory(scope, { directory, digest }, around, signal) {
    const { store } = around.settings;
    if (store === undefined)
        return undefined;
    const crate = crateOf(directory);
    if (!(await freeze(directory, crate)))
        return 'it was not saved: another run saves it, or what it left behind is in the way';
    const send = store.save(`${prefixOf(scope)}${digest.replace(':', '-')}`, [crate]);
    const saved = await inTime('saved', send, around, signal);
    await (0,promises_.rm)(crate, { recursive: true, force: true }).catch(() => undefined);
    return saved ? undefined : `it was not saved within ${inSeconds(around.times.store)}`;
}
async function inTime(done, work, { times, onLine }, signal) {
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), times.store);
    const end = signal === undefined ? limit.signal : AbortSignal.any([limit.signal, signal]);
    const result = await cache_answers_within(end, work).then(() => true, () => false);
    clearTimeout(timer);
    if (!result && signal?.aborted !== true)
        onLine(`the layer cache was not ${done} within ${inSeconds(times.store)}`);
    return result;
}

;// CONCATENATED MODULE: ./lib/tools/cache-prepare.js
// The planned caches -> those that may be read, after each was asked; what is left out, and why, is told.






/** Asks all at once. Never throws. */
async function prepareCaches(caches, around, signal) {
    const asked = await Promise.all(caches.imports.map(async (origin) => {
        const started = performance.now();
        const found = await (origin.type === 'local' ? openDirectory(origin, around, signal) : cache_prepare_ask(origin, around, signal)).catch((error) => ({ cache: origin, read: refused(error instanceof Error ? error.message : String(error)) }));
        return { origin, ...found, seconds: (performance.now() - started) / 1000 };
    }));
    const usable = asked.filter(({ read }) => read.allowed);
    return {
        plan: { imports: usable.map(({ cache }) => cache), exports: caches.exports.filter(({ when }) => when === 'inside') },
        uses: asked.flatMap(({ origin, read, seconds }) => read.allowed
            ? []
            : [useOf(origin, 'read', { state: 'left out', reason: read.reason, seconds, ...(read.trouble && { trouble: true }) })]),
        origins: new Map(usable.map(({ cache, origin }) => [cache, origin])),
        views: asked.flatMap(({ view }) => (view === undefined ? [] : [view])),
    };
}
async function cache_prepare_ask(origin, around, signal) {
    const { read } = await askCache(origin, around, signal);
    return { cache: origin, read };
}
/** A directory that another run may replace meanwhile is read through a view of its own, where one can be made. */
async function openDirectory(origin, around, signal) {
    const directory = directoryOf(origin, around);
    const { scope } = origin.attributes;
    if (scope !== undefined)
        await sweep(directory);
    let found = await lookThrough(directory);
    if (found.state === 'missing' && scope !== undefined) {
        await restoreDirectory(scope, directory, around, signal);
        found = await lookThrough(directory);
    }
    if (found.state === 'missing')
        return { cache: origin, read: nothing('not there yet') };
    if (found.state === 'broken')
        return { cache: origin, read: refused(`the directory is damaged: ${found.reason}`) };
    if (scope !== undefined)
        await touch(directory);
    const view = asideOf(origin, around)('read');
    const frozen = await freeze(directory, view);
    const attributes = { ...without(origin, 'scope'), src: frozen ? view : directory };
    return { cache: { ...origin, attributes }, read: YES, ...(frozen && { view }) };
}

;// CONCATENATED MODULE: ./lib/tools/cache-delivered.js
// What a run hands over on this machine -> whether it lies where the build reads its files.


/** The first place of what is handed over that is inside one of the build's own directories; undefined when there is none. */
function deliveredInside({ context, buildContexts, handedOver = [] }, cwd) {
    const named = buildContexts.map(text => text.slice(text.indexOf('=') + 1)).filter(value => !value.includes('://'));
    const directories = [context, ...named].filter(text => (0,git_address/* parseContext */.DO)(text).kind === 'path').map(path => (0,external_node_path_.resolve)(cwd, path));
    return handedOver.find(dest => directories.some(directory => isInside((0,external_node_path_.resolve)(cwd, dest), directory)));
}
function isInside(path, directory) {
    const way = (0,external_node_path_.relative)(directory, path);
    return way !== '..' && !way.startsWith(`..${external_node_path_.sep}`);
}

;// CONCATENATED MODULE: ./lib/tools/cache-export.js
// A build that is over + one cache -> the same build once more, with every step in the builder's cache, that writes this cache and nothing else.







const POLICY = 'EXPERIMENTAL_BUILDKIT_SOURCE_POLICY';
/** Ended as soon as a step is executed: then the cache would hold something else than what was shipped (rules 19). Never throws. */
async function exportCache(work) {
    const { options } = work;
    const directory = await (0,promises_.mkdtemp)((0,external_node_path_.join)(options.directory, 'cache-'));
    try {
        return await runExport(work, directory);
    }
    catch (error) {
        return { state: 'failed', reason: inOneLine(error instanceof Error ? error.message : String(error)) };
    }
    finally {
        await (0,promises_.rm)(directory, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
    }
}
async function runExport(work, directory) {
    const { options, builder, order, cache, secrets, limit, signal } = work;
    const foreign = new AbortController();
    const watch = watchCaches();
    const result = await options.run('docker', exportArgs(order, cache, { builder, secretFiles: secrets.files }), {
        env: await environmentOf(work, directory),
        timeout: limit,
        onStderr: line => {
            watch.read(line);
            if (watch.executed() !== undefined)
                foreign.abort();
        },
        ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
        ...(options.onStart && { onStart: options.onStart }),
        signal: AbortSignal.any([signal, foreign.signal]),
    });
    const executed = watch.executed();
    if (executed !== undefined)
        return {
            state: 'failed',
            reason: `dropped, because a step was no longer in the builder's cache: ${inOneLine(executed, 120)}`,
        };
    return outcome(result, watch, limit);
}
async function environmentOf({ options, order, cache, pins, secrets, login }, directory) {
    const caches = { ...order.caches, exports: [{ ...cache, automatic: false, when: 'beside' }] };
    const env = (0,buildx_env/* buildEnvironment */.A)(options.env, { ...order, caches }, secrets.env);
    // A policy of the user's own decides alone.
    if (pins.length === 0 || env[POLICY] !== undefined)
        return { ...env, ...login };
    const file = (0,external_node_path_.join)(directory, 'pins.json');
    await (0,promises_.writeFile)(file, JSON.stringify({ rules: pins.map(ruleOf) }), { mode: 0o600 });
    return { ...env, ...login, [POLICY]: file };
}
/** BuildKit reads the image under its digest wherever the Dockerfile, or a build context, names it. */
function ruleOf({ reference, digest }) {
    const identifier = `docker-image://${reference}`;
    return { action: 'CONVERT', selector: { identifier }, updates: { identifier: `${identifier}@${digest}` } };
}
function outcome(result, watch, limit) {
    // A large layer is sent without a word: slow and never cannot be told apart before the time is over.
    if (result.timedOut)
        return { state: 'failed', reason: `it was not done after ${inSeconds(limit)}`, late: true };
    const errand = watch.errands().find(({ direction }) => direction === 'written');
    const refused = errand?.error;
    if (refused !== undefined)
        return { state: 'failed', reason: inOneLine(refused) };
    if (result.exitCode !== 0)
        return { state: 'failed', reason: inOneLine(lastError(result)) };
    const layers = watch.layers();
    return errand === undefined ? { state: 'empty' } : { state: 'done', seconds: errand.seconds, layers };
}
function lastError(result) {
    const line = (0,command/* tail */.RT)(result.stderr).findLast(text => text.startsWith('ERROR: ')) ?? (0,command/* ending */.K1)(result);
    return line.replace(/^ERROR: /, '').replace(/^(failed to build: |failed to solve: )+/, '');
}

;// CONCATENATED MODULE: ./lib/tools/cache-write.js
// A cache that is to be written after a build -> asked, written by a second build, put in its place; and what became of it.










/** Never throws. */
async function writeCache(work) {
    const started = performance.now();
    const outcome = await write(work).catch((error) => ({
        state: 'failed',
        reason: error instanceof Error ? error.message : String(error),
    }));
    const seconds = (performance.now() - started) / 1000;
    if (work.signal.aborted)
        return useOf(work.cache, 'written', { state: 'left out', reason: 'the run ended before', seconds });
    return useOf(work.cache, 'written', { ...outcome, seconds });
}
async function write(work) {
    const { around, cache, leg, order, signal } = work;
    if (isNothingNew(leg, cache, around.cwd))
        return { state: 'left out', reason: 'nothing new was built' };
    const inside = cache.when === 'last' ? deliveredInside(order, around.cwd) : undefined;
    if (inside !== undefined) {
        const reason = `${inside} was handed over into the build's context, so the same build would make something else now; name a place outside of the context for it`;
        return { state: 'left out', reason, trouble: true };
    }
    const { write: may } = await askCache(cache, around, signal);
    if (!may.allowed)
        return { state: 'left out', reason: may.reason, ...(may.trouble && { trouble: true }) };
    return cache.type === 'local' ? writeDirectory(work) : send(work, cache, exported => cache_write_sizeOf(exported, work.layout));
}
async function send(work, cache, measure) {
    const { options, builder, order, leg, login, around, signal } = work;
    const limit = work.cache.when === 'last' ? around.times.last : around.times.beside;
    const secrets = await work.placeSecrets();
    const base = { options, builder, order, cache, pins: leg.pins, secrets, limit, signal };
    const exported = await exportCache({ ...base, ...(login !== undefined && { login }) }).finally(secrets.remove);
    if (exported.state === 'empty')
        return { state: 'left out', reason: 'there was no layer to write' };
    if (exported.state === 'failed') {
        if (exported.late === true)
            work.onLate();
        return { state: 'failed', reason: exported.reason };
    }
    const bytes = await measure(exported);
    return { state: 'done', ...(bytes !== undefined && { bytes }) };
}
/** Into a fresh directory, away from the context that this build reads, which then takes the place of the old one: it holds what this build needs and nothing from years ago. */
async function writeDirectory(work) {
    const { cache, around, signal } = work;
    const directory = directoryOf(cache, around);
    const { scope } = cache.attributes;
    const attributes = without(cache, 'scope', 'dest');
    // Several caches in one directory, or files that are none of ours: only added to.
    if (attributes['tag'] !== undefined || !(await isReplaceable(directory)))
        return send(work, { ...cache, attributes: { ...attributes, dest: directory } }, () => Promise.resolve(undefined));
    const aside = asideOf(cache, around);
    const fresh = aside('new');
    try {
        const outcome = await send(work, { ...cache, attributes: { ...attributes, dest: fresh } }, () => Promise.resolve(undefined));
        if (outcome.state !== 'done')
            return outcome;
        const found = await lookThrough(fresh);
        if (found.state !== 'whole')
            return {
                state: 'failed',
                reason: found.state === 'broken' ? `what was written is damaged: ${found.reason}` : 'nothing was written',
            };
        await replaceDirectory(directory, fresh, aside);
        const { bytes, digest } = found;
        if (scope === undefined)
            return { state: 'done', bytes };
        await touch(directory);
        await sweep(directory);
        const reason = await keepDirectory(scope, { directory, digest }, around, signal);
        return reason === undefined ? { state: 'done', bytes } : { state: 'failed', reason, bytes };
    }
    finally {
        await (0,promises_.rm)(fresh, { recursive: true, force: true }).catch(() => undefined);
    }
}
/** BuildKit names the layers and not their sizes; those that are in the image are in the layout. Undefined when others were written too. */
async function cache_write_sizeOf(exported, layout) {
    if (exported.state !== 'done')
        return undefined;
    let bytes = 0;
    for (const layer of exported.layers) {
        const found = await (0,promises_.stat)((0,external_node_path_.join)(layout, 'blobs', ...layer.split(':'))).catch(() => undefined);
        if (found === undefined)
            return undefined;
        bytes += found.size;
    }
    return bytes;
}

;// CONCATENATED MODULE: ./lib/tools/cache-keeper.js
// The caches of one step: asked beside the choice of the builder, followed through the build, written afterwards, tidied up at the end.









const NO_CACHES = { imports: [], exports: [] };
/** Nothing is started. */
function keepCaches(options) {
    const end = new AbortController();
    const signal = options.signal === undefined ? end.signal : AbortSignal.any([options.signal, end.signal]);
    const base = { options, around: aroundOf(options), signal, views: [], running: new Set(), prepared: [] };
    const keeping = { ...base, login: undefined, last: undefined, late: false };
    return {
        prepare: (order, spread) => prepare(keeping, order, spread),
        finish(done) {
            keeping.last = done;
            const origins = new Map(keeping.prepared.flatMap(one => [...one.origins]));
            const left = keeping.prepared.flatMap(({ uses }) => uses);
            return [...left, ...importUses(done.legs, cache => origins.get(cache) ?? cache)];
        },
        async write(when) {
            const work = writeAll(keeping, when).catch(() => []);
            keeping.running.add(work);
            return work.finally(() => keeping.running.delete(work));
        },
        async close() {
            end.abort();
            await Promise.allSettled(keeping.running);
            await removeLogin(keeping);
            for (const view of keeping.views.splice(0))
                await (0,promises_.rm)(view, { recursive: true, force: true }).catch(() => undefined);
        },
    };
}
async function prepare(keeping, order, spread) {
    const { caches, noCache, platforms } = order;
    const { options, around } = keeping;
    const apart = spread?.catch(() => false);
    keeping.prepared = [];
    await removeLogin(keeping);
    const logins = loginsFor([...caches.imports, ...caches.exports], around.settings.credentials ?? []);
    if (logins.length > 0)
        keeping.login = await makeCacheLogin(options.directory, options.env, logins).catch(() => undefined);
    // With no-cache nothing is read, so nobody is asked.
    const wanted = noCache ? { ...caches, imports: [] } : caches;
    const asking = new Map();
    const askAlone = (platform) => {
        const slug = (0,plan_platform/* platformSlug */.DN)(platform);
        const asked = asking.get(slug) ?? cache_keeper_ask(keeping, { ...forPlatform(wanted, slug), exports: [] });
        asking.set(slug, asked);
        return asked;
    };
    // Beside the other questions, and while the emulators are looked at.
    void apart?.then(known => (known ? platforms.forEach(platform => void (0,parallel/* early */.Q)(askAlone(platform))) : undefined));
    const plan = await cache_keeper_ask(keeping, wanted);
    return {
        plan,
        alone: async (platform) => ({ ...plan, imports: [...(await askAlone(platform)).imports, ...plan.imports] }),
        ...(keeping.login !== undefined && { login: keeping.login.env }),
    };
}
function cache_keeper_ask(keeping, caches) {
    const work = prepareCaches(caches, keeping.around, keeping.signal).then(made => {
        keeping.prepared = [...keeping.prepared, made];
        keeping.views.push(...made.views);
        return made.plan;
    });
    keeping.running.add(work);
    return work.finally(() => keeping.running.delete(work));
}
async function removeLogin(keeping) {
    await keeping.login?.remove();
    keeping.login = undefined;
}
/** One after another: each has its own time, and tells exactly what became of it. */
async function writeAll(keeping, when) {
    const uses = [];
    const { last } = keeping;
    if (last === undefined)
        return uses;
    for (const cache of last.order.caches.exports.filter(planned => planned.when === when)) {
        const without = keeping.late ? 'the builder may still hang at the cache before it' : last.without;
        if (without !== undefined)
            uses.push(useOf(cache, 'written', { state: 'left out', reason: without, seconds: 0 }));
        else
            uses.push(...(await Promise.all(last.legs.map(leg => writeOne(keeping, last, cache, leg)))));
        if (keeping.late && without === undefined)
            await last.discard?.();
    }
    return uses;
}
function writeOne(keeping, last, planned, leg) {
    const { options, around, signal, login } = keeping;
    const { slug } = leg;
    const { platforms } = last.order;
    const [cache = planned] = slug === undefined ? [] : forPlatform({ imports: [], exports: [planned] }, slug).exports;
    const order = {
        ...last.order,
        platforms: slug === undefined ? platforms : platforms.filter(platform => (0,plan_platform/* platformSlug */.DN)(platform) === slug),
        caches: { imports: readable(leg), exports: [] },
    };
    return writeCache({
        options,
        around,
        builder: last.builder,
        order,
        leg,
        layout: last.layout,
        cache,
        placeSecrets: last.placeSecrets,
        ...(login !== undefined && { login: login.env }),
        signal,
        onLate: () => (keeping.late = true),
    });
}
/** An order that neither reads nor writes any cache but the one inside the image. */
function withoutCaches(order) {
    return { ...order, caches: { ...NO_CACHES, exports: order.caches.exports.filter(({ when }) => when === 'inside') } };
}
function aroundOf(options) {
    const settings = options.caches ?? {};
    return {
        settings,
        times: cacheTimes(settings),
        run: options.run,
        env: options.env,
        cwd: options.cwd ?? '.',
        directory: options.directory,
        onLine: options.onLine,
        ...(options.onSecret && { onSecret: options.onSecret }),
    };
}

;// CONCATENATED MODULE: ./lib/tools/emulation-need.js
// Wanted platforms + what the nodes of a builder list -> which of them are foreign, and which have nothing that runs them.

/** Architectures of Linux that QEMU can stand in for, as the image of binfmt calls them (github.com/tonistiigi/binfmt). */
const EMULATED = ['386', 'amd64', 'arm', 'arm64', 'loong64', 'mips64', 'mips64le', 'ppc64le', 'riscv64', 's390x'];
/** What a processor runs beside its own programs, where BuildKit lists it. */
const ALSO_RUNS = { amd64: ['386'], arm64: ['arm'] };
/**
 * Compares as BuildKit does when it runs a step: a variant that a node does not list (arm/v5, amd64/v4) is a matter of its processor or base image, no emulator
 * adds it. Without any list (a builder that is not running) nothing is known, and nothing is needed.
 */
function emulationNeed(wanted, nodes) {
    const lists = nodes.flatMap(({ platforms }) => platforms?.map(({ platform }) => platform) ?? []);
    if (lists.length === 0)
        return { listed: [], missing: [], hopeless: [] };
    const unlisted = wanted.filter(one => !lists.some(other => sameMachine(one, other)));
    const missing = unlisted.filter(({ os, architecture }) => os === 'linux' && EMULATED.includes(architecture));
    return {
        listed: wanted.filter(one => !unlisted.includes(one) && !isNative(one, nodes)),
        missing,
        hopeless: unlisted.filter(one => !missing.includes(one)),
    };
}
/** True when a node's own processor runs it: the platforms that were given to the node, else the first of its list. */
function isNative(wanted, nodes) {
    return nodes.some(({ platforms = [] }) => {
        const given = platforms.filter(entry => entry.given);
        const own = given.length > 0 ? given : platforms.slice(0, 1);
        return own.some(({ platform }) => sameMachine(wanted, platform) ||
            (platform.os === wanted.os && ALSO_RUNS[platform.architecture]?.includes(wanted.architecture) === true));
    });
}
/** The names that `--install` of the image of binfmt takes. */
function emulatorNames(platforms) {
    return [...new Set(platforms.map(({ architecture }) => architecture))].join(',');
}
/** `linux/arm64, linux/arm/v7`. */
function names(platforms) {
    return platforms.map(plan_platform/* platformName */.$r).join(', ');
}
function sameMachine(one, other) {
    return one.os === other.os && one.architecture === other.architecture;
}

;// CONCATENATED MODULE: ./lib/tools/emulation-failure.js
// The error of a build that could not run a program + how it stands with emulation -> the same error with the right way out.



/** The last of them is what the kernel says when the emulator that it knows, or the loader of the program, cannot be found from inside of a container. */
const FAILURES = /exec format error|no support for running processes with|exec \/\S+: no such file or directory/;
/**
 * The way out where a program of another platform could not be run. A step's platform stands in its name when several are built. Anything else is answered as
 * it came.
 */
function explainForeign(error, wanted, emulation) {
    if (!(error instanceof errors/* ToolError */.v4))
        return error;
    const text = [error.message, ...error.tail].join('\n');
    const said = FAILURES.exec(text)?.[0];
    const platform = stepPlatform(text, wanted);
    const hint = said === undefined || platform === undefined ? undefined : emulation_failure_hintFor(said, platform, emulation);
    if (hint === undefined)
        return error;
    const { tool, exitCode, tail, place } = error;
    const details = { ...(exitCode === undefined ? {} : { exitCode }), ...(place && { place }) };
    return new errors/* ToolError */.v4(error.message, { tool, tail, hint, cause: error, ...details });
}
function emulation_failure_hintFor(said, platform, emulation) {
    const { nodes } = emulation;
    if (!isNative(platform, nodes))
        return foreignHint(platform, emulation);
    if (said === 'exec format error')
        return `The builder runs programs of ${(0,plan_platform/* platformName */.$r)(platform)} itself, but this is none: a file of another platform was copied in, the base image is one of another platform, or a script has no #! line.`;
    if (!said.startsWith('no support'))
        return undefined;
    const own = nodes.flatMap(({ platforms = [] }) => platforms.map(({ platform: listed }) => (0,plan_platform/* platformName */.$r)(listed)));
    return `The processor of the builder has no ${(0,plan_platform/* platformName */.$r)(platform)}, and no emulator adds a variant of its own architecture. It has ${[...new Set(own)].join(', ')}: build for one of these, or use a newer machine.`;
}
function foreignHint(platform, { absent }) {
    const known = absent?.platforms.some(({ architecture }) => architecture === platform.architecture) === true;
    const why = known
        ? `Emulation was not there (${absent.reason}).`
        : 'The builder lists the platform, but its emulator was removed since, cannot be found from inside of containers (registered without the flag F), or the image lacks what the program is loaded by.';
    return (`The builder cannot run programs of ${(0,plan_platform/* platformName */.$r)(platform)}. ${why} Ways out: a native runner for it (one job a platform), ` +
        'a builder with a remote node of that platform, or cross-compilation (FROM --platform=$BUILDPLATFORM in the stage that runs commands).');
}
/** `[linux/arm64 build 2/3] RUN …` (`[linux/amd64->arm64 …]` runs on the first of the two), or `[2/2] RUN … (linux/arm64)` where only one is built. */
function stepPlatform(text, wanted) {
    const named = /\[(\w+)\/(\w+)(?:\/(\w+))?(?:->\S+)? (?:[^\]\n]* )?\d+\/\d+\]/.exec(text) ?? /\((\w+)\/(\w+)(?:\/(\w+))?\): /.exec(text);
    if (named === null)
        return wanted.length === 1 ? wanted[0] : undefined;
    const [, os = '', architecture = '', variant] = named;
    return { os, architecture, ...(variant === undefined ? {} : { variant }) };
}

;// CONCATENATED MODULE: ./lib/tools/emulation.js
// Foreign platforms + a builder -> emulators that are there before the build, or the reason why not.






const emulation_QUESTION = 60_000;
/** Starting a builder, pulling its image included. */
const emulation_BOOT = 300_000;
/** Pulling the image of the emulators (about 30 MB) included. */
const INSTALL = 180_000;
const PAUSES = [2_000, 6_000];
/** Programs of QEMU that the images of BuildKit bring along, by architecture (moby/buildkit, solver/llbsolver/ops/exec_binfmt.go). */
const BUILDKIT_QEMU = {
    '386': 'i386',
    amd64: 'x86_64',
    arm: 'arm',
    arm64: 'aarch64',
    ppc64le: 'ppc64le',
    riscv64: 'riscv64',
    s390x: 's390x',
};
/**
 * Registers emulators for wanted platforms that the builder does not list. Never throws for want of one: a Dockerfile that only copies, or cross-compiles, needs
 * none. What is registered stays until the machine is started again, as with docker/setup-qemu-action.
 */
async function prepareEmulation(order) {
    const nodes = await listedNodes(order);
    const { listed, missing, hopeless } = emulationNeed(order.platforms, nodes);
    const before = listed.length === 0 ? undefined : `${names(listed)}: the builder lists it, so an emulator was there already`;
    if (missing.length === 0) {
        const reason = 'nothing emulates it';
        return state(nodes, listed, before, hopeless.length === 0 ? undefined : { platforms: hopeless, reason });
    }
    const outcome = await provide(order, nodes, missing);
    order.onLine(`emulation: ${outcome.reason}`);
    const reasons = [...(before === undefined ? [] : [before]), ...(outcome.there.length === 0 ? [] : [outcome.reason])];
    const still = missing.filter(one => !outcome.there.includes(one));
    const absent = [...still, ...hopeless];
    return state(outcome.nodes, [...listed, ...outcome.there], reasons.join('; '), absent.length === 0 ? undefined : { platforms: absent, reason: still.length === 0 ? 'nothing emulates it' : outcome.reason });
}
function state(nodes, emulated, reason, absent) {
    return {
        nodes,
        ...(emulated.length > 0 && { emulated: { platforms: emulated.map(plan_platform/* platformName */.$r), reason: reason ?? '' } }),
        ...(absent && { absent }),
    };
}
/** A builder that is not running lists nothing; the build would start it anyway. */
async function listedNodes({ docker, builder: { name, inspected = [] } }) {
    if (inspected.some(({ platforms }) => platforms !== undefined))
        return inspected;
    const result = await docker(['buildx', 'inspect', '--bootstrap', name], { timeout: emulation_BOOT }).catch(() => undefined);
    return result?.exitCode === 0 ? parseInspect(result.stdout).nodes : inspected;
}
async function provide(order, nodes, missing) {
    const { builder, wish } = order;
    const nothing = (reason) => ({ there: [], nodes, reason: `${names(missing)}: ${reason}` });
    const own = await bundledEmulators(order, nodes, missing);
    if (own.length === missing.length)
        return { there: own, nodes, reason: `${names(own)}: the builder's image brings the emulator` };
    if (wish.mode === 'off')
        return nothing('no emulator is registered, because qemu is "off"');
    if (builder.driver !== 'docker' && builder.driver !== 'docker-container')
        return nothing(`no node of the builder ${builder.name} runs it, and its machines (driver ${builder.driver}) are not ours to change`);
    return register(order, nodes, missing);
}
/** Steps of docker-container builders run with the emulators of their own image, which no list shows. */
async function bundledEmulators({ docker, builder }, nodes, missing) {
    const [node] = nodes;
    if (builder.driver !== 'docker-container' || node === undefined)
        return [];
    const asked = missing.map(async (platform) => {
        const qemu = BUILDKIT_QEMU[platform.architecture];
        if (qemu === undefined)
            return [];
        const command = ['exec', `buildx_buildkit_${node.name}`, `buildkit-qemu-${qemu}`, '-version'];
        const answer = await docker([...engineOf(node), ...command], { timeout: emulation_QUESTION }).catch(() => undefined);
        return answer?.exitCode === 0 ? [platform] : [];
    });
    return (await Promise.all(asked)).flat();
}
async function register(order, nodes, missing) {
    const { docker, builder, wish, onLine } = order;
    const image = wish.image ?? IMAGES.binfmt;
    if (!image.includes('@sha256:'))
        onLine(`binfmt-image: ${image} has no digest, so what runs there with all rights of the engine can change from run to run`);
    const result = await runImage(order, image, [...engineOf(nodes[0])], missing);
    if (typeof result === 'string')
        return { there: [], nodes, reason: `${names(missing)}: ${image} could not be run: ${result}` };
    const told = toldBy(result, missing);
    // BuildKit looks at its emulators anew only after 20 seconds (util/archutil): its list may still be the old one, while its steps run already.
    const asked = told.length === missing.length ? undefined : await docker(['buildx', 'inspect', builder.name], { timeout: emulation_QUESTION });
    const now = asked?.exitCode === 0 ? parseInspect(asked.stdout).nodes : nodes;
    const unlisted = emulationNeed(missing, now).missing;
    const there = missing.filter(one => told.includes(one) || !unlisted.includes(one));
    const left = missing.filter(one => !there.includes(one));
    const done = there.length === 0 ? [] : [`${names(there)}: the emulator was registered with ${image}`];
    const not = left.length === 0 ? [] : [`${names(left)}: ${image} ran, but it is not there (${lastWord(result)})`];
    return { there, nodes: now, reason: [...done, ...not].join('; ') };
}
/** Runs the image, up to three times where another try may help. Resolves to what went wrong, in words, or to the result. */
async function runImage({ docker, signal, pauses = PAUSES }, image, engine, missing) {
    const args = [...engine, 'run', '--privileged', '--rm', image, '--install', emulatorNames(missing)];
    for (let tries = 0;; tries += 1) {
        const result = await docker(args, { timeout: INSTALL }).catch((error) => String(error));
        if (typeof result !== 'string' && result.exitCode === 0)
            return result;
        const problem = typeof result === 'string' ? result : lastWord(result);
        const next = pauses[tries];
        if (typeof result === 'string' || result.timedOut || !emulation_isPassing(result) || next === undefined)
            return problem;
        await (0,external_node_timers_promises_.setTimeout)(next, undefined, signal && { signal }).catch(() => undefined);
    }
}
/** What the image says it registered, or found registered: a line per architecture, and what the machine now runs as JSON. */
function toldBy({ stdout, stderr }, missing) {
    const lines = [...stderr.matchAll(/^installing: (\S+) (?:OK|.* already registered)$/gm)].map(([, name]) => name);
    const supported = /"supported":\s*\[([^\]]*)\]/.exec(stdout)?.[1] ?? '';
    const runs = new Set([...supported.matchAll(/"linux\/([^"/]+)/g)].map(([, name]) => name));
    return missing.filter(({ architecture }) => lines.includes(architecture) || runs.has(architecture));
}
/** Exit code 125 is Docker's own: the image could not be pulled, or the container not made. What a registry or engine refuses stays refused. */
function emulation_isPassing({ exitCode, stderr }) {
    return (exitCode === 125 &&
        !/not found|manifest unknown|no such image|denied|unauthorized|authentication|privileged|not permitted|invalid/i.test(stderr));
}
/** The image ends well whatever comes of it, and says so in a line per architecture. */
function lastWord(result) {
    const lines = (0,command/* tail */.RT)(result.stderr).filter(line => !/^(?:See|Run) '?docker /.test(line));
    const line = lines.findLast(text => text.startsWith('installing: ') || /error/i.test(text)) ?? lines.at(-1);
    return (line ?? (0,command/* ending */.K1)(result, INSTALL)).replace(/^(?:docker: |Error response from daemon: )+/, '');
}
/** Arguments that name the engine of a node: its endpoint is the name of a context, or an address. */
function engineOf(node) {
    const endpoint = node?.endpoint ?? 'default';
    if (endpoint === 'default' || endpoint === '')
        return [];
    return endpoint.includes('://') ? ['--host', endpoint] : ['--context', endpoint];
}

;// CONCATENATED MODULE: ./lib/tools/buildx-again.js
// An order -> one build on the chosen builder; where that one stands still, once more without caches on a builder that is fresh.













/** Throws what a build throws; StoodStill when there can be no second try. */
async function buildOrAgain(work) {
    const { options, session, keeper, order } = work;
    // Caches are asked while the builder is chosen.
    const choosing = session.choose(order);
    const spread = choosing.then(({ inspected = [] }) => isSpread(inspected, order.platforms));
    const [builder, ready] = await Promise.all([choosing, keeper.prepare(order, spread)]);
    const { plan: caches, alone: cachesAlone, login } = ready;
    const own = login === undefined ? options : { ...options, env: { ...options.env, ...login } };
    try {
        return await buildOn(work, { options: own, builder, order: { ...order, caches }, cachesAlone });
    }
    catch (error) {
        throwIfCancelled(options.signal);
        if (!(error instanceof StoodStill))
            throw error;
        const again = `the first try, on the builder ${builder.name}, ${error.reason}`;
        options.onLine(`${again}; it was ended, and is begun again without caches on a fresh builder`);
        // A daemon that is wedged may take long to go, and a fresh one to come.
        const [fresh] = await Promise.all([freshBuilder(work, error), session.discard(builder)]);
        return { ...(await buildOn(work, { options, builder: fresh, order: withoutCaches(order) })), again };
    }
}
async function freshBuilder({ options, session, order, onFresh }, reason) {
    const { directory, cwd = '.', onLine, signal, sharing, env } = options;
    try {
        const made = await ownBuilder(session.docker, {
            setup: { ...order.setup, keep: false },
            allow: order.allow,
            because: 'the first one stood still',
            directory,
            cwd,
            engine: '',
            env,
            // For nobody else, but the post step must know it.
            ...(sharing && { sharing: { ...sharing, job: `${sharing.job} ${(0,external_node_crypto_.randomUUID)()}` } }),
            onLine,
            ...(signal && { signal }),
        });
        onFresh(made.name);
        return made;
    }
    catch (error) {
        throwIfCancelled(signal);
        const why = error instanceof Error ? error.message : String(error);
        const { hint } = reason;
        throw new errors/* ToolError */.v4(`${reason.message} A fresh builder for another try could not be made: ${why}`, {
            tool: reason.tool,
            cause: error,
            ...(hint !== undefined && { hint }),
        });
    }
}
async function buildOn({ session, secrets, outputsAlone }, { options, builder, order, cachesAlone }) {
    const { onLine, signal } = options;
    const { platforms } = order;
    onLine(`builder ${builder.name} (${builder.driver}): ${builder.reason}`);
    const emulation = await prepareEmulation({
        docker: session.docker,
        builder,
        platforms,
        wish: order.emulation,
        onLine,
        ...(signal && { signal }),
    });
    throwIfCancelled(signal);
    const spread = isSpread(builder.inspected ?? [], platforms);
    const build = async (asked) => {
        const directory = await (0,promises_.mkdtemp)((0,external_node_path_.join)(options.directory, 'build-'));
        const rest = { ...(cachesAlone && { cachesAlone }), ...(outputsAlone && { outputsAlone }) };
        const work = { options, builder, order: asked, directory, secrets, ...rest };
        return spread ? buildSplit(work) : buildTogether(work);
    };
    try {
        const { built, sbom } = await buildWithSbom(order, build, onLine);
        return { leg: built, builder, ...(emulation.emulated && { emulated: emulation.emulated }), ...(sbom && { sbom }) };
    }
    catch (error) {
        throw explainForeign(error, platforms, emulation);
    }
}

;// CONCATENATED MODULE: ./lib/tools/buildx-call.js
// `docker buildx build --call` -> what the Dockerfile breaks, takes and offers: rules, build arguments, targets. Nothing is built.









/**
 * Asks BuildKit's frontend about the Dockerfile. `failed` is buildx's own exit status of a check: a rule is broken, or the Dockerfile cannot be read. Throws ToolError
 * when there is no answer, UserError when buildx is too old for the question, and Cancelled.
 */
async function callBuildx(work) {
    const { options, builder, order, call, secrets } = work;
    refuseOld(builder);
    const progress = readProgress(options.onLine);
    const ticking = setInterval(progress.tick, TICK);
    const result = await options
        .run('docker', callArgs(onePlatform(builder, order), call, { builder: builder.name, secretFiles: secrets.files }), {
        env: (0,buildx_env/* buildEnvironment */.A)(options.env, order, secrets.env),
        onStderr: progress.read,
        ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
        ...(options.signal && { signal: options.signal }),
        ...(options.onStart && { onStart: options.onStart }),
    })
        .finally(() => clearInterval(ticking));
    throwIfCancelled(options.signal);
    const answer = parseAnswer(result);
    // A check that finds something exits with 1 and an answer; everything else that fails has none.
    if (answer === undefined || (result.exitCode !== 0 && call !== 'check'))
        throw buildFailure(result, progress, order, options, `call: ${call}`);
    const place = (notes) => placeNotes(notes, order, options);
    if (call === 'check')
        return checkResult(answer, result.exitCode !== 0, place);
    const tables = call === 'outline' ? outlineTables(answer, order) : [targetTable(answer)];
    return { call, tables, notes: place(progress.notes()), failed: false };
}
/** What is asked is about the Dockerfile, and a builder with several nodes answers once for each. */
function onePlatform({ nodes }, order) {
    return nodes > 1 ? { ...order, platforms: order.platforms.slice(0, 1) } : order;
}
function refuseOld({ buildx }) {
    if (buildx === undefined || atLeast(buildx, 0, 15))
        return;
    throw new errors/* UserError */.yo(`buildx ${buildx} is too old for the input "call": 0.15 or newer is needed`, {
        hint: 'Update the package docker-buildx-plugin, set "buildx-version", or run docker/setup-buildx-action before this step.',
    });
}
function parseAnswer({ exitCode, stdout }) {
    try {
        const value = JSON.parse(stdout);
        if (rawjson_isObject(value))
            return value;
    }
    catch (cause) {
        if (exitCode !== 0)
            return undefined;
        throw new errors/* ToolError */.v4('buildx ended well, but its answer to "call" is no JSON', { tool: 'docker buildx build', cause });
    }
    return undefined;
}
function checkResult(answer, failed, place) {
    const file = rawjson_text(rawjson_list(answer['sources'])[0]?.['filename']);
    const notes = rawjson_list(answer['warnings']).map(warning => noteOf({
        message: rawjson_text(warning['detail']) || rawjson_text(warning['description']),
        rule: rawjson_text(warning['ruleName']),
        url: rawjson_text(warning['url']),
        file,
        ranges: rangesOf(warning),
    }));
    const error = answer['buildError'];
    const [problem] = rawjson_isObject(error) ? place([noteOf({ message: rawjson_text(error['message']), file, ranges: rangesOf(error) })]) : [];
    return { call: 'check', tables: [], notes: place(notes), ...(problem && { problem }), failed };
}
function rangesOf(value) {
    return rawjson_isObject(value['location']) ? value['location']['ranges'] : undefined;
}
/** Values of arguments that somebody gave are not shown: people do put tokens there. */
function outlineTables(outline, order) {
    const given = new Set(order.buildArgs.map(pair => pair.split('=')[0]));
    const args = rawjson_list(outline['args']).map(arg => {
        const name = rawjson_text(arg['name']);
        return [name, given.has(name) ? '(given)' : rawjson_text(arg['value']), rawjson_text(arg['description'])];
    });
    const required = (each) => [rawjson_text(each['name']), each['required'] === true ? 'yes' : 'no'];
    const target = [rawjson_text(outline['name']) || '(the last stage)', rawjson_text(outline['description'])];
    const tables = [
        { title: 'Target', columns: ['Target', 'Description'], rows: [target] },
        { title: 'Build arguments', columns: ['Build argument', 'Value', 'Description'], rows: args },
        { title: 'Secrets', columns: ['Secret', 'Required'], rows: rawjson_list(outline['secrets']).map(required) },
        { title: 'SSH', columns: ['SSH', 'Required'], rows: rawjson_list(outline['ssh']).map(required) },
    ];
    return tables.filter(({ rows }) => rows.length > 0);
}
function targetTable(answer) {
    const rows = rawjson_list(answer['targets']).map(target => [
        rawjson_text(target['name']) || '(no name)',
        rawjson_text(target['base']),
        target['default'] === true ? 'yes' : '',
        rawjson_text(target['description']),
    ]);
    return { title: 'Targets', columns: ['Target', 'Base', 'Default', 'Description'], rows };
}

;// CONCATENATED MODULE: ./lib/tools/git-times.js
// A Run -> the same Run, which reads a Git subdirectory once more without the commit's time where BuildKit cannot tell that.

/**
 * With SOURCE_DATE_EPOCH set, the Dockerfile frontend asks for files dated as their commit, and BuildKit asks git for that date in a directory that it
 * has just removed when the context is a subdirectory (measured: v0.33.1, `failed to get commit time`). Files then have the time of their checkout, as with every BuildKit before.
 */
function withoutGitTimes(run) {
    return async (command, args, options) => {
        const result = await run(command, args, options);
        const [context = ''] = args.slice(-1);
        if (result.exitCode === 0 || args[1] !== 'build' || !/failed to get commit time for/.test(result.stderr))
            return result;
        const undated = undatedContext(context);
        if (undated === undefined || options.signal?.aborted === true)
            return result;
        options.onStderr?.('BuildKit cannot tell the time of the commit of a subdirectory: its files keep the time of their checkout.');
        return run(command, [...args.slice(0, -1), undated], options);
    };
}
function undatedContext(context) {
    const address = (0,git_address/* parseContext */.DO)(context);
    if (address.kind !== 'git' || address.subdir === undefined || /[?&]mtime=/.test(context))
        return undefined;
    const end = context.includes('#') ? context.indexOf('#') : context.length;
    const [repository, place] = [context.slice(0, end), context.slice(end)];
    return `${repository}${repository.includes('?') ? '&' : '?'}mtime=checkout${place}`;
}

;// CONCATENATED MODULE: ./lib/tools/buildx.js
// Builder, made of `docker buildx build`: an order -> an OCI layout in a fresh directory.








/** A Builder on top of the installed docker and buildx. The builder is chosen at the first build and kept until close(). */
function createBuilder(given) {
    const options = { ...given, run: withoutGitTimes(given.run) };
    const session = openBuilderSession(options);
    const keeper = keepCaches(options);
    const fresh = new Set();
    const onFresh = (name) => fresh.add(name);
    return {
        prepare: session.prepare,
        async build(order) {
            const started = performance.now();
            throwIfCancelled(options.signal);
            const place = () => placeSecrets(secretOrder(options, order));
            const secrets = await place();
            const work = { options, session, keeper, order, secrets, onFresh };
            const { leg, builder, emulated, sbom, again } = await buildOrAgain(work).finally(secrets.remove);
            const { name, driver, reason, nodes, buildkit, buildx } = builder;
            const caches = keeper.finish({
                order,
                builder: name,
                layout: leg.layout,
                legs: leg.caches,
                placeSecrets: place,
                discard: () => session.discard(builder),
                ...(again !== undefined && { without: 'the build had to be begun again without caches' }),
            });
            const facts = {
                builder: { name, driver, reason, nodes, ...(buildkit && { buildkit }), ...(buildx && { buildx }) },
                metadataDigest: leg.digest,
                steps: leg.steps,
                notes: leg.notes,
                caches,
                ...(emulated && { emulated }),
                ...(sbom && { sbom }),
                ...(again !== undefined && { again }),
                seconds: (performance.now() - started) / 1000,
            };
            return { layout: leg.layout, outputs: leg.outputs, facts };
        },
        async buildOutputs(order) {
            throwIfCancelled(options.signal);
            const secrets = await placeSecrets(secretOrder(options, order));
            const work = { options, session, keeper, order, secrets, onFresh, outputsAlone: true };
            return buildOrAgain(work)
                .then(({ leg }) => leg.outputs)
                .finally(secrets.remove);
        },
        async call(order, call) {
            throwIfCancelled(options.signal);
            const secrets = await placeSecrets(secretOrder(options, order));
            return session
                .choose(order)
                .then(builder => callBuildx({ options, builder, order, call, secrets }))
                .finally(secrets.remove);
        },
        writeCaches: keeper.write,
        async close() {
            await keeper.close();
            // After a cancel the runner waits for seconds only, and the post step knows them.
            const left = options.sharing?.cancelled() === true;
            const problems = await Promise.all(left ? [] : [...fresh].map(name => removeBuilder(session.docker, name)));
            fresh.clear();
            for (const problem of problems)
                if (problem !== undefined)
                    options.onLine(`a builder could not be removed: ${problem}`);
            await session.close();
        },
    };
}
function secretOrder(options, { secrets }) {
    return {
        secrets,
        values: options.secrets ?? new Map(),
        token: options.token,
        env: options.env,
        directory: options.directory,
        cwd: options.cwd ?? '.',
        onSecret: value => options.onSecret?.(value),
    };
}

;// CONCATENATED MODULE: ./lib/tools/buildx-program.js
// The input `buildx-version`, or an installed buildx that does not do -> every `docker buildx` goes to a verified program instead.


/** Throws UserError at once for a version that is not known; nothing is fetched before the first `docker buildx`. */
function createBuildxProgram({ run, version, install, onNote, pins = BUILDX }) {
    if (version !== undefined)
        checkVersion(version, pins);
    let path;
    let coming;
    const fetch = (wanted) => (coming ??= install(wanted).then(tool => {
        onNote(`buildx ${tool.version} is used instead of the installed one, sha256 ${tool.sha256}`);
        return (path = tool.path);
    }));
    return {
        run: async (command, args, options) => {
            if (command !== 'docker' || args[0] !== 'buildx')
                return run(command, args, options);
            const program = version === undefined ? path : await fetch(version);
            return program === undefined ? run(command, args, options) : run(program, args.slice(1), options);
        },
        replace: async (problem) => {
            onNote(`${problem.message}: buildx ${defaultVersion(pins)} is downloaded`);
            try {
                await fetch();
            }
            catch (cause) {
                coming = undefined;
                throw new errors/* UserError */.yo(`${problem.message}; and buildx ${defaultVersion(pins)} could not be downloaded: ${(0,errors/* explain */.WE)(cause).message}`, {
                    ...(problem.hint !== undefined && { hint: problem.hint }),
                    cause,
                });
            }
        },
        path: () => path,
    };
}
function checkVersion(version, { rows }) {
    if (Object.hasOwn(rows, version.replace(/^v(?=\d)/, '')))
        return;
    throw new errors/* UserError */.yo(`buildx-version: no checksum of buildx ${version} is built in`, {
        hint: `Versions with one: ${Object.keys(rows).join(', ')}. For another, run docker/setup-buildx-action before this step and leave buildx-version out.`,
    });
}

;// CONCATENATED MODULE: ./lib/tools/disk-memory.js
// How large the last build of the same thing was: a small file in the tool cache, for the next guess.




/** Builds that are remembered; the oldest goes. */
const disk_memory_KEPT = 200;
/** Two orders with one key build the same thing at different commits. */
function keyOf({ names, context, file, target, platforms }) {
    const repositories = names.map(name => name.replace(/[:@][^/]*$/, ''));
    const parts = [
        [...new Set(repositories)].sort(),
        context.replace(/#.*$/, ''),
        file ?? '',
        target ?? '',
        platforms.map(plan_platform/* platformName */.$r),
    ];
    return (0,external_node_crypto_.createHash)('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
}
/** Bytes of its layout; undefined when nobody knows. */
async function recall(file, key) {
    const bytes = (await disk_memory_read(file))[key];
    return typeof bytes === 'number' && bytes > 0 ? bytes : undefined;
}
/** Never throws: without a memory the next guess is worse, that is all. */
async function remember(file, key, bytes) {
    try {
        const others = Object.entries(await disk_memory_read(file)).filter(([other]) => other !== key);
        const kept = others.slice(1 - disk_memory_KEPT);
        await (0,promises_.mkdir)(external_node_path_.dirname(file), { recursive: true });
        const fresh = `${file}.${process.pid}`;
        await (0,promises_.writeFile)(fresh, JSON.stringify({ ...Object.fromEntries(kept), [key]: bytes }));
        await (0,promises_.rename)(fresh, file);
    }
    catch {
        return;
    }
}
async function disk_memory_read(file) {
    try {
        const value = JSON.parse(await (0,promises_.readFile)(file, 'utf8'));
        return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
    }
    catch {
        return {};
    }
}

;// CONCATENATED MODULE: ./lib/tools/disk-space.js
// Directories -> free bytes, and how many bytes lie in them; looking is bounded in time, because it only serves a guess.


async function spaceOf(directory) {
    try {
        const [{ bavail, bsize }, { dev }] = await Promise.all([(0,promises_.statfs)(directory), (0,promises_.lstat)(directory)]);
        return { free: bavail * bsize, device: dev };
    }
    catch {
        return undefined;
    }
}
/** Bytes of the files below `directory`, links not followed. `isLeftOut` gets paths relative to it. Milliseconds. Never throws: what cannot be read counts nothing. */
async function countBytes(directory, milliseconds, isLeftOut = () => false) {
    const end = performance.now() + milliseconds;
    const waiting = [''];
    let bytes = 0;
    for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
        if (performance.now() > end)
            return { bytes, whole: false };
        const entries = await (0,promises_.readdir)(external_node_path_.join(directory, at), { withFileTypes: true }).catch(() => []);
        for (const entry of entries) {
            const relative = external_node_path_.join(at, entry.name);
            if (isLeftOut(relative))
                continue;
            if (entry.isDirectory())
                waiting.push(relative);
            else if (entry.isFile())
                bytes += (await (0,promises_.lstat)(external_node_path_.join(directory, relative)).catch(() => undefined))?.size ?? 0;
        }
    }
    return { bytes, whole: true };
}
/**
 * The lines of a .dockerignore -> what is surely left out of a context: names, paths and `*` without exceptions. A pattern that is not understood leaves nothing
 * out: the guess gets larger, never smaller.
 */
function leftOut(dockerignore) {
    const lines = dockerignore.split(/\r?\n/).map(line => line.trim());
    // With an exception nobody knows what stays of the rest.
    if (lines.some(line => line.startsWith('!')))
        return () => false;
    const patterns = lines.filter(line => line !== '' && !line.startsWith('#')).flatMap(patternOf);
    return relative => patterns.some(pattern => pattern.test(relative));
}
function patternOf(line) {
    const clean = line.replace(/^\.?\/+/, '').replace(/\/+$/, '');
    if (clean === '' || /[[\]\\?]/.test(clean))
        return [];
    const parts = clean.split(/(\*\*\/|\*\*|\*)/).map(part => {
        if (part === '**/')
            return '(?:.*/)?';
        if (part === '**')
            return '.*';
        return part === '*' ? '[^/]*' : part.replace(/[.+^${}()|]/g, String.raw `\$&`);
    });
    return [new RegExp(`^${parts.join('')}(?:/|$)`)];
}
/** `1.4 GB`: decimal, as `docker system df` counts. */
function inWords(bytes) {
    const units = ['B', 'kB', 'MB', 'GB', 'TB'];
    const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
    return `${(bytes / 1000 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power] ?? 'B'}`;
}

;// CONCATENATED MODULE: ./lib/tools/disk-guard.js
// A Builder -> the same one that looks at the disk first, and says what is on it when it is full.






/** Nothing is counted where so much is free. */
const PLENTY = 20e9;
/** Milliseconds that a guess may take, and an answer of the engine. */
const LOOK = 500;
const disk_guard_QUESTION = 5_000;
/** An engine keeps content, unpacked files and cache of what it builds. */
const ENGINE_TIMES = 3;
const FULL = /no space left on device|ENOSPC|disk quota exceeded/i;
const WAYS = 'Free space before this step (docker system prune, unused toolchains of the runner), write less (.dockerignore, fewer platforms a job), or take a larger runner.';
/** Wraps a builder. Before the build there are only warnings: what is remembered may have been an accident, and is corrected only by a build that is let. */
function guardDisk(builder, options) {
    const memory = external_node_path_.join(options.toolCache, 'build-sizes.json');
    return {
        ...builder,
        async build(order) {
            const key = keyOf(order);
            const last = await recall(memory, key);
            // Beside the build.
            const looks = [lookAtRunDirectory, lookAtEngine].map(look => look(options, order, last).catch(() => undefined));
            try {
                const built = await builder.build(order);
                await remember(memory, key, await layoutBytes(built));
                return built;
            }
            catch (error) {
                throw await explainFull(error, options);
            }
            finally {
                await Promise.all(looks);
            }
        },
    };
}
async function layoutBytes({ layout }) {
    return (await countBytes(layout, LOOK)).bytes;
}
/** Last time's layout, which is written here whatever is cached; a context says little about an image, so it only warns. */
async function lookAtRunDirectory(options, order, last) {
    const space = await spaceOf(options.directory);
    if (space === undefined || space.free > PLENTY)
        return;
    const need = last ?? (await contextBytes(options, order))?.bytes ?? 0;
    const numbers = `${inWords(space.free)} are free at ${options.directory}, where the image is written, and ${basis(last, need)}`;
    if (space.free < need * 1.2)
        options.onWarning(`The disk may be too small for this build: ${numbers}. ${WAYS}`);
}
async function lookAtEngine(options, order, last) {
    const root = await engineRoot(options);
    const space = root === undefined ? undefined : await spaceOf(root);
    if (root === undefined || space === undefined || space.free > PLENTY)
        return;
    const need = last ?? (await contextBytes(options, order))?.bytes ?? 0;
    if (space.free >= need * ENGINE_TIMES)
        return;
    const numbers = `${inWords(space.free)} are free at ${root}, where the engine keeps what it builds, and ${basis(last, need)}`;
    options.onWarning(`The disk of the engine may be too small for this build: ${numbers}; it needs room for content, unpacked files and cache. ${WAYS}`);
}
function basis(last, need) {
    return last === undefined ? `the context alone has at least ${inWords(need)}` : `the last build of it had ${inWords(need)}`;
}
/** Where an engine of this machine keeps its things; undefined for one elsewhere, or none. */
async function engineRoot({ docker, env }) {
    const host = env['DOCKER_HOST'] ?? '';
    if (host !== '' && !host.startsWith('unix://'))
        return undefined;
    const { exitCode, stdout } = await docker(['info', '--format', '{{.DockerRootDir}}'], { timeout: disk_guard_QUESTION });
    const root = stdout.trim();
    return exitCode === 0 && external_node_path_.isAbsolute(root) ? root : undefined;
}
/** A context on this machine, less what its .dockerignore surely leaves out. */
async function contextBytes({ cwd }, { context }) {
    if ((0,git_address/* parseContext */.DO)(context).kind !== 'path')
        return undefined;
    const directory = external_node_path_.resolve(cwd, context);
    const ignored = await (0,promises_.readFile)(external_node_path_.join(directory, '.dockerignore'), 'utf8').catch(() => '');
    return countBytes(directory, LOOK, leftOut(ignored));
}
/** An error of a full disk, with what lies on it; every other error as it came. */
async function explainFull(error, options) {
    const words = error instanceof errors/* ToolError */.v4 ? [error.message, ...error.tail].join('\n') : error instanceof Error ? error.message : '';
    if (!FULL.test(words))
        return error;
    const found = await whatIsThere(options).catch(() => []);
    const tool = error instanceof errors/* ToolError */.v4 ? error : undefined;
    return new errors/* ToolError */.v4(tool?.message ?? `The disk is full: ${words}`, {
        tool: tool?.tool ?? 'docker buildx build',
        tail: [...(tool?.tail ?? []), '', 'What lies on the disk:', ...found],
        hint: `The disk is full. ${WAYS}`,
        cause: error,
        ...(tool?.exitCode !== undefined && { exitCode: tool.exitCode }),
        ...(tool?.place && { place: tool.place }),
    });
}
/** Free bytes and the large parts that we know of, a line each, largest first. */
async function whatIsThere(options) {
    const { docker, directory, toolCache, env } = options;
    const [root, usage] = await Promise.all([
        engineRoot(options).catch(() => undefined),
        docker(['system', 'df', '--format', '{{.Type}}: {{.Size}}, of that {{.Reclaimable}} can be freed'], {
            timeout: disk_guard_QUESTION * 2,
        }),
    ]);
    const places = {
        'the directory of this run': directory,
        RUNNER_TEMP: env['RUNNER_TEMP'],
        'our tool cache': toolCache,
        'the engine': root,
    };
    const lines = await Promise.all(Object.entries(places).map(async ([name, place]) => {
        if (place === undefined || place === '')
            return [];
        const space = await spaceOf(place);
        if (space === undefined)
            return [];
        // The engine tells itself what it holds.
        const counted = place === root ? undefined : await countBytes(place, LOOK * 2);
        const holds = counted === undefined ? '' : ` ${counted.whole ? '' : 'at least '}${inWords(counted.bytes)},`;
        return [`  ${name} (${place}):${holds} ${inWords(space.free)} free`];
    }));
    const engine = usage.exitCode === 0 ? usage.stdout.split('\n').filter(line => line !== '') : [];
    return [...lines.flat(), ...engine.map(line => `  docker, ${line}`)];
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




const cosign_session_OLDEST = '3.0.6';
/** Releases say their version; builds of distributions say `devel` and are asked for a flag that came with 3.0. */
async function cosign_session_checkVersion(session) {
    const { path, version: known } = session.options.cosign;
    const version = known ?? /"gitVersion":\s*"v?([^"]*)"/.exec((await must(session, 'version', ['version', '--json'])).stdout)?.[1] ?? '';
    if ((0,semver.valid)(version) !== null) {
        if ((0,semver.gte)(version, cosign_session_OLDEST))
            return;
        throw new errors/* UserError */.yo(`${path} is cosign ${version}; ${cosign_session_OLDEST} or newer is needed`, {
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
    await cosign_session_checkVersion(session);
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
            const answer = await cosign_lookFor(parts, subject, verifiers, wanted.annotations);
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
async function cosign_lookFor({ session, trust }, subject, verifiers, annotations) {
    let answer = { kind: 'none', reason: 'no verifier' };
    for (const verifier of verifiers) {
        const result = await call(session, verifyArgs(subject, verifier, trust, annotations));
        answer = readVerification(result, { digest: subject.digest, annotations }, failureOptions(session));
        if (answer.kind !== 'none' || !/expected GithubWorkflowTrigger/.test(answer.reason))
            return answer;
    }
    return answer;
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
        const answer = await download_follow(new URL(request.url), request, send, idle, signal);
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
async function download_follow(url, request, send, idle, signal, left = REDIRECTS) {
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
        return download_follow(new URL(to, url), request, send, idle, signal, left - 1);
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
/** buildx, ready to run on its own. */
function installBuildx(options) {
    return install(options.pins ?? BUILDX, options, async (file) => {
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
        hint: `Versions with one: ${Object.keys(table.rows).join(', ')}. For another, ${insteadOf(table)}.`,
    });
}
function insteadOf({ tool, instead }) {
    return instead ?? `install ${tool} yourself and name it with ${tool}-path`;
}
function architectureOf(table, { machine = process }) {
    const architecture = machine.arch === 'x64' ? 'amd64' : machine.arch;
    if (machine.platform === 'linux' && (architecture === 'amd64' || architecture === 'arm64'))
        return architecture;
    throw new errors/* UserError */.yo(`no pinned ${table.tool} for this runner (${machine.platform}/${architecture}): only for linux/amd64 and linux/arm64`, {
        hint: `Use a Linux runner, or ${insteadOf(table)}.`,
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
        hint: `Without network, ${insteadOf(table)}.`,
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
        const args = VERSION_ARGUMENTS[table.tool]?.(empty) ?? ['version', '--json'];
        const result = await options.run(program, args, { env: {}, cwd: empty, timeout: VERSION_TIMEOUT });
        const version = readVersion(result.stdout);
        if (result.exitCode === 0 && version !== undefined)
            return version;
        throw new errors/* UserError */.yo(`${program} does not behave like ${table.tool}: asked for its version, it gave ${(0,command/* ending */.K1)(result, VERSION_TIMEOUT)}`, {
            hint: table.instead === undefined
                ? `Check ${table.tool}-path: it must be the program itself, for this machine's architecture.`
                : `Instead, ${table.instead}.`,
        });
    }
    finally {
        await (0,promises_.rm)(empty, { recursive: true, force: true });
    }
}
const VERSION_ARGUMENTS = {
    trivy: empty => ['version', '--format', 'json', '--cache-dir', empty],
    buildx: () => ['version'],
};
/** Trivy: `{"Version":"0.76.0",…}`, cosign: `{"gitVersion":"v3.1.1",…}`, buildx: `github.com/docker/buildx v0.36.1 48d6f3f`. */
function readVersion(stdout) {
    const buildx = /^\S+\/buildx v?(\d\S*)/.exec(stdout)?.[1];
    if (buildx !== undefined)
        return buildx;
    try {
        const answer = JSON.parse(stdout);
        const version = answer?.Version ?? answer?.gitVersion;
        return typeof version === 'string' && version !== '' ? version.replace(/^v(?=\d)/, '') : undefined;
    }
    catch {
        return undefined;
    }
}

// EXTERNAL MODULE: ./lib/bundle/bundle-file.js + 1 modules
var bundle_file = __webpack_require__(5324);
;// CONCATENATED MODULE: ./lib/bundle/tar.js
// Files -> the bytes of a tar archive, always the same; and an archive -> a list of what is in it, with everything refused that is no plain file.



const tar_BLOCK = 512;
/** The beginning of 1970, nobody's: what an archive says of time and owner must not hang on the machine. */
const MTIME = new Date(0);
/** The archive's bytes. Rejects with a UserError when a file does not have its size and digest. */
async function* packTar(entries, signal) {
    for (const entry of entries) {
        signal?.throwIfAborted();
        if ('bytes' in entry) {
            yield Buffer.concat([tar_headerOf(entry.name, entry.bytes.length), entry.bytes, padding(entry.bytes.length)]);
        }
        else if ('digest' in entry) {
            yield tar_headerOf(entry.name, entry.size);
            yield* checkedBytes(entry, signal);
            yield padding(entry.size);
        }
        else {
            yield tar_headerOf(entry.name, 0);
        }
    }
    yield Buffer.alloc(2 * tar_BLOCK);
}
async function* checkedBytes({ name, size, digest, read }, signal) {
    const hash = (0,external_node_crypto_.createHash)('sha256');
    let written = 0;
    for await (const chunk of read()) {
        signal?.throwIfAborted();
        hash.update(chunk);
        written += chunk.length;
        if (written > size)
            break;
        yield chunk;
    }
    const found = `sha256:${hash.digest('hex')}`;
    if (written !== size)
        throw (0,bundle_parse/* broken */.mw)(`${name} (${digest}) has ${written > size ? 'more than ' : ''}${Math.min(written, size)} bytes, ${size} are expected`);
    if (found !== digest)
        throw (0,bundle_parse/* broken */.mw)(`${name} was changed: its bytes have the digest ${found}`);
}
function tar_headerOf(path, size) {
    const directory = path.endsWith('/');
    const block = Buffer.alloc(tar_BLOCK);
    const header = new index_min/* Header */.Y9({
        path,
        size,
        type: directory ? 'Directory' : 'File',
        mode: directory ? 0o755 : 0o644,
        uid: 0,
        gid: 0,
        mtime: MTIME,
    });
    if (header.encode(block))
        throw new Error(`${path} does not fit into a tar header`);
    return block;
}
function padding(size) {
    return Buffer.alloc((tar_BLOCK - (size % tar_BLOCK)) % tar_BLOCK);
}
const MOST_ENTRIES = 50_000;
const LONGEST_EXTENSION = (/* unused pure expression or super */ null && (64 * 1024));
const FILES = (/* unused pure expression or super */ null && (['File', 'OldFile', 'ContiguousFile']));
/**
 * Lists the files of an archive without writing anything. Refuses (UserError) absolute names, `..`, links, devices, two files of one name, and sizes
 * beyond the end. `what` names the archive in messages.
 */
async function listTar(handle, what) {
    const { size: end } = await handle.stat();
    const files = new Map();
    let extended;
    let entries = 0;
    for (let at = 0; at + tar_BLOCK <= end;) {
        const header = new Header(await blockAt(handle, at), 0, extended);
        if (header.nullBlock)
            break;
        if (!header.cksumValid)
            throw notReadable(what, at);
        const { type, size = 0, path = '' } = header;
        const next = at + tar_BLOCK + Math.ceil(size / tar_BLOCK) * tar_BLOCK;
        if (!Number.isSafeInteger(next) || size < 0 || at + tar_BLOCK + size > end)
            throw broken(`${what}: ${tar_nameOf(path)} is said to have ${size} bytes, but the archive ends before`);
        if ((entries += 1) > MOST_ENTRIES)
            throw broken(`${what} has more than ${MOST_ENTRIES} entries`);
        if (type === 'ExtendedHeader' || type === 'OldExtendedHeader') {
            extended = await extensionAt(handle, { at: at + tar_BLOCK, size }, what);
        }
        else {
            if (type !== 'GlobalExtendedHeader')
                add(files, { header, offset: at + tar_BLOCK, what });
            extended = undefined;
        }
        at = next;
    }
    return [...files.values()];
}
function add(files, { header, offset, what }) {
    const { type, size = 0, path = '' } = header;
    const name = safeName(path, what);
    if (type === 'Directory')
        return;
    if (!FILES.includes(type))
        throw broken(`${what}: ${tar_nameOf(path)} is no plain file but a ${wordFor(type)}, which is never unpacked`);
    if (files.has(name))
        throw broken(`${what} holds ${tar_nameOf(name)} twice: two readers could see two images`);
    files.set(name, { name, size, offset });
}
/** The name without `./`. What leads out of the directory is refused, though only known names are ever written. */
function safeName(path, what) {
    const parts = path.split('/').filter(part => part !== '' && part !== '.');
    if (path.startsWith('/'))
        throw broken(`${what}: ${tar_nameOf(path)} is an absolute path`);
    if (parts.includes('..'))
        throw broken(`${what}: ${tar_nameOf(path)} leads out of the archive's own directory`);
    return parts.join('/');
}
async function extensionAt(handle, { at, size }, what) {
    if (size > LONGEST_EXTENSION)
        throw broken(`${what} has an extended header of ${size} bytes at ${at}`);
    const bytes = Buffer.alloc(size);
    await handle.read(bytes, 0, size, at);
    return Pax.parse(bytes.toString('utf8'), undefined, false);
}
async function blockAt(handle, at) {
    const block = Buffer.alloc(tar_BLOCK);
    await handle.read(block, 0, tar_BLOCK, at);
    return block;
}
function notReadable(what, at) {
    return broken(at === 0
        ? `${what} is no tar archive (a compressed one must be unpacked first)`
        : `${what} is damaged at byte ${at}: the checksum of a header is wrong`);
}
function tar_nameOf(path) {
    return JSON.stringify(path.length > 120 ? `${path.slice(0, 120)}...` : path);
}
function wordFor(type) {
    return type.replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();
}

;// CONCATENATED MODULE: ./lib/bundle/archive.js
// A bundle -> one tar archive that container engines with either image store, other OCI tools and our own reader take: the same bytes for the same bundle.








const LAYOUT_FILE = '{"imageLayoutVersion":"1.0.0"}';
/** The bytes of the archive. Blobs are hashed while they are read: rejects with a UserError when one is not what it was. */
async function* archiveBytes(order, signal) {
    yield* packTar(await entriesOf(order), signal);
}
/** Writes the archive, whole or not at all; a file that is there is replaced. Rejects as archiveBytes() does, and with what the file system says. */
async function writeArchive(order, file, signal) {
    const draft = (0,external_node_path_.join)((0,external_node_path_.dirname)(file), `.${(0,external_node_path_.basename)(file)}.${(0,external_node_crypto_.randomBytes)(6).toString('hex')}`);
    try {
        const handle = await (0,promises_.open)(draft, 'wx', 0o644);
        try {
            for await (const chunk of archiveBytes(order, signal))
                await handle.writeFile(chunk);
            await handle.sync();
        }
        finally {
            await handle.close();
        }
        await (0,promises_.rename)(draft, file);
    }
    catch (error) {
        await (0,promises_.rm)(draft, { force: true });
        throw error;
    }
}
/** The image that engines without a multi-platform store get: of the machine's own platform, else the first. */
function classicImage({ images }, isNative) {
    return images.find(({ platform }) => isNative(platform)) ?? images[0];
}
/** What index.json lists for the whole bundle under these names, and the bytes of `oci-layout`. */
function describeLayout({ root, referrers }, names) {
    return { entries: [...namedDescriptors(root, names), ...referrers.map(({ manifest }) => manifest)], layoutFile: LAYOUT_FILE };
}
async function entriesOf({ bundle, names, only, classic, described = false }) {
    const root = only === undefined ? bundle.root : { ...only.manifest, platform: only.platform };
    const referrers = only === undefined ? bundle.referrers.map(({ manifest }) => manifest) : [];
    const blobs = only === undefined ? [...bundle.manifests, ...referrers, ...bundle.blobs] : [only.manifest, only.config, ...only.layers];
    const index = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: oci/* MEDIA */.Rn.index, manifests: [...namedDescriptors(root, names), ...referrers] }));
    const layout = Buffer.from(LAYOUT_FILE);
    const files = { 'index.json': index, 'oci-layout': layout };
    const description = described ? await (0,bundle_file/* readBundleFile */.zi)(bundle.directory) : undefined;
    return [
        { name: 'blobs/' },
        { name: 'blobs/sha256/' },
        ...[...new Map(blobs.map(blob => [blob.digest, blob])).values()].sort(byDigest).map(blob => ({
            name: `blobs/sha256/${hexOf(blob)}`,
            size: blob.size,
            digest: blob.digest,
            read: () => (0,external_node_fs_.createReadStream)((0,bundle_blobs/* blobPath */.nD)(bundle.directory, blob.digest), { highWaterMark: 1024 * 1024 }),
        })),
        ...(description === undefined ? [] : [{ name: 'bundle.json', bytes: Buffer.from((0,bundle_file/* sealBundleFile */.Cn)(description, files)) }]),
        { name: 'index.json', bytes: index },
        ...(classic === undefined ? [] : [{ name: 'manifest.json', bytes: Buffer.from(classicManifest(classic, names)) }]),
        { name: 'oci-layout', bytes: layout },
    ];
}
/** One entry for each name, as BuildKit writes it: engines read the first annotation, other OCI tools the second. */
function namedDescriptors(root, names) {
    const { mediaType, digest, size, platform } = root;
    const bare = { mediaType, digest, size, ...(platform === undefined ? {} : { platform }) };
    const unique = [...new Set(names.map(fullName))];
    if (unique.length === 0)
        return [bare];
    return unique.map(name => ({
        ...bare,
        annotations: {
            'io.containerd.image.name': name,
            'org.opencontainers.image.ref.name': name.slice(name.lastIndexOf(':') + 1),
        },
    }));
}
/** `acme/app:1` is `docker.io/acme/app:1`: containerd wants names whole. */
function fullName(name) {
    const [first = '', ...rest] = name.split('/');
    if (rest.length > 0 && (/[.:]/.test(first) || first === 'localhost'))
        return name;
    return `docker.io/${rest.length === 0 ? 'library/' : ''}${name}`;
}
/** The form of `docker save`, for engines with the classic image store. */
function classicManifest({ config, layers }, names) {
    const path = (blob) => `blobs/sha256/${hexOf(blob)}`;
    return JSON.stringify([{ Config: path(config), RepoTags: [...new Set(names)], Layers: layers.map(path) }]);
}
function hexOf({ digest }) {
    return digest.slice('sha256:'.length);
}
function byDigest(a, b) {
    return a.digest < b.digest ? -1 : 1;
}

;// CONCATENATED MODULE: ./lib/tools/engine.js
// The Docker engine of this machine: is it there, and does it take an image, the very one that was scanned?




const engine_QUESTION = 60_000;
const LOADING = 15 * 60_000;
const WITHOUT = 'Leave "load" (and outputs of type=image or type=docker without dest) out, or start Docker before this step. "export" writes an archive that needs no engine.';
/** Throws UserError when no engine answers. */
async function askEngine(options) {
    const result = await docker(options, ['version', '--format', '{{.Server.Version}}'], { timeout: engine_QUESTION }).catch((error) => {
        if (!(error instanceof errors/* ToolError */.v4))
            throw error;
        throw new errors/* UserError */.yo(`load: ${error.message}`, { hint: WITHOUT, cause: error });
    });
    engine_throwIfCancelled(options);
    if (result.exitCode === 0 && /\d/.test(result.stdout))
        return;
    throw new errors/* UserError */.yo(`load: there is no Docker engine to load into: ${engine_lastWords(result)}`, { hint: WITHOUT });
}
/**
 * Streams the image into `docker load` and asks the engine for it under every name. An image that is alone in its bundle goes in with its index and
 * attestations, as it is published. Resolves to the id by which this engine knows it; throws ToolError when that is not the id of the scanned image.
 */
async function loadImage(options, { bundle, image, names }) {
    const alone = bundle.images.length === 1 && bundle.referrers.length === 0;
    const input = archiveBytes({ bundle, names, classic: image, ...(!alone && { only: image }) }, options.signal);
    const what = `${(0,plan_platform/* platformName */.$r)(image.platform)} (${image.manifest.digest})`;
    const loaded = await docker(options, ['image', 'load'], { timeout: LOADING, input });
    engine_throwIfCancelled(options);
    if (loaded.exitCode !== 0)
        throw failed(`The image of ${what} could not be loaded: ${engine_lastWords(loaded)}`, loaded);
    // The classic store calls an image by its config, the containerd store by what was loaded.
    const ids = [image.config.digest, alone ? bundle.root.digest : image.manifest.digest];
    const found = await Promise.all(names.map(name => idOf(options, name)));
    const wrong = found.findIndex(id => !ids.includes(id));
    if (wrong !== -1 || found[0] === undefined)
        throw new errors/* ToolError */.v4(`The engine knows ${names[wrong] ?? what} as ${found[wrong] ?? 'nothing'} after loading ${what}: expected was ${ids.join(' or ')}`, {
            tool: 'docker image load',
            hint: 'Does another step or job load an image of the same name into this engine at the same time?',
        });
    return found[0];
}
async function idOf(options, name) {
    const result = await docker(options, ['image', 'inspect', '--format', '{{.Id}}', name], { timeout: engine_QUESTION });
    engine_throwIfCancelled(options);
    if (result.exitCode !== 0)
        throw failed(`The engine does not know ${name} after it was loaded: ${engine_lastWords(result)}`, result);
    return result.stdout.trim();
}
function docker({ run, env, signal, onStart }, args, more) {
    return run('docker', args, { env, ...more, ...(signal && { signal }), ...(onStart && { onStart }) });
}
function failed(message, result) {
    const full = /no space left on device/i.test(result.stderr);
    return new errors/* ToolError */.v4(message, {
        tool: 'docker image load',
        tail: (0,command/* tail */.RT)(result.stderr),
        ...(result.exitCode !== null && { exitCode: result.exitCode }),
        hint: full ? 'The disk of the engine is full: free space before this step (docker system prune).' : 'Nothing was published.',
    });
}
function engine_throwIfCancelled({ signal }) {
    if (signal?.aborted === true)
        throw new errors/* Cancelled */.cJ('The delivery was cancelled.');
}
function engine_lastWords(result) {
    return ((0,command/* tail */.RT)(result.stderr, 1)[0] ?? (0,command/* ending */.K1)(result, engine_QUESTION)).replace(/^(ERROR|docker): /, '');
}

;// CONCATENATED MODULE: ./lib/tools/move-output.js
// What buildx left in a private directory -> its place, as buildx would have written it there: directories grow together, files replace files.




/** Puts the directory `from` into the directory `to`, which may hold files already. Links are never followed; what stands in the way of another kind is replaced. */
async function mergeTree(from, to) {
    const there = await (0,promises_.stat)(to).catch(() => undefined);
    if (there === undefined) {
        await (0,promises_.mkdir)((0,external_node_path_.dirname)(to), { recursive: true });
        await relocate(from, to);
        return;
    }
    await mergeInto(from, to);
}
async function mergeInto(from, to) {
    for (const name of await (0,promises_.readdir)(from)) {
        const [source, target] = [(0,external_node_path_.join)(from, name), (0,external_node_path_.join)(to, name)];
        const [coming, there] = await Promise.all([(0,promises_.lstat)(source), (0,promises_.lstat)(target).catch(() => undefined)]);
        if (there !== undefined && coming.isDirectory() && there.isDirectory()) {
            await mergeInto(source, target);
            await dress(target, coming);
        }
        else {
            if (there?.isDirectory() === true || (there !== undefined && coming.isDirectory()))
                await (0,promises_.rm)(target, { recursive: true, force: true });
            await relocate(source, target);
        }
    }
}
/** Puts the file `from` at `to`, replacing a file there, in one step. */
async function replaceFile(from, to) {
    await (0,promises_.mkdir)((0,external_node_path_.dirname)(to), { recursive: true });
    await relocate(from, to);
}
/** Across file systems it is copied beside its place first, so that nobody sees half of it. */
async function relocate(from, to) {
    try {
        await (0,promises_.rename)(from, to);
    }
    catch (error) {
        if (error.code !== 'EXDEV')
            throw error;
        const draft = (0,external_node_path_.join)((0,external_node_path_.dirname)(to), `.${(0,external_node_path_.basename)(to)}.${(0,external_node_crypto_.randomBytes)(6).toString('hex')}`);
        try {
            await copyTree(from, draft);
            await (0,promises_.rename)(draft, to);
        }
        catch (failure) {
            await (0,promises_.rm)(draft, { recursive: true, force: true });
            throw failure;
        }
        await (0,promises_.rm)(from, { recursive: true, force: true });
    }
}
/** A copy with modes and times, links as links; exported for its test. Throws for what is neither file, directory nor link. */
async function copyTree(from, to) {
    const found = await (0,promises_.lstat)(from);
    if (found.isSymbolicLink()) {
        await (0,promises_.symlink)(await (0,promises_.readlink)(from), to);
    }
    else if (found.isDirectory()) {
        await (0,promises_.mkdir)(to, { mode: 0o700 });
        for (const name of await (0,promises_.readdir)(from))
            await copyTree((0,external_node_path_.join)(from, name), (0,external_node_path_.join)(to, name));
        await dress(to, found);
    }
    else if (found.isFile()) {
        await (0,promises_.copyFile)(from, to, promises_.constants.COPYFILE_FICLONE | promises_.constants.COPYFILE_EXCL);
        await dress(to, found);
    }
    else {
        throw new errors/* UserError */.yo(`${(0,external_node_path_.basename)(from)} is a device or a pipe, which cannot be copied to another file system`, {
            hint: 'Write the output to the file system of RUNNER_TEMP, or take type=tar.',
        });
    }
}
async function dress(path, { mode, atime, mtime }) {
    await (0,promises_.chmod)(path, mode & 0o7777);
    await (0,promises_.utimes)(path, atime, mtime);
}
/** Why nothing can be written at `path`, in words that follow the path; undefined when it looks well. Makes nothing. */
async function placeProblem(path, wants) {
    const there = await (0,promises_.stat)(path).catch(() => undefined);
    // A file takes the place of a link.
    if (there === undefined && wants === 'directory' && (await isLink(path)))
        return 'is a link that leads nowhere; name another place';
    if (there !== undefined && there.isDirectory() !== (wants === 'directory'))
        return wants === 'file' ? 'is a directory; name a file' : 'is a file; name a directory';
    if (there !== undefined && wants === 'directory')
        return accessProblem(path, path);
    let parent = (0,external_node_path_.dirname)(path);
    while ((await (0,promises_.stat)(parent).catch(() => undefined)) === undefined && (0,external_node_path_.dirname)(parent) !== parent) {
        if (await isLink(parent))
            return `lies below ${parent}, which is a link that leads nowhere`;
        parent = (0,external_node_path_.dirname)(parent);
    }
    if (!(await (0,promises_.stat)(parent)).isDirectory())
        return `lies below ${parent}, which is a file`;
    return accessProblem(parent, path);
}
async function isLink(path) {
    return (await (0,promises_.lstat)(path).catch(() => undefined))?.isSymbolicLink() === true;
}
async function accessProblem(directory, path) {
    try {
        await (0,promises_.access)(directory, promises_.constants.W_OK | promises_.constants.X_OK);
        return undefined;
    }
    catch (error) {
        const where = directory === path ? '' : ` in ${directory}`;
        return `cannot be written: ${reason(error)}${where}`;
    }
}
const REASONS = {
    EACCES: 'permission denied',
    EPERM: 'permission denied',
    EROFS: 'the file system is read-only',
    ENOSPC: 'the disk is full',
    EDQUOT: 'the quota is used up',
    ENOTDIR: 'a part of its path is a file',
    EISDIR: 'it is a directory',
    ENAMETOOLONG: 'its name is too long',
    EFBIG: 'the file system takes no file of this size',
};
/** What the file system said, in words. Undefined for anything else. */
function fileProblem(error) {
    const code = error?.code;
    return typeof code === 'string' && /^E[A-Z]+$/.test(code) ? reason(error) : undefined;
}
function reason(error) {
    const { code = '', message } = error;
    return REASONS[code] ?? message;
}

;// CONCATENATED MODULE: ./lib/tools/machine.js
// Machine: the file system and the engine of this machine, for what is handed over after the gate.










/** The real one. */
function createMachine(options) {
    const { cwd, signal } = options;
    /** What the file system says becomes one line that names the input and the place. */
    const written = async (input, dest, work) => {
        try {
            return await work((0,external_node_path_.resolve)(cwd, dest));
        }
        catch (error) {
            if (signal?.aborted === true)
                throw new errors/* Cancelled */.cJ('The delivery was cancelled.');
            const problem = fileProblem(error);
            if (problem === undefined)
                throw error;
            throw new errors/* UserError */.yo(`${input}: ${dest} could not be written: ${problem}`, {
                hint: 'Nothing was published. Name another place, or make room and rights before this step.',
                cause: error,
            });
        }
    };
    let engine = true;
    return {
        async prepare(delivery) {
            const asked = delivery.load === undefined ? undefined : askEngine(options);
            const forgiven = asked?.catch((error) => {
                if (delivery.loadsIfEngine !== true || !(error instanceof errors/* UserError */.yo))
                    throw error;
                engine = false;
                options.onWarning?.(`outputs: type=image is not followed: ${error.message.replace(/^load: /, '')}`);
            });
            await Promise.all([forgiven, checkPlaces(cwd, delivery)]);
        },
        moveOutput: (from, { type, dest }) => written('outputs', dest, path => (type === 'local' ? mergeTree(from, path) : replaceFile(from, path))),
        writeImage: (bundle, output, names) => written('outputs', output.dest, async (path) => {
            await (0,promises_.mkdir)((0,external_node_path_.dirname)(path), { recursive: true });
            if (isDirectory(output))
                return writeLayout(bundle, path, names);
            const classic = output.type === 'docker' ? classicImage(bundle, machine_isNative) : undefined;
            return writeArchive({ bundle, names, ...(classic && { classic }) }, path, signal);
        }),
        load: (bundle, image, names) => (engine ? loadImage(options, { bundle, image, names }) : Promise.resolve(undefined)),
        archive: (bundle, file, names) => written('export', file, async (path) => {
            await (0,promises_.mkdir)((0,external_node_path_.dirname)(path), { recursive: true });
            const classic = classicImage(bundle, machine_isNative);
            await writeArchive({ bundle, names, described: true, ...(classic && { classic }) }, path, signal);
            return path;
        }),
    };
}
/** What an engine on this machine runs without emulation. */
function machine_isNative(platform) {
    const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
    return (0,plan_platform/* platformName */.$r)(platform) === `linux/${architecture}`;
}
function isDirectory({ type, attributes }) {
    return type === 'local' || (type === 'oci' && /^(?:0|f|false)$/i.test(attributes['tar'] ?? ''));
}
async function checkPlaces(cwd, { outputs, export: archive }) {
    const places = [
        ...outputs.map(output => ({ input: 'outputs', dest: output.dest, wants: isDirectory(output) ? 'directory' : 'file' })),
        ...(archive === undefined ? [] : [{ input: 'export', dest: archive, wants: 'file' }]),
    ];
    for (const { input, dest, wants } of places) {
        const problem = await placeProblem((0,external_node_path_.resolve)(cwd, dest), wants);
        if (problem !== undefined)
            throw new errors/* UserError */.yo(`${input}: ${dest} ${problem}`, { hint: 'Nothing was built. Paths are relative to the workspace.' });
    }
}
/** As buildx writes `type=oci,tar=false`: into what is there already, an image of the same name replaced. */
async function writeLayout(bundle, directory, names) {
    await (0,promises_.mkdir)((0,external_node_path_.join)(directory, 'blobs', 'sha256'), { recursive: true });
    const { entries, layoutFile } = describeLayout(bundle, names);
    const blobs = [...bundle.manifests, ...bundle.referrers.map(({ manifest }) => manifest), ...bundle.blobs];
    for (const { digest, size } of blobs) {
        const target = (0,bundle_blobs/* blobPath */.nD)(directory, digest);
        const there = await (0,promises_.lstat)(target).catch(absent);
        if (there?.isFile() === true && there.size === size)
            continue;
        await inOneStep(target, draft => (0,promises_.copyFile)((0,bundle_blobs/* blobPath */.nD)(bundle.directory, digest), draft, promises_.constants.COPYFILE_FICLONE | promises_.constants.COPYFILE_EXCL));
    }
    const file = (0,external_node_path_.join)(directory, 'index.json');
    const before = await (0,promises_.readFile)(file).catch(absent);
    const others = before === undefined ? [] : (0,bundle_parse/* parseIndex */.A1)(before, file).manifests.filter(old => !entries.some(one => machine_isSame(one, old)));
    const index = { schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json', manifests: [...others, ...entries] };
    await inOneStep((0,external_node_path_.join)(directory, 'oci-layout'), draft => (0,promises_.writeFile)(draft, layoutFile, { flag: 'wx' }));
    await inOneStep(file, draft => (0,promises_.writeFile)(draft, JSON.stringify(index), { flag: 'wx' }));
}
/** Whoever reads the layout meanwhile sees the old file or the new one; a link gives way, and what it led to stays as it is. */
async function inOneStep(target, write) {
    const draft = (0,external_node_path_.join)((0,external_node_path_.dirname)(target), `.${(0,external_node_path_.basename)(target)}.${(0,external_node_crypto_.randomBytes)(6).toString('hex')}`);
    try {
        await write(draft);
        await (0,promises_.chmod)(draft, 0o644);
        await (0,promises_.rename)(draft, target);
    }
    catch (error) {
        await (0,promises_.rm)(draft, { force: true });
        throw error;
    }
}
function absent(error) {
    if (error.code !== 'ENOENT')
        throw error;
}
const machine_NAME = 'org.opencontainers.image.ref.name';
function machine_isSame(one, old) {
    const [name, before] = [one.annotations?.[machine_NAME], old.annotations?.[machine_NAME]];
    return name === undefined && before === undefined ? one.digest === old.digest : name === before;
}

;// CONCATENATED MODULE: ./lib/tools/piped-run.js
// A Run -> the same Run, which hands our standard input to every build that reads its context or its Dockerfile there.
/** `read` is asked at each such build: one build may be several runs of buildx, and each must get all of it. */
function pipeInput(run, read) {
    return async (command, args, options) => run(command, args, readsInput(args) ? { ...options, input: await read() } : options);
}
function readsInput(args) {
    if (args[0] !== 'buildx' || args[1] !== 'build')
        return false;
    return args.at(-1) === '-' || args.includes('--file=-') || args.some((word, at) => word === '-' && args[at - 1] === '--file');
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
        throw trivy_db_store_broken('it is not an artefact with exactly one layer');
    const { mediaType, digest, size } = layer;
    if (mediaType !== LAYER_TYPE)
        throw trivy_db_store_broken(`its layer is ${mediaType ?? 'of no type'}, not ${LAYER_TYPE}`);
    if (digest === undefined || !/^sha256:[0-9a-f]{64}$/.test(digest) || typeof size !== 'number' || size <= 0 || size > trivy_db_store_LARGEST)
        throw trivy_db_store_broken('its layer has no usable digest and size');
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
        const kept = files(trivy_db_store_directoryOf(directory, digest), digest);
        await moveTo(exchange, external_node_path_.dirname(kept.manifest));
        return sound(kept);
    };
    return {
        local: digest => sound(files(trivy_db_store_directoryOf(directory, digest), digest)),
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
                const kept = files(trivy_db_store_directoryOf(directory, manifest.digest), manifest.digest);
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
        throw trivy_db_store_broken(`the kept manifest has the digest ${seen}, not ${kept.digest}`);
    const layer = databaseLayer(manifest);
    const copy = external_node_path_.join(directory, 'db.tar.gz');
    await (0,promises_.copyFile)(kept.archive, copy);
    const digest = `sha256:${await sha256OfFile(copy)}`;
    if (digest !== layer.digest)
        throw trivy_db_store_broken(`the kept archive has the digest ${digest}, not ${layer.digest}`);
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
function trivy_db_store_directoryOf(directory, digest) {
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
    throw trivy_db_store_broken('its manifest is not JSON');
}
function trivy_db_store_broken(what) {
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
    await (0,bundle_blobs/* startLayout */.vx)(directory);
    const digests = new Set([image.manifest, image.config, ...image.layers].map(blob => blob.digest));
    for (const digest of digests)
        await (0,bundle_blobs/* linkBlob */.sm)(bundle.directory, directory, digest);
    const { mediaType, digest, size } = image.manifest;
    await (0,bundle_blobs/* finishLayout */.W2)(directory, { mediaType, digest, size, platform: image.platform });
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
/** A report of ours as an SPDX document; nothing is fetched or scanned. */
function convertArguments(report, output, neutral) {
    return [
        'convert',
        '--config',
        neutral.config,
        '--ignorefile',
        neutral.ignore,
        '--format',
        'spdx-json',
        '--output',
        output,
        report,
    ];
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

;// CONCATENATED MODULE: ./lib/tools/trivy-sbom.js
// A report that Trivy wrote -> an SPDX document of the packages in it, made by Trivy itself without looking at the image again.






/** What the SBOM needs of a report: its packages. Vulnerabilities would be old news by the time somebody reads it. */
function packagesOf(report) {
    const { Results, ...rest } = report;
    const results = Array.isArray(Results) ? Results : [];
    const kept = results.filter(result => 'Packages' in result);
    return { ...rest, Results: kept.map(({ Target, Class, Type, Packages }) => ({ Target, Class, Type, Packages })) };
}
/** The document of `packagesOf()` a report, with the image as its subject. Throws ToolError when Trivy cannot make it. */
async function convertToSpdx({ report, image, directory, name, neutral, runTrivy }) {
    const input = external_node_path_.join(directory, `${name}.packages.json`);
    const output = external_node_path_.join(directory, `${name}.spdx.json`);
    const { Metadata, ...rest } = report;
    const metadata = { ...Metadata, RepoDigests: [image] };
    try {
        await (0,promises_.writeFile)(input, JSON.stringify({ ...rest, ArtifactName: image, Metadata: metadata }));
        const result = await runTrivy(convertArguments(input, output, neutral));
        if (result.exitCode !== 0)
            throw new errors/* ToolError */.v4(`Trivy could not turn its report into an SBOM: ${(0,command/* ending */.K1)(result)}`, { tool: 'trivy convert' });
        return (0,bundle_parse/* parseObject */.lj)(await (0,promises_.readFile)(output), `SBOM of ${image}`);
    }
    finally {
        for (const left of [input, output])
            await (0,promises_.rm)(left, { force: true });
    }
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
const CONVERT_SECONDS = 120;
/** Makes the scanner. Nothing is started or fetched before prepare(). */
function createTrivy(options) {
    let prepared;
    const prepare = () => (prepared ??= prepareAll(options));
    /** Packages by the digest of the manifest, where an SBOM may be asked for. */
    const seen = new Map();
    return {
        prepare: async () => (await prepare()).facts,
        scan: async (bundle, image, settings) => {
            const raw = await scanImage(bundle, image, settings, await prepare(), options);
            if (settings.sbom === true && raw.report !== undefined)
                seen.set(image.manifest.digest, packagesOf(raw.report));
            return raw;
        },
        sbom: async (image, name) => sbomOf(image, name, seen.get(image.manifest.digest), await prepare(), options),
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
async function sbomOf({ manifest: { digest } }, name, report, prepared, options) {
    if (report === undefined)
        throw new errors/* ToolError */.v4(`the scan of ${digest} kept no report`, { tool: 'trivy' });
    const file = `sbom-${digest.slice(-12)}`;
    const temporary = external_node_path_.join(prepared.temporary, file);
    await (0,promises_.mkdir)(temporary, { recursive: true });
    const { neutral, reports: directory } = prepared;
    const runConvert = (args) => runTrivy(args, prepared, temporary, CONVERT_SECONDS, options);
    try {
        return await convertToSpdx({ report, image: `${name}@${digest}`, directory, name: file, neutral, runTrivy: runConvert });
    }
    finally {
        await (0,promises_.rm)(temporary, { recursive: true, force: true });
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
    const buildx = connectBuildx(around);
    const sharing = shareBuilder(around, buildx);
    const builder = createBuilder({
        run: pipeInput(buildx.run, () => readInput(around)),
        ...(sharing && { sharing }),
        replaceBuildx: buildx.replace,
        env,
        signal,
        directory,
        cwd: around.workspace,
        secrets: new Map(inputs.secrets.map(({ id, value }) => [id, value])),
        token: inputs.githubToken,
        onSecret: value => log.mask(value),
        onLine: line => log.info(line),
        onStart,
        caches: {
            directory: external_node_path_.join(around.toolCache, 'layers'),
            store: createCacheStore(line => log.warn(line), { signal }),
            credentials,
        },
    });
    const docker = (0,buildx_env/* dockerEnvironment */.O)(env);
    const guarded = guardDisk(builder, {
        docker: (args, { timeout }) => (0,command/* run */.eF)('docker', args, { env: docker, cwd: around.workspace, timeout, signal }),
        env,
        directory,
        cwd: around.workspace,
        toolCache: around.toolCache,
        onWarning: line => log.warn(line),
    });
    let signer;
    return {
        equipment: {
            registry,
            builder: guarded,
            machine: createMachine({ run: command/* run */.eF, env: (0,buildx_env/* dockerEnvironment */.O)(env), cwd: around.workspace, signal, onStart, onWarning: log.warn }),
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
/** In a job the program stays for the post step, which removes builders with it. */
function connectBuildx({ inputs, env, signal, directory, toolCache, log, afterJob }) {
    const onNote = (note) => log.info(note);
    const install = async (version) => {
        const inJob = (0,after_job/* findJob */.pC)(env) !== undefined;
        const place = inJob ? await (0,promises_.mkdtemp)(external_node_path_.join(external_node_path_.dirname(directory), 'seaworthy-buildx-')) : directory;
        if (inJob)
            afterJob.add({ kind: 'directory', path: place });
        const download = createDownload({ env, signal });
        return installBuildx({ version, directory: place, cache: toolCache, run: command/* run */.eF, download, onNote });
    };
    return createBuildxProgram({ run: command/* run */.eF, version: inputs.buildxVersion, install, onNote });
}
/** What says where the engine is, and buildx keeps its builders. */
const ENGINE = [
    'DOCKER_HOST',
    'DOCKER_CONTEXT',
    'DOCKER_CONFIG',
    'DOCKER_CERT_PATH',
    'DOCKER_TLS_VERIFY',
    'BUILDX_CONFIG',
    'HOME',
];
/** In a job a builder of ours serves its later steps too, and the post step removes it; elsewhere nobody would. */
function shareBuilder({ env, afterJob, cancelled }, buildx) {
    const place = (0,after_job/* findJob */.pC)(env);
    if (place === undefined)
        return undefined;
    const engine = Object.fromEntries(ENGINE.flatMap(name => (env[name] === undefined ? [] : [[name, env[name]]])));
    const onCreate = (name) => {
        const program = buildx.path();
        afterJob.add({ kind: 'builder', name, env: engine, ...(program !== undefined && { buildx: program }) });
    };
    return { ...place, onCreate, cancelled };
}
/** The plan has looked at it. */
async function readInput({ standardInput }) {
    const came = await standardInput?.();
    if (came === undefined || 'problem' in came)
        throw new Error('the build reads standard input, which was not read');
    return came.bytes;
}
function credentialsOf({ registry, username, password }) {
    return password === undefined || username === undefined ? [] : [{ registry: registry ?? 'docker.io', username, password }];
}
/** Milliseconds that the cache service may take for a database: then a mirror is asked, or the scan begins. */
const DATABASE = 30_000;
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
            store: createCacheStore(line => log.warn(line), { signal, limit: DATABASE }),
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
/** Runs a command to its end. Resolves however it ended; rejects with ToolError when it cannot be started at all, and with what the source of its input throws. */
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
        const fed = feed(child.stdin, options.input ?? '', end);
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
            if (fed.failure !== undefined)
                reject(fed.failure);
            resolve({ exitCode, signal, timedOut, stdout: out.join('\n'), stderr: err.join('\n'), seconds });
        });
    });
};
/** Writes the input. When its source fails, the child is ended, and the failure is that of the whole. */
function feed(stdin, input, end) {
    const fed = { failure: undefined };
    if (typeof input === 'string' || input instanceof Uint8Array) {
        stdin.end(input);
        return fed;
    }
    writePieces(stdin, input).catch((error) => {
        fed.failure = error instanceof Error ? error : new Error(String(error));
        stdin.destroy();
        end();
    });
    return fed;
}
/** A child that reads no more is told by its exit code: the rest is then left. */
async function writePieces(stdin, input) {
    for await (const piece of input) {
        if (stdin.destroyed)
            return;
        if (stdin.write(piece))
            continue;
        await new Promise(resolve => {
            const go = () => {
                stdin.off('drain', go).off('close', go);
                resolve();
            };
            stdin.on('drain', go).on('close', go);
        });
    }
    stdin.end();
}
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
