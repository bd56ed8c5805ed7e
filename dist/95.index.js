export const id = 95;
export const ids = [95];
export const modules = {

/***/ 9095:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  readCheckout: () => (/* binding */ readCheckout),
  readCommitted: () => (/* binding */ readCommitted)
});

// EXTERNAL MODULE: ./lib/tools/command.js
var command = __webpack_require__(6934);
// EXTERNAL MODULE: external "node:fs/promises"
var promises_ = __webpack_require__(1455);
// EXTERNAL MODULE: ./lib/errors.js
var errors = __webpack_require__(452);
;// CONCATENATED MODULE: ./lib/tools/git.js
// A checkout -> the ref and the commit that it stands for, as docker/metadata-action reads them with `context: git`; and a file as a commit holds it.



const TIMEOUT = 20_000;
const HINT = 'metadata-context: git reads ref and commit from the checkout; without it they come from the event.';
/** Reads HEAD. Throws UserError when there is no git, no checkout, or no name for the commit. */
async function readGitHead(options) {
    const ask = asker(options);
    // One call for the commit, its names and its date: the format of %D is what the names are read from.
    const [sha = '', names = '', date = ''] = (await ask('show', '--no-patch', '--format=%H%n%D%n%cI', 'HEAD', '--')).split('\n');
    const branch = await ask('branch', '--show-current');
    const named = branch === '' ? await refOfDetached(names, ask) : { ref: `refs/heads/${branch}`, warnings: [] };
    return { ...named, sha, commitDate: new Date(date) };
}
/**
 * Reads a file as the commit holds it, whatever the working files are: from git's objects, links inside of the commit followed, without filters, hooks
 * or a network. Undefined where git cannot tell: there is no git, or the commit or the file's content is not here (a partial clone), or a link leads out.
 */
async function readCommittedFile(options, commit, path) {
    if (!(await isDirectory(options.directory)))
        return undefined;
    const input = `${commit}:${path}\n${commit}\n`;
    let result;
    try {
        result = await starter(options)(['cat-file', '--batch', '--follow-symlinks'], input);
    }
    catch (error) {
        if (error instanceof errors/* ToolError */.v4)
            return undefined;
        throw error;
    }
    // The commit's own entry is the last one, and no commit holds its own name: it tells a file that is not in the commit from a commit that is not here.
    const end = result.stdout.lastIndexOf(`\n${commit} commit `);
    if (result.exitCode !== 0 || end === -1)
        return undefined;
    const [header = '', ...lines] = result.stdout.slice(0, end).split('\n');
    if (/^[0-9a-f]+ blob \d+$/.test(header))
        return { text: lines.join('\n') };
    return /^[0-9a-f]+ tree \d+$|^notdir \d+$/.test(header) || header === `${commit}:${path} missing` ? {} : undefined;
}
/**
 * The ref of a detached HEAD, from the names that git shows beside it (`HEAD, tag: v1`, `grafted, HEAD, pull/2/merge`, `HEAD, origin/main, main`).
 * Where there are several, docker/metadata-action takes more than one of them as one ref: the ref is the same here, and a warning tells it.
 */
async function refOfDetached(names, ask) {
    const seen = names.replace(/^grafted, /, '').trim();
    if (seen === 'HEAD')
        return { ref: await refThatContainsHead(ask), warnings: [] };
    const others = /^HEAD, (.+)$/.exec(seen)?.[1];
    const ref = others === undefined ? undefined : refOfNames(others);
    if (ref === undefined)
        throw new errors/* UserError */.yo(`metadata-context: git finds no branch, tag or pull request for the detached HEAD (git shows "${names}")`, {
            hint: 'Check out a branch or a tag, or what actions/checkout leaves; a branch that is only local does not name a detached HEAD.',
        });
    const warning = `metadata-context: git: the detached HEAD has several names (${String(others)}); as with docker/metadata-action the ref is read as "${ref}". Check out a branch, or fetch only the ref that you mean`;
    return { ref, warnings: ref.includes(', ') ? [warning] : [] };
}
function refOfNames(names) {
    if (names.startsWith('tag: '))
        return `refs/tags/${(names.split(':')[1] ?? '').trim()}`;
    if (/^pull\/\d+\/(?:head|merge)$/.test(names))
        return `refs/${names}`;
    // `origin/main, main`: the local one. `origin/main`, `origin/a/b`: the branch of that name.
    const branch = /^[^/]+\/[^/]+, (.+)$/.exec(names)?.[1] ?? /^[^/]+\/(.+)$/.exec(names)?.[1];
    return branch === undefined ? undefined : `refs/heads/${branch.trim()}`;
}
/** Nothing is named like HEAD itself: the newest local branch that contains it, else of a remote, else a tag. */
async function refThatContainsHead(ask) {
    const newest = async (scope) => firstLine(await ask('for-each-ref', '--format=%(refname)', '--contains', 'HEAD', '--sort=-committerdate', scope));
    const local = await newest('refs/heads/');
    if (local !== undefined)
        return local;
    const remote = await newest('refs/remotes/');
    if (remote !== undefined)
        return remote.replace(/^refs\/remotes\/[^/]+\/(?=.)/, 'refs/heads/');
    const tag = firstLine(await ask('tag', '--contains', 'HEAD'));
    if (tag !== undefined)
        return `refs/tags/${tag}`;
    throw new errors/* UserError */.yo('metadata-context: git finds no branch or tag that contains the detached HEAD', { hint: HINT });
}
function firstLine(text) {
    return text
        .split('\n')
        .map(line => line.trim())
        .find(line => line !== '');
}
/** What may make git run something else, ask somebody, write, or fetch, is switched off; `safe.directory`: runners and containers have different users. */
const SETTINGS = [
    'safe.directory=*',
    'core.hooksPath=/dev/null',
    'core.fsmonitor=false',
    'log.showSignature=false',
    'color.ui=false',
    'protocol.allow=never',
];
/** Starts git in the checkout. Throws ToolError when it cannot be started. */
function starter({ run, env, directory, signal, }) {
    const own = Object.fromEntries(['PATH', 'HOME', 'XDG_CONFIG_HOME'].flatMap(name => (env[name] === undefined ? [] : [[name, env[name]]])));
    const settings = SETTINGS.flatMap(setting => ['-c', setting]);
    const quiet = {
        LC_ALL: 'C',
        GIT_TERMINAL_PROMPT: '0',
        GIT_OPTIONAL_LOCKS: '0',
        GIT_NO_LAZY_FETCH: '1',
        GIT_NO_REPLACE_OBJECTS: '1',
        GIT_PAGER: 'cat',
    };
    return (args, input) => run('git', ['--no-pager', ...settings, ...args], {
        env: { ...own, ...quiet },
        cwd: directory,
        timeout: TIMEOUT,
        ...(input !== undefined && { input }),
        ...(signal !== undefined && { signal }),
    });
}
function asker(options) {
    const start = starter(options);
    return async (...args) => {
        const result = await started(() => start(args), options.directory);
        if (result.exitCode !== 0)
            throw refusal(result, options.directory);
        return result.stdout.trim();
    };
}
/** A working directory that is not there fails like a program that is not there: it is looked at first, lest git is blamed. */
async function started(start, directory) {
    if (!(await isDirectory(directory)))
        throw new errors/* UserError */.yo(`metadata-context: git: the workspace ${directory} is not there, or is no directory`, {
            hint: `Run actions/checkout before this step. ${HINT}`,
        });
    try {
        return await start();
    }
    catch (cause) {
        if (!(cause instanceof errors/* ToolError */.v4))
            throw cause;
        throw new errors/* UserError */.yo(`metadata-context: git needs git: ${cause.message}`, { hint: HINT, cause });
    }
}
async function isDirectory(place) {
    try {
        return (await (0,promises_.stat)(place)).isDirectory();
    }
    catch {
        return false;
    }
}
function refusal(result, directory) {
    const said = (0,command/* tail */.RT)(result.stderr, 1)[0] ?? 'it says nothing';
    if (/not a git repository/i.test(result.stderr))
        return new errors/* UserError */.yo(`metadata-context: git: ${directory} is not a checkout`, {
            hint: `Run actions/checkout before this step. ${HINT}`,
        });
    if (/dubious ownership/i.test(result.stderr))
        return new errors/* UserError */.yo(`metadata-context: git: ${directory} belongs to another user, and this git does not read it`, {
            hint: `Before this step: git config --global --add safe.directory ${directory}`,
        });
    if (/bad revision|ambiguous argument|unknown revision|bad default revision/i.test(result.stderr))
        return new errors/* UserError */.yo('metadata-context: git: the checkout has no commit yet', { hint: HINT });
    return new errors/* UserError */.yo(`metadata-context: git cannot read the checkout: ${said}`, { hint: HINT });
}

;// CONCATENATED MODULE: ./lib/connect-git.js
// Connects git, for `metadata-context: git` and for the policy's file: a file of its own, because what starts programs is loaded only where one is started.


/** What HEAD of the checkout is. Throws UserError where it cannot be read. */
function readCheckout(options) {
    return readGitHead({ ...options, run: command/* run */.eF });
}
/** A file as the commit holds it; undefined where git cannot tell. */
function readCommitted(options, commit, path) {
    return readCommittedFile({ ...options, run: command/* run */.eF }, commit, path);
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
