import { createRequire as __WEBPACK_EXTERNAL_createRequire } from "module";
/******/ var __webpack_modules__ = ({

/***/ 24:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {


// EXPORTS
__nccwpck_require__.d(__webpack_exports__, {
  n: () => (/* binding */ cleanUp)
});

;// CONCATENATED MODULE: external "node:fs/promises"
const promises_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:fs/promises");
;// CONCATENATED MODULE: ./lib/runner/after-job.js
// What is kept for later steps of a job -> a list in the runner's state, from which the post step of the same action removes it.
const STATE = 'cleanups';
/** The list of this step. */
function openAfterJob(commands) {
    const list = [];
    return {
        add: cleanup => {
            list.push(cleanup);
            commands.saveState(STATE, JSON.stringify(list));
        },
    };
}
/** What the main step of this very step left to do, the last first; nothing when it never came so far. */
function readCleanups(commands) {
    const text = commands.getState(STATE);
    if (text === '')
        return [];
    const list = JSON.parse(text);
    return list.toReversed();
}
/**
 * GITHUB_RUN_ID alone is not enough: legs of a matrix share it, with attempt and name of the job, and several runners may share one machine and its engine. The runner
 * gives each job a RUNNER_TRACKING_ID of its own, but some workflows overwrite that so that processes survive; each runner has its own RUNNER_NAME and RUNNER_TEMP.
 */
function findJob(env) {
    const value = (name) => env[name] ?? '';
    const inJob = value('RUNNER_TRACKING_ID') !== '' || value('GITHUB_RUN_ID') !== '';
    if (!inJob || value('GITHUB_STATE') === '')
        return undefined;
    const machine = [value('GITHUB_SERVER_URL'), value('GITHUB_REPOSITORY'), value('RUNNER_NAME')];
    const job = ['GITHUB_RUN_ID', 'GITHUB_RUN_ATTEMPT', 'GITHUB_JOB', 'RUNNER_TRACKING_ID', 'RUNNER_TEMP'].map(value);
    return { job: JSON.stringify([...machine, ...job]), machine: JSON.stringify(machine) };
}

;// CONCATENATED MODULE: external "node:crypto"
const external_node_crypto_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:crypto");
;// CONCATENATED MODULE: external "node:fs"
const external_node_fs_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:fs");
;// CONCATENATED MODULE: external "node:os"
const external_node_os_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:os");
;// CONCATENATED MODULE: ./lib/errors.js
// The two kinds of failure: what a user can put right (UserError, ToolError with a hint) and what is our own bug (anything else).
/** A mistake that the user can put right: one line that says what is wrong, and one that says what to do about it. */
class UserError extends Error {
    name = 'UserError';
    hint;
    constructor(message, options = {}) {
        super(message, options.cause === undefined ? undefined : { cause: options.cause });
        this.hint = options.hint;
    }
}
/** A tool ended badly: what was run (never with secrets), how it ended, the last lines it said, and our hint if we know one. */
class ToolError extends Error {
    name = 'ToolError';
    tool;
    exitCode;
    tail;
    hint;
    place;
    constructor(message, details) {
        super(message, details.cause === undefined ? undefined : { cause: details.cause });
        this.tool = details.tool;
        this.exitCode = details.exitCode;
        this.tail = details.tail ?? [];
        this.hint = details.hint;
        this.place = details.place;
    }
}
/** The run was asked to stop (SIGINT or SIGTERM). */
class Cancelled extends (/* unused pure expression or super */ null && (Error)) {
    name = 'Cancelled';
}
/** Turns anything thrown into what a person reads; a bug keeps its stack and causes in `details`. */
function explain(error) {
    if (error instanceof UserError)
        return { kind: 'user', message: error.message, ...hinted(error.hint), details: [] };
    if (error instanceof ToolError) {
        const { message, tool, place, tail } = error;
        return { kind: 'tool', message, tool, ...hinted(error.hint), ...(place !== undefined && { place }), details: tail };
    }
    if (error instanceof Cancelled)
        return { kind: 'cancelled', message: error.message, details: [] };
    const message = error instanceof Error ? error.message : String(error);
    if (isFullDisk(error))
        return {
            kind: 'user',
            message: `The disk is full: ${message}`,
            hint: 'Free space before this step (docker system prune, unused toolchains of the runner), or take a larger runner.',
            details: [],
        };
    return {
        kind: 'bug',
        message: `Unexpected failure inside Seaworthy: ${message}`,
        hint: 'This is probably a bug of Seaworthy, not of your workflow: please report it with the details below.',
        details: stackOf(error),
    };
}
/** Node's own words for it, however deep. */
function isFullDisk(error) {
    for (let cause = error, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth++) {
        if (['ENOSPC', 'EDQUOT'].includes(cause.code ?? ''))
            return true;
    }
    return false;
}
function hinted(hint) {
    return hint === undefined ? {} : { hint };
}
function stackOf(error) {
    const lines = [];
    for (let cause = error, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth++) {
        if (depth > 0)
            lines.push(`caused by: ${cause.message}`);
        lines.push(...(cause.stack ?? cause.message).split('\n'));
    }
    return lines;
}

;// CONCATENATED MODULE: ./lib/runner/commands.js
// The runner's own protocol -> functions: inputs from variables, outputs to a file, commands to the log (docs.github.com, "Workflow commands").




/** Speaks to the runner that gave this environment; `write` gets what goes to standard output. */
function createCommands(env, write) {
    const command = (name, text = '', properties = '') => write(`::${name}${properties}::${escapeData(text)}${external_node_os_namespaceObject.EOL}`);
    return {
        getInput: name => env[inputVariable(name)] ?? '',
        setOutput: (name, value) => {
            const file = env['GITHUB_OUTPUT'];
            // Outside of a runner there is no file: the old command shows what would have been set.
            if (file === undefined || file === '')
                command('set-output', value, ` name=${name}`);
            else
                append('GITHUB_OUTPUT', file, pair(name, value));
        },
        saveState: (name, value) => {
            const file = env['GITHUB_STATE'] ?? '';
            if (file !== '')
                append('GITHUB_STATE', file, pair(name, value));
        },
        getState: name => env[`STATE_${name}`] ?? '',
        info: line => write(line + external_node_os_namespaceObject.EOL),
        warning: (text, at) => command('warning', text, properties(at)),
        error: (text, at) => command('error', text, properties(at)),
        debug: text => command('debug', text),
        startGroup: name => command('group', name),
        endGroup: () => command('endgroup'),
        setSecret: value => command('add-mask', value),
    };
}
function append(variable, file, text) {
    try {
        (0,external_node_fs_namespaceObject.appendFileSync)(file, text);
    }
    catch (cause) {
        throw new UserError(`${variable} (${file}) cannot be written: ${cause.message}`, {
            hint: `The runner makes this file for every step: leave ${variable} as it is, and see that the disk has room and the user of the job may write there.`,
            cause,
        });
    }
}
/** `INPUT_` and the name in capitals; blanks become underscores, dashes stay. */
function inputVariable(name) {
    return `INPUT_${name.replaceAll(' ', '_').toUpperCase()}`;
}
/** Nobody can guess the line that ends the value, so no value can set another output. */
function pair(name, value) {
    const delimiter = `ghadelimiter_${(0,external_node_crypto_namespaceObject.randomUUID)()}`;
    return `${name}<<${delimiter}${external_node_os_namespaceObject.EOL}${value}${external_node_os_namespaceObject.EOL}${delimiter}${external_node_os_namespaceObject.EOL}`;
}
/** The runner turns these back; without it a line break would end the command. */
function escapeData(text) {
    return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}
function escapeProperty(text) {
    return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
/** ` file=…,line=…,endLine=…,title=…`, as the runner takes them apart. */
function properties(at) {
    if (at === undefined)
        return '';
    const { file, line, endLine, title } = at;
    const pairs = Object.entries({ file, line, endLine, title }).flatMap(([name, value]) => value === undefined ? [] : [`${name}=${escapeProperty(String(value))}`]);
    return ` ${pairs.join(',')}`;
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

;// CONCATENATED MODULE: ./lib/tools/buildx-env.js
// The user's environment -> the environment of docker and buildx: what builds need, without what only the action may know.
const CACHE_TOKEN = 'ACTIONS_RUNTIME_TOKEN';
const PRIVATE = [
    /^INPUT_/,
    /^STATE_/,
    /^ACTIONS_ID_TOKEN_/,
    new RegExp(`^${CACHE_TOKEN}$`),
    /^(GITHUB|GH)_(ENTERPRISE_)?TOKEN$/,
    /^COSIGN_/,
    /^SIGSTORE_/,
];
/** Files through which a step speaks to the runner: a build has nothing to say there. */
const RUNNER_FILES = /^GITHUB_(ENV|PATH|OUTPUT|STATE|STEP_SUMMARY)$/;
const GITHUB_TOKEN_SHAPE = /^(gh[pousr]_|github_pat_)\w{20,}/;
/**
 * The environment that docker and buildx get. Proxies, SSH_AUTH_SOCK, DOCKER_*, BUILDX_* and the user's own variables stay (a bare
 * `build-args: FOO` reads them); tokens and inputs go, also under other names when they look like a token of GitHub.
 */
function dockerEnvironment(user) {
    const kept = Object.entries(user).filter((entry) => entry[1] !== undefined &&
        !PRIVATE.some(pattern => pattern.test(entry[0])) &&
        !RUNNER_FILES.test(entry[0]) &&
        !GITHUB_TOKEN_SHAPE.test(entry[1]));
    return Object.fromEntries(kept);
}
/**
 * The same for one build: the timestamp of the order and no other (the plan has read the user's variable), a small metadata file, the token of the Actions cache service
 * only for a cache of that service, and the variables that hold build secrets.
 */
function buildEnvironment(user, order, secrets = {}) {
    const token = usesActionsCache(order) ? user[CACHE_TOKEN] : undefined;
    return {
        ...dockerEnvironment({ ...user, SOURCE_DATE_EPOCH: undefined }),
        ...(token === undefined ? {} : { [CACHE_TOKEN]: token }),
        ...secrets,
        ...(order.sourceDateEpoch === undefined ? {} : { SOURCE_DATE_EPOCH: order.sourceDateEpoch.toString() }),
        // We read one digest from the metadata file; the provenance is in the layout.
        BUILDX_METADATA_PROVENANCE: 'disabled',
    };
}
function usesActionsCache({ caches: { imports, exports } }) {
    return [...imports, ...exports].some(({ type }) => type === 'gha');
}

;// CONCATENATED MODULE: external "node:child_process"
const external_node_child_process_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:child_process");
;// CONCATENATED MODULE: external "node:readline"
const external_node_readline_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:readline");
;// CONCATENATED MODULE: ./lib/tools/command.js
// The only file that starts processes: argument arrays, never a shell; every way to fail becomes a value or a one-line error.



const KILL_AFTER = 2_000;
/** Runs a command to its end. Resolves however it ended; rejects with ToolError when it cannot be started at all, and with what the source of its input throws. */
const run = (command, args, options) => {
    options.onStart?.([command, ...args].map(quote).join(' '));
    const started = performance.now();
    return new Promise((resolve, reject) => {
        const child = (0,external_node_child_process_namespaceObject.spawn)(command, [...args], { cwd: options.cwd, env: { ...options.env }, stdio: ['pipe', 'pipe', 'pipe'] });
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
            reject(new ToolError(notStarted(command, error), { tool: command, cause: error }));
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
    (0,external_node_readline_namespaceObject.createInterface)({ input: stream, crlfDelay: Infinity }).on('line', line => {
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

;// CONCATENATED MODULE: ./lib/clean-up.js
// The post step: what was kept for later steps of the job is removed. It never fails the job, and brings along only what it needs.






/** Removes everything that this step has kept; one warning for all that could not be. Posts run in reverse order, so what the first step made goes last. */
async function cleanUp(env, write, start = run) {
    const commands = createCommands(env, write);
    const problems = [];
    try {
        for (const cleanup of readCleanups(commands)) {
            const problem = await removeOne(cleanup, env, start);
            if (problem !== undefined)
                problems.push(problem);
            else
                commands.info(`Removed the ${nameOf(cleanup)}.`);
        }
    }
    catch (error) {
        problems.push(error instanceof Error ? error.message : String(error));
    }
    if (problems.length > 0)
        commands.warning(`What Seaworthy kept for this job could not be removed: ${problems.join('; ')}`);
}
async function removeOne(cleanup, env, start) {
    if (cleanup.kind === 'directory') {
        await (0,promises_namespaceObject.rm)(cleanup.path, { recursive: true, force: true, maxRetries: 3 });
        return undefined;
    }
    const { name, buildx } = cleanup;
    // The variables of the step that made it: a later step may have changed them for the job.
    const around = { ...dockerEnvironment(env), ...cleanup.env };
    const problem = await removeBuilder((args, { timeout }) => {
        const alone = buildx !== undefined && args[0] === 'buildx';
        return start(alone ? buildx : 'docker', alone ? args.slice(1) : args, { env: around, timeout });
    }, name);
    return problem === undefined ? undefined : `builder ${name} (${problem})`;
}
function nameOf(cleanup) {
    return cleanup.kind === 'builder' ? `builder ${cleanup.name}` : `directory ${cleanup.path}`;
}


/***/ }),

/***/ 317:
/***/ ((__webpack_module__, __unused_webpack___webpack_exports__, __nccwpck_require__) => {

__nccwpck_require__.a(__webpack_module__, async (__webpack_handle_async_dependencies__, __webpack_async_result__) => { try {
/* harmony import */ var _clean_up_js__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(24);
// Entry of the post step: a file of its own, so that it can never be taken for the main step, and starts at once.

await (0,_clean_up_js__WEBPACK_IMPORTED_MODULE_0__/* .cleanUp */ .n)(process.env, text => process.stdout.write(text));

__webpack_async_result__();
} catch(e) { __webpack_async_result__(e); } }, 1);

/***/ })

/******/ });
/************************************************************************/
/******/ // The module cache
/******/ var __webpack_module_cache__ = {};
/******/ 
/******/ // The require function
/******/ function __nccwpck_require__(moduleId) {
/******/ 	// Check if module is in cache
/******/ 	var cachedModule = __webpack_module_cache__[moduleId];
/******/ 	if (cachedModule !== undefined) {
/******/ 		return cachedModule.exports;
/******/ 	}
/******/ 	// Create a new module (and put it into the cache)
/******/ 	var module = __webpack_module_cache__[moduleId] = {
/******/ 		// no module.id needed
/******/ 		// no module.loaded needed
/******/ 		exports: {}
/******/ 	};
/******/ 
/******/ 	// Execute the module function
/******/ 	var threw = true;
/******/ 	try {
/******/ 		__webpack_modules__[moduleId](module, module.exports, __nccwpck_require__);
/******/ 		threw = false;
/******/ 	} finally {
/******/ 		if(threw) delete __webpack_module_cache__[moduleId];
/******/ 	}
/******/ 
/******/ 	// Return the exports of the module
/******/ 	return module.exports;
/******/ }
/******/ 
/************************************************************************/
/******/ /* webpack/runtime/asset-relocator-loader */
/******/ if (typeof __nccwpck_require__ !== 'undefined') __nccwpck_require__.ab = decodeURIComponent(new URL('.', import.meta.url).pathname).slice(import.meta.url.match(/^file:\/\/\/\w:/) ? 1 : 0, -1) + "/";
/******/ 
/******/ /* webpack/runtime/async module */
/******/ (() => {
/******/ 	var webpackQueues = typeof Symbol === "function" ? Symbol("webpack queues") : "__webpack_queues__";
/******/ 	var webpackExports = typeof Symbol === "function" ? Symbol("webpack exports") : "__webpack_exports__";
/******/ 	var webpackError = typeof Symbol === "function" ? Symbol("webpack error") : "__webpack_error__";
/******/ 	var resolveQueue = (queue) => {
/******/ 		if(queue && queue.d < 1) {
/******/ 			queue.d = 1;
/******/ 			queue.forEach((fn) => (fn.r--));
/******/ 			queue.forEach((fn) => (fn.r-- ? fn.r++ : fn()));
/******/ 		}
/******/ 	}
/******/ 	var wrapDeps = (deps) => (deps.map((dep) => {
/******/ 		if(dep !== null && typeof dep === "object") {
/******/ 			if(dep[webpackQueues]) return dep;
/******/ 			if(dep.then) {
/******/ 				var queue = [];
/******/ 				queue.d = 0;
/******/ 				dep.then((r) => {
/******/ 					obj[webpackExports] = r;
/******/ 					resolveQueue(queue);
/******/ 				}, (e) => {
/******/ 					obj[webpackError] = e;
/******/ 					resolveQueue(queue);
/******/ 				});
/******/ 				var obj = {};
/******/ 				obj[webpackQueues] = (fn) => (fn(queue));
/******/ 				return obj;
/******/ 			}
/******/ 		}
/******/ 		var ret = {};
/******/ 		ret[webpackQueues] = x => {};
/******/ 		ret[webpackExports] = dep;
/******/ 		return ret;
/******/ 	}));
/******/ 	__nccwpck_require__.a = (module, body, hasAwait) => {
/******/ 		var queue;
/******/ 		hasAwait && ((queue = []).d = -1);
/******/ 		var depQueues = new Set();
/******/ 		var exports = module.exports;
/******/ 		var currentDeps;
/******/ 		var outerResolve;
/******/ 		var reject;
/******/ 		var promise = new Promise((resolve, rej) => {
/******/ 			reject = rej;
/******/ 			outerResolve = resolve;
/******/ 		});
/******/ 		promise[webpackExports] = exports;
/******/ 		promise[webpackQueues] = (fn) => (queue && fn(queue), depQueues.forEach(fn), promise["catch"](x => {}));
/******/ 		module.exports = promise;
/******/ 		body((deps) => {
/******/ 			currentDeps = wrapDeps(deps);
/******/ 			var fn;
/******/ 			var getResult = () => (currentDeps.map((d) => {
/******/ 				if(d[webpackError]) throw d[webpackError];
/******/ 				return d[webpackExports];
/******/ 			}))
/******/ 			var promise = new Promise((resolve) => {
/******/ 				fn = () => (resolve(getResult));
/******/ 				fn.r = 0;
/******/ 				var fnQueue = (q) => (q !== queue && !depQueues.has(q) && (depQueues.add(q), q && !q.d && (fn.r++, q.push(fn))));
/******/ 				currentDeps.map((dep) => (dep[webpackQueues](fnQueue)));
/******/ 			});
/******/ 			return fn.r ? promise : getResult();
/******/ 		}, (err) => ((err ? reject(promise[webpackError] = err) : outerResolve(exports)), resolveQueue(queue)));
/******/ 		queue && queue.d < 0 && (queue.d = 0);
/******/ 	};
/******/ })();
/******/ 
/******/ /* webpack/runtime/define property getters */
/******/ (() => {
/******/ 	// define getter functions for harmony exports
/******/ 	__nccwpck_require__.d = (exports, definition) => {
/******/ 		for(var key in definition) {
/******/ 			if(__nccwpck_require__.o(definition, key) && !__nccwpck_require__.o(exports, key)) {
/******/ 				Object.defineProperty(exports, key, { enumerable: true, get: definition[key] });
/******/ 			}
/******/ 		}
/******/ 	};
/******/ })();
/******/ 
/******/ /* webpack/runtime/hasOwnProperty shorthand */
/******/ (() => {
/******/ 	__nccwpck_require__.o = (obj, prop) => (Object.prototype.hasOwnProperty.call(obj, prop))
/******/ })();
/******/ 
/************************************************************************/
/******/ 
/******/ // startup
/******/ // Load entry module and return exports
/******/ // This entry module used 'module' so it can't be inlined
/******/ var __webpack_exports__ = __nccwpck_require__(317);
/******/ __webpack_exports__ = await __webpack_exports__;
/******/ 
