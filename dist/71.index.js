export const id = 71;
export const ids = [71];
export const modules = {

/***/ 2071:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  bakeFiles: () => (/* binding */ bakeFiles),
  resolveBake: () => (/* binding */ resolveBake)
});

// EXTERNAL MODULE: ./lib/plan/git-address.js
var git_address = __webpack_require__(6874);
;// CONCATENATED MODULE: ./lib/plan/bake-paths.js
// A bake target -> what it reads and writes on this machine, so that what lies outside of the workspace needs a permission, as bake has it.

/** Named contexts that are no directory. */
const NO_PATH = /^(?:target:|docker-image:|https?:\/\/)/;
/** Every path of the target that no typed input replaces. */
function localPaths(target, typed) {
    const unless = (input, paths) => (typed(input) ? [] : paths);
    const reads = (attribute, paths) => paths.map(path => ({ attribute, access: 'read', path }));
    const context = contextOf(target);
    const secrets = ['secrets', 'secret-envs', 'secret-files'].some(typed) ? [] : target.secrets;
    return [
        ...unless('context', reads('context', (0,git_address/* isRemoteContext */.uN)(context) ? [] : [context])),
        ...unless('file', reads('dockerfile', dockerfilePath(target))),
        ...unless('build-contexts', reads('contexts', target.contexts.flatMap(([, value]) => namedPath(value)))),
        ...reads('secret', secrets.flatMap(({ src }) => src ?? [])),
        ...unless('ssh', reads('ssh', target.ssh.flatMap(({ paths }) => paths))),
        ...unless('cache', unless('cache-from', reads('cache-from', localOnes(target.cacheFrom, 'src')))),
        ...unless('cache', unless('cache-to', writes('cache-to', localOnes(target.cacheTo, 'dest')))),
        ...unless('outputs', writes('output', target.outputs.flatMap(({ dest = '' }) => (dest === '' || dest === '-' ? [] : [dest])))),
    ];
}
/** Where the target is built; without `cwd://`, which only says what a local definition means anyway. */
function contextOf({ context = '.' }) {
    const plain = withoutScheme(context);
    return plain === '' ? '.' : plain;
}
/** `cwd://dir` is `dir`. */
function withoutScheme(path) {
    return path.replace(/^cwd:\/\//, '');
}
/** The Dockerfile as `file` has it: relative to the workspace where the context is a directory. Undefined: the context's own `Dockerfile`. */
function dockerfileIn(context, { dockerfile = 'Dockerfile' }) {
    if (dockerfile.startsWith('cwd://'))
        return withoutScheme(dockerfile);
    if (dockerfile === 'Dockerfile')
        return undefined;
    const stands = dockerfile.startsWith('/') || /^https?:\/\//i.test(dockerfile);
    if (stands || (0,git_address/* isRemoteContext */.uN)(context) || context.startsWith('{{'))
        return dockerfile;
    return joinPath(context, dockerfile);
}
function dockerfilePath(target) {
    if (target.dockerfileInline !== undefined)
        return [];
    const context = contextOf(target);
    const file = dockerfileIn(context, target);
    const elsewhere = file === undefined || /^https?:\/\//i.test(file);
    return elsewhere || ((0,git_address/* isRemoteContext */.uN)(context) && !(target.dockerfile ?? '').startsWith('cwd://')) ? [] : [file];
}
function namedPath(value) {
    if (NO_PATH.test(value) || (0,git_address/* isRemoteContext */.uN)(value))
        return [];
    return [/^oci-layout:\/\/([^@:]*)/.exec(value)?.[1] ?? withoutScheme(value)];
}
function localOnes(caches, key) {
    return caches.flatMap(cache => (cache['type'] === 'local' ? (cache[key] ?? []) : []));
}
function writes(attribute, paths) {
    return paths.map(path => ({ attribute, access: 'write', path }));
}
/** One path below another, with `.` and `..` worked out. */
function joinPath(directory, path) {
    const parts = [];
    for (const part of `${directory}/${path}`.split('/')) {
        if (part === '' || part === '.')
            continue;
        if (part === '..' && parts.length > 0 && parts.at(-1) !== '..')
            parts.pop();
        else
            parts.push(part);
    }
    return `${directory.startsWith('/') ? '/' : ''}${parts.join('/')}`;
}

// EXTERNAL MODULE: ./lib/plan/csv.js + 10 modules
var csv = __webpack_require__(8158);
;// CONCATENATED MODULE: ./lib/plan/bake-order.js
// What a bake target is told apart from, and what one attribute of it gives: shared by bake-inputs.ts and bake-shares.ts.


/** True when the input was typed. */
function isTyped({ get }, input) {
    return get(input).trim() !== '';
}
/** True when a typed input stands for the attribute: `cache` stands for all of them. */
function isReplaced(order, attribute, input) {
    return isTyped(order, input) || (/^cache-/.test(attribute) && isTyped(order, 'cache'));
}
/**
 * True when the user typed this value of the attribute with `bake-set` for this very target: it needs no permission. Without `+=` all values of an
 * attribute are typed ones, save entitlements: buildx adds these to those of the target however they are written.
 */
function isOverridden(order, attribute, value) {
    const typed = overridesOf(order, attribute);
    const all = attribute !== 'entitlements' && typed.some(({ key }) => key === undefined) && !typed.some(({ adds }) => adds);
    return all || typed.some(one => partsOf(one.value).includes(value));
}
/** The entries of `bake-set` for one attribute of a target. */
function overridesOf({ set, target }, attribute) {
    return set.flatMap(entry => {
        const [, pattern = '', name = '', key, adds, value = ''] = /^([^.]+)\.([^.=+]+)(?:\.([^=]*?))?(\+)?=(.*)$/s.exec(entry) ?? [];
        const own = name.replace(/^secrets$/, 'secret') === attribute && matches(pattern, target.name);
        return own ? [{ attribute, key, adds: adds !== undefined, value }] : [];
    });
}
/** As Go's path.Match, which bake asks: `*`, `?`, `[a-z]`; a pattern that is none matches nothing. */
function matches(pattern, name) {
    const source = pattern.replaceAll(/\[[^\]]*\]|[\s\S]/g, part => {
        if (part.length > 1)
            return part.replaceAll('\\', '\\\\');
        return part === '*' ? '[^/]*' : part === '?' ? '[^/]' : part.replaceAll(/[^\w-]/g, '\\$&');
    });
    try {
        return new RegExp(`^(?:${source})$`).test(name);
    }
    catch {
        return false;
    }
}
/** A value, and each of its fields without the name before it. */
function partsOf(value) {
    try {
        return [value, ...(0,csv/* splitFields */.Kp)(value).flatMap(field => [field, field.slice(field.indexOf('=') + 1)])].map(withoutScheme);
    }
    catch (error) {
        if (error instanceof csv/* CsvMistake */.$9)
            return [value];
        throw error;
    }
}

// EXTERNAL MODULE: ./lib/plan/join-fields.js
var join_fields = __webpack_require__(7645);
// EXTERNAL MODULE: ./lib/plan/read-bake.js
var read_bake = __webpack_require__(7005);
;// CONCATENATED MODULE: ./lib/plan/bake-target.js
// What `buildx bake --print` printed -> the one target that is built, with every attribute typed, in the shapes of newer and older buildx.



const KNOWN = new Set([
    'annotations args attest cache-from cache-to call context contexts description dockerfile dockerfile-inline entitlements',
    'extra-hosts inherits labels network no-cache no-cache-filter output platforms pull secret shm-size ssh tags target ulimits',
].flatMap(names => names.split(' ')));
/** The one target that `asked` means: a name, or a group or pattern that comes to one. Linked targets (`target:` contexts) are printed beside it and are not it. */
function chooseTarget(printed, asked) {
    const [groups, targets] = [objectOf(objectOf(printed)['group']), objectOf(objectOf(printed)['target'])];
    const names = membersOf('default', groups, new Set()).filter(name => Object.hasOwn(targets, name));
    const [name, ...others] = names;
    if (name === undefined)
        return `"${asked}" has no target`;
    if (others.length > 0)
        return `"${asked}" is ${names.length} targets, and a step builds one image; ${(0,read_bake/* matrixHint */.X)(names)}`;
    return readTarget(name, objectOf(targets[name]));
}
/** What was asked for is the group "default" of what is printed. A group may have the name of one of its targets. */
function membersOf(name, groups, seen) {
    if (!Object.hasOwn(groups, name) || seen.has(name))
        return [name];
    seen.add(name);
    return [...new Set(textsOf(objectOf(groups[name])['targets']).flatMap(member => membersOf(member, groups, seen)))];
}
function readTarget(name, json) {
    const fields = (key) => listOf(json[key]).map(fieldsOf);
    return {
        name,
        context: textOf(json['context']),
        contexts: entriesOf(json['contexts']),
        dockerfile: textOf(json['dockerfile']),
        dockerfileInline: literal(textOf(json['dockerfile-inline'])),
        args: entriesOf(json['args'], literal),
        labels: entriesOf(json['labels'], literal),
        annotations: textsOf(json['annotations']).map(literal),
        tags: textsOf(json['tags']),
        platforms: textsOf(json['platforms']),
        target: textOf(json['target']),
        secrets: listOf(json['secret']).map(secretOf),
        ssh: listOf(json['ssh']).map(keyOf),
        cacheFrom: fields('cache-from').map(asCache),
        cacheTo: fields('cache-to').map(asCache),
        outputs: fields('output').map(asOutput),
        attests: fields('attest'),
        noCache: switchOf(json['no-cache']),
        noCacheFilters: textsOf(json['no-cache-filter']),
        pull: switchOf(json['pull']),
        network: textOf(json['network']),
        shmSize: textOf(json['shm-size']),
        ulimits: textsOf(json['ulimits']),
        entitlements: textsOf(json['entitlements']),
        extraHosts: entriesOf(json['extra-hosts'], literal),
        call: textOf(json['call']),
        description: textOf(json['description']),
        unknown: Object.keys(json).filter(key => !KNOWN.has(key)),
    };
}
/** buildx prints a definition that could be read again: in these attributes `${` and `%{` are doubled. */
function literal(text) {
    return text?.replaceAll('$${', '${').replaceAll('%%{', '%{');
}
/** `null` (`A = null` in HCL) is no value at all. */
function entriesOf(value, read = text => text) {
    return Object.entries(objectOf(value)).flatMap(([key, entry]) => {
        const text = textOf(entry);
        return text === undefined ? [] : [[key, read(text)]];
    });
}
/** An object, or one line of CSV as older versions print it; a field without `=` has an empty name. */
function fieldsOf(value) {
    if (typeof value !== 'string')
        return Object.fromEntries(entriesOf(value));
    return Object.fromEntries((0,csv/* splitFields */.Kp)(value).map(field => {
        const split = field.indexOf('=');
        return split === -1 ? ['', field] : [field.slice(0, split).trim().toLowerCase(), field.slice(split + 1)];
    }));
}
/** A lone name is a cache in a registry. */
function asCache({ '': ref, ...fields }) {
    return ref === undefined ? fields : { type: 'registry', ref, ...fields };
}
/** A lone path is a directory. */
function asOutput({ '': dest, ...fields }) {
    return dest === undefined ? fields : { type: 'local', dest, ...fields };
}
function secretOf(value) {
    const { id = '', type, env, src, source = src } = fieldsOf(value);
    return type === 'env' && env === undefined ? { id, env: source, src: undefined } : { id, env, src: source };
}
function keyOf(value) {
    if (typeof value !== 'string')
        return { id: textOf(objectOf(value)['id']) ?? '', paths: textsOf(objectOf(value)['paths']) };
    const [id = '', ...paths] = value.split('=');
    return { id, paths: paths.length === 0 ? [] : paths.join('=').split(',') };
}
/** The fields as one line, `type` first. */
function fieldLine({ type = '', ...others }) {
    return (0,join_fields/* joinFields */.K)([`type=${type}`, ...Object.entries(others).map(([key, value]) => `${key}=${value}`)]);
}
function objectOf(value) {
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}
function listOf(value) {
    return Array.isArray(value) ? value : [];
}
function textsOf(value) {
    return listOf(value).flatMap(entry => textOf(entry) ?? []);
}
function textOf(value) {
    if (typeof value === 'string')
        return value;
    return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}
function switchOf(value) {
    return typeof value === 'boolean' ? value : undefined;
}

// EXTERNAL MODULE: ./lib/plan/reference.js
var reference = __webpack_require__(3698);
;// CONCATENATED MODULE: ./lib/plan/bake-shares.js
// The attributes of a bake target that can be refused (contexts, secrets, caches, outputs, rights) -> texts of inputs, warnings and mistakes.





/** The Dockerfile belongs to the context, also to one that was typed. One that stands in the bake file is given through standard input. */
function dockerfileShare(order) {
    const { target } = order;
    if (target.dockerfileInline !== undefined)
        return { 'dockerfile-inline': { texts: { file: '-' } } };
    const typed = order.get('context').trim();
    return { dockerfile: { texts: { file: dockerfileIn(typed === '' ? contextOf(target) : typed, target) } } };
}
/** Named contexts; those that are targets need bake itself. */
function contextsShare(order) {
    const { target } = order;
    const linked = isTyped(order, 'build-contexts') ? [] : target.contexts.filter(([, value]) => value.startsWith('target:'));
    const lines = target.contexts.map(([name, value]) => (0,join_fields/* joinFields */.K)([`${name}=${withoutScheme(value)}`]));
    return {
        texts: { 'build-contexts': lines.join('\n') },
        mistakes: linked.map(([name, value]) => notLinked(target.name, name, value.slice('target:'.length))),
    };
}
/** buildx builds linked targets in one go with those that use them, which only bake can; what was built and not scanned would be part of the image. */
function notLinked(target, name, linked) {
    return {
        what: `its context "${(0,reference/* shorten */.ml)(name)}" is the target "${(0,reference/* shorten */.ml)(linked)}", and a step builds one target`,
        wayOut: `Make "${(0,reference/* shorten */.ml)(linked)}" a stage of the same Dockerfile; or publish its image first and say which: bake-set: ${target}.contexts.${(0,reference/* shorten */.ml)(name)}=docker-image://NAME@DIGEST`,
    };
}
/** Typed secrets stand for all of them. A variable that is empty or not set gives none, as in bake; ours are nobody's secrets. */
function secretShare(order) {
    const { target, env } = order;
    const typed = ['secrets', 'secret-envs', 'secret-files'].filter(input => isTyped(order, input));
    if (typed.length > 0) {
        const lost = target.secrets.filter(({ id }) => !typed.some(input => order.get(input).includes(`${id}=`)));
        const names = lost.map(({ id }) => `"${(0,reference/* shorten */.ml)(id)}"`).join(', ');
        return lost.length === 0
            ? {}
            : { warnings: [`the secret ${names} of the target is left out, because ${typed.join(', ')} was typed: add it there`] };
    }
    const secrets = target.secrets.map(secret => sourceOf(secret, env));
    const missing = secrets.filter(({ variable }) => variable !== undefined && (env[variable] ?? '') === '');
    const ours = secrets.flatMap(({ id, variable }) => (variable !== undefined && isOurs(variable) ? [{ id, variable }] : []));
    const lines = (key) => secrets
        .filter(secret => !missing.includes(secret) && secret[key] !== undefined)
        .map(secret => (0,join_fields/* joinFields */.K)([`${secret.id}=${secret[key] ?? ''}`]))
        .join('\n');
    return {
        texts: { 'secret-envs': lines('variable'), 'secret-files': lines('file') },
        warnings: missing.map(({ id, variable = '' }) => `the secret "${(0,reference/* shorten */.ml)(id)}" is left out: the variable ${(0,reference/* shorten */.ml)(variable)} is empty or not set (secrets are empty on runs of forks and Dependabot)`),
        mistakes: ours.map(({ id, variable }) => ({
            what: `its secret "${(0,reference/* shorten */.ml)(id)}" is to come from the variable ${(0,reference/* shorten */.ml)(variable)}, which belongs to the runner`,
            wayOut: 'Give the secret a variable of its own in "env:" of the step.',
        })),
    };
}
function sourceOf({ id, env: variable, src: file }, env) {
    if (variable !== undefined)
        return { id, variable };
    if (file !== undefined)
        return { id, file };
    return env[id] === undefined ? { id, file: id } : { id, variable: id };
}
/** What the runner hands to an action alone. */
function isOurs(variable) {
    return /^(?:INPUT_|STATE_|ACTIONS_)/.test(variable);
}
function cacheToShare(order) {
    const { target } = order;
    const replaced = isReplaced(order, 'cache-to', 'cache-to');
    const sent = replaced ? [] : target.cacheTo.filter(({ type }) => type === 'registry');
    return {
        texts: {
            'cache-to': target.cacheTo
                .map(fieldLine)
                .map(line => (0,join_fields/* joinFields */.K)([line]))
                .join('\n'),
        },
        mistakes: sent.map(({ ref = '' }) => ({
            what: `its cache-to type=registry${ref === '' ? '' : `,ref=${(0,reference/* shorten */.ml)(ref)}`} would push before the verdict`,
            wayOut: `Type it as the input cache-to, which is written after the last tag; or take it out with bake-set: ${target.name}.cache-to=type=inline`,
        })),
    };
}
/** What pushes is refused; `load` says alone what goes into the engine. */
function outputShare(order) {
    const { target } = order;
    if (isTyped(order, 'outputs'))
        return {};
    const [pushing, others] = [target.outputs.filter(pushes), target.outputs.filter(output => !pushes(output))];
    const kept = isTyped(order, 'load') ? others.filter(output => !loads(output)) : others;
    return {
        texts: { outputs: kept.map(fieldLine).join('\n') },
        mistakes: pushing.map(output => ({
            what: `its output ${(0,reference/* shorten */.ml)(fieldLine(output))} would push before the verdict`,
            wayOut: `"images" and "tags" (or the target's tags) say where the image goes once the gate has passed; take the output out with bake-set: ${target.name}.push=false`,
        })),
    };
}
function pushes({ type, push = 'false' }) {
    return type === 'registry' || !/^(?:0|f|false)$/i.test(push);
}
function loads({ type, dest = '' }) {
    return type === 'image' || (type === 'docker' && dest === '');
}
/** The rights that nobody gave: a bake file asks for them, whoever runs it gives them, as with `--allow` of bake. */
function missingEntitlements(order) {
    const { target, allow, guarded } = order;
    const given = (right) => allow.includes(right) ||
        (right.startsWith('device') && allow.includes('device')) ||
        (right === 'network.host' && isTyped(order, 'network')) ||
        isOverridden(order, 'entitlements', right);
    const missing = target.entitlements.filter(right => !given(right));
    const own = target.ssh.filter(({ id, paths }) => paths.length === 0 && !isOverridden(order, 'ssh', id));
    const agent = guarded && !isTyped(order, 'ssh') && own.length > 0;
    return [...missing, ...(agent && !allow.includes('ssh') ? ['ssh'] : [])].map(right => ({
        what: `it asks for ${right === 'ssh' ? 'the SSH agent (ssh)' : (0,reference/* shorten */.ml)(right)}, which a bake file cannot give itself`,
        wayOut: `Give it with allow: ${(0,reference/* shorten */.ml)(right)}`,
    }));
}

;// CONCATENATED MODULE: ./lib/plan/bake-inputs.js
// A bake target + what was typed -> the texts of the inputs that nobody typed, and what merges with those that somebody did (rules 21).






/** The share of every attribute: it is given, merged, replaced by what was typed, or refused in words. */
function bakeInputs(order) {
    const { target, files } = order;
    const shares = {
        ...plainShares(order),
        contexts: contextsShare(order),
        ...dockerfileShare(order),
        secret: secretShare(order),
        'cache-to': cacheToShare(order),
        output: outputShare(order),
        entitlements: { mistakes: missingEntitlements(order) },
    };
    const rows = Object.entries(shares).flatMap(([attribute, { texts = {} }]) => Object.entries(texts).flatMap(([input, text]) => text === undefined || text === '' || isReplaced(order, attribute, input) ? [] : [{ attribute, input, text }]));
    const structural = mergedParts(order);
    const all = Object.values(shares);
    return {
        target: target.name,
        description: target.description,
        files,
        given: [...new Set([...rows.map(row => row.attribute), ...namesOfParts(structural)])],
        texts: new Map(rows.map(({ input, text }) => [input, text])),
        origins: new Map(rows.map(({ input, attribute }) => [input, attribute])),
        ...structural,
        warnings: [...all.flatMap(({ warnings = [] }) => warnings), ...unknownAttributes(target)],
        mistakes: [...all.flatMap(({ mistakes = [] }) => mistakes), ...order.outside.map(notPermitted)],
    };
}
/** What is only written in another way. */
function plainShares({ target, native }) {
    const list = (entries) => entries.map(entry => (0,join_fields/* joinFields */.K)([entry])).join('\n');
    const plain = (input, text) => ({ texts: { [input]: text } });
    const epoch = target.args.find(([name]) => name === EPOCH)?.[1];
    return {
        context: plain('context', contextOf(target)),
        platforms: plain('platforms', list(target.platforms.map(name => (name === 'local' ? native : name)))),
        target: plain('target', target.target),
        network: plain('network', target.network),
        'shm-size': plain('shm-size', target.shmSize),
        ulimits: plain('ulimit', list(target.ulimits)),
        'extra-hosts': plain('add-hosts', list(target.extraHosts.map(([host, address]) => `${host}=${address}`))),
        'no-cache': plain('no-cache', target.noCache?.toString()),
        'no-cache-filter': plain('no-cache-filters', list(target.noCacheFilters)),
        pull: plain('pull', target.pull?.toString()),
        call: plain('call', target.call === 'lint' ? 'check' : target.call),
        attest: plain('attests', list(target.attests.map(fieldLine))),
        'cache-from': plain('cache-from', list(target.cacheFrom.map(fieldLine))),
        args: plain('source-date-epoch', epoch !== undefined && /^\d+$/.test(epoch) ? epoch : undefined),
    };
}
const EPOCH = 'SOURCE_DATE_EPOCH';
/** What merges with what was typed, or has no text. */
function mergedParts(order) {
    const { target, env } = order;
    const named = isTyped(order, 'images') || isTyped(order, 'tags');
    const clock = ([name, value]) => name === EPOCH && (value === env[EPOCH] || isTyped(order, 'source-date-epoch'));
    return {
        args: target.args.filter(entry => !clock(entry)),
        labels: target.labels,
        annotations: target.annotations,
        tags: named ? [] : target.tags,
        ssh: isTyped(order, 'ssh') ? [] : target.ssh.map(({ id, paths }) => (paths.length === 0 ? id : `${id}=${paths.join(',')}`)),
        allow: target.entitlements.filter(right => isOverridden(order, 'entitlements', right)),
        dockerfileInline: isTyped(order, 'file') ? undefined : target.dockerfileInline,
    };
}
function namesOfParts({ args, labels, annotations, tags, ssh, dockerfileInline }) {
    return Object.entries({ args, labels, annotations, tags, ssh, 'dockerfile-inline': dockerfileInline ?? [] })
        .filter(([, value]) => value.length > 0)
        .map(([name]) => name);
}
function notPermitted({ attribute, access, path }) {
    return {
        what: `its ${attribute} "${(0,reference/* shorten */.ml)(path)}" lies outside of the workspace`,
        wayOut: `Permit it with allow: fs.${access}=${(0,reference/* shorten */.ml)(path)}`,
    };
}
function unknownAttributes({ unknown }) {
    return unknown.map(attribute => `the attribute ${(0,reference/* shorten */.ml)(attribute)} of the target is not followed: this version has no input for it`);
}

// EXTERNAL MODULE: ./lib/plan/exposed-secrets.js + 1 modules
var exposed_secrets = __webpack_require__(384);
;// CONCATENATED MODULE: ./lib/plan/exposed-overrides.js
// The input bake-set + the secrets of the run -> what would stand in the arguments of a command although it is secret. Values are never shown.


/** One line for all overrides whose value holds a secret of this run or a token; undefined for none. */
function exposedOverrides(set, secrets, event) {
    const open = (0,exposed_secrets/* openValues */.j_)(event, { version: '', tags: [] }).map(value => value.toLowerCase());
    const closed = secrets.filter(({ value }) => !open.includes(value.trim().toLowerCase()));
    const found = set.flatMap(entry => {
        const split = entry.indexOf('=');
        if (split === -1)
            return [];
        const key = entry.slice(0, split);
        const held = (0,exposed_secrets/* whatIsHeld */.c7)(entry.slice(split + 1), key, closed);
        return held === undefined ? [] : [`"${(0,reference/* shorten */.ml)(key)}" holds ${held}`];
    });
    return found.length === 0
        ? undefined
        : `${found.join('; ')}; overrides are arguments of a command, which every process can read`;
}

// EXTERNAL MODULE: external "node:fs/promises"
var promises_ = __webpack_require__(1455);
// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
;// CONCATENATED MODULE: ./lib/runner/bake-paths.js
// Paths that a bake target names + the workspace -> those that lead out of it, also through links.


/** Paths outside of the workspace that nobody permitted; `allow` holds `fs.read=…`, `fs.write=…` and `fs=…`, where `*` is everywhere (as bake has it). */
async function outsideOf(workspace, paths, allow) {
    const inside = async (place, roots) => {
        const real = await followed(external_node_path_.resolve(workspace, place));
        return roots.some(root => real === root || real.startsWith(root.endsWith(external_node_path_.sep) ? root : `${root}${external_node_path_.sep}`));
    };
    const found = await Promise.all(paths.map(async (one) => {
        const permitted = permissionsFor(one.access, allow);
        if (permitted.includes('*'))
            return [];
        const roots = await Promise.all([workspace, ...permitted.map(place => external_node_path_.resolve(workspace, place))].map(followed));
        return (await inside(one.path, roots)) ? [] : [one];
    }));
    return found.flat();
}
function permissionsFor(access, allow) {
    return allow.flatMap(entry => {
        const [right, ...place] = entry.split('=');
        return right === 'fs' || right === `fs.${access}` ? [place.join('=')] : [];
    });
}
/** What is not there yet lies where the nearest directory above it leads to. */
async function followed(place) {
    try {
        return await (0,promises_.realpath)(place);
    }
    catch {
        const above = external_node_path_.dirname(place);
        return above === place ? place : external_node_path_.join(await followed(above), external_node_path_.basename(place));
    }
}

// EXTERNAL MODULE: ./lib/runner/given-secrets.js
var given_secrets = __webpack_require__(8971);
// EXTERNAL MODULE: external "node:fs"
var external_node_fs_ = __webpack_require__(3024);
// EXTERNAL MODULE: external "node:net"
var external_node_net_ = __webpack_require__(7030);
// EXTERNAL MODULE: ./lib/errors.js
var errors = __webpack_require__(452);
// EXTERNAL MODULE: ./lib/plan/nearest.js
var nearest = __webpack_require__(6089);
;// CONCATENATED MODULE: ./lib/tools/bake-outputs.js
// Bake files -> whether asking buildx about them would empty a file: before version 0.30 it opens the files of outputs even to print.




/** Attributes of `bake-set` that say what the outputs are. */
const SAYS_OUTPUT = /^[^.]+\.(?:output|push|load)\+?=/;
/** Overrides that leave the outputs alone. */
function withoutOutputs(set) {
    return set.filter(entry => !SAYS_OUTPUT.test(entry));
}
/** False when nothing speaks of outputs: neither a file (also no spelling that hides the word, and no file that another one brings in) nor an override. */
async function mayHaveOutputs({ cwd, files, set }) {
    if (set.some(entry => SAYS_OUTPUT.test(entry)))
        return true;
    const texts = await Promise.all(files.map(file => bake_outputs_textOf(cwd, file)));
    return texts.some((text, at) => text === undefined || /output|\\[ux]/i.test(text) || (isCompose(files[at]) && BRINGS.test(text)));
}
const BRINGS = /include|extends/;
function isCompose(file = '') {
    return !/\.(?:hcl|json)$/i.test(file);
}
function bake_outputs_textOf(cwd, file) {
    return (0,promises_.readFile)(external_node_path_.resolve(cwd, file), 'utf8').catch(() => undefined);
}
/** Tries it on a file of our own; when that cannot be tried, it is taken to. */
async function opensToPrint({ ask, directory }) {
    return inPrivate(directory, async (place) => {
        const [file, dest] = [external_node_path_.join(place, 'bake.json'), external_node_path_.join(place, 'kept')];
        await (0,promises_.writeFile)(dest, 'kept');
        await (0,promises_.writeFile)(file, JSON.stringify({ target: { default: { output: [`type=tar,dest=${dest}`] } } }));
        const { exitCode } = await ask(['--print', '--file', file, '--', 'default']);
        return exitCode !== 0 || (await (0,promises_.readFile)(dest, 'utf8')) !== 'kept';
    });
}
/**
 * The files that the outputs of these targets, and of those that they inherit from, may name, without any being opened: a target beside them, which has no
 * output, says what theirs are. Undefined when that cannot be known (Compose files with outputs, which no target can speak of; names that HCL cannot).
 */
async function outputFiles(question, names) {
    const { cwd, files, set } = question;
    const foreign = await Promise.all(files.filter(isCompose).map(file => bake_outputs_textOf(cwd, file)));
    if (foreign.some(text => text === undefined || /output/.test(text) || BRINGS.test(text)))
        return undefined;
    const typed = names.flatMap(name => overridesOf({ set, target: { name } }, 'output').map(({ value }) => value));
    const outputs = [...typed];
    const seen = new Set();
    for (let next = [...names]; next.length > 0;) {
        for (const name of next)
            seen.add(name);
        const said = await askProbe(question, next);
        if (said === undefined)
            return undefined;
        outputs.push(...said.flatMap(({ output }) => output));
        next = [...new Set(said.flatMap(({ inherits }) => inherits))].filter(name => !seen.has(name));
    }
    return [...new Set(outputs.flatMap(fileOf))];
}
async function askProbe(question, names) {
    if (!names.every(name => /^[A-Za-z_][\w-]*$/.test(name)))
        return undefined;
    return inPrivate(question.directory, async (place) => {
        const probe = external_node_path_.basename(place);
        const file = external_node_path_.join(place, 'probe.hcl');
        const labels = names.map(name => `"${name}" = jsonencode({ output = target.${name}.output, inherits = target.${name}.inherits })`);
        await (0,promises_.writeFile)(file, `target "${probe}" {\n  labels = {\n${labels.join('\n')}\n  }\n}\n`);
        const args = [...question.files, file].flatMap(each => ['--file', each]);
        const { exitCode, stdout } = await question.ask(['--print', ...args, '--', probe]);
        if (exitCode !== 0)
            return undefined;
        const printed = JSON.parse(stdout);
        const answers = printed.target?.[probe]?.labels ?? {};
        return names.map(name => {
            const text = (answers[name] ?? '{}').replaceAll('$${', '${').replaceAll('%%{', '%{');
            const { output, inherits } = JSON.parse(text);
            return { output: bake_outputs_listOf(output), inherits: bake_outputs_listOf(inherits).filter(one => typeof one === 'string') };
        });
    });
}
function bake_outputs_listOf(value) {
    return Array.isArray(value) ? value : [];
}
/** An output is an object, or a line of fields. Directories are not opened. */
function fileOf(output) {
    const { type, dest } = (typeof output === 'string' ? bake_outputs_fieldsOf(output) : Object(output));
    return typeof dest === 'string' && dest !== '' && dest !== '-' && type !== 'local' ? [dest] : [];
}
function bake_outputs_fieldsOf(text) {
    try {
        return Object.fromEntries((0,csv/* splitFields */.Kp)(text).map(field => [
            field.slice(0, field.indexOf('=')).trim().toLowerCase(),
            field.slice(field.indexOf('=') + 1),
        ]));
    }
    catch (error) {
        if (error instanceof csv/* CsvMistake */.$9)
            return {};
        throw error;
    }
}
/** Those of the files that hold something, and those that are not there. */
async function sortFiles(cwd, files) {
    const found = await Promise.all(files.map(async (file) => ({ file, there: await (0,promises_.stat)(external_node_path_.resolve(cwd, file)).catch(() => undefined) })));
    return {
        full: found.filter(({ there }) => there?.isFile() === true && there.size > 0).map(({ file }) => file),
        absent: found.filter(({ there }) => there === undefined).map(({ file }) => file),
    };
}
/** Takes away what printing made: files that were not there before and are empty. */
async function dropMade(cwd, absent) {
    for (const file of absent) {
        const place = external_node_path_.resolve(cwd, file);
        const there = await (0,promises_.stat)(place).catch(() => undefined);
        if (there?.isFile() === true && there.size === 0)
            await (0,promises_.rm)(place, { force: true });
    }
}
async function inPrivate(directory, work) {
    const place = await (0,promises_.mkdtemp)(external_node_path_.join(directory, 'outputs-'));
    try {
        return await work(place);
    }
    finally {
        await (0,promises_.rm)(place, { recursive: true, force: true });
    }
}

// EXTERNAL MODULE: ./lib/tools/buildx-env.js
var buildx_env = __webpack_require__(6345);
// EXTERNAL MODULE: ./lib/tools/command.js
var command = __webpack_require__(6934);
;// CONCATENATED MODULE: ./lib/tools/bake.js
// A bake target -> what `docker buildx bake --print` resolves it to, or why it cannot be: local files only, no builder is asked, nothing is built.










/** Where bake looks when it is told no file (docs.docker.com/build/bake). */
const DEFAULT_FILES = [
    ...['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'],
    ...['docker-bake.json', 'docker-bake.hcl', 'docker-bake.override.json', 'docker-bake.override.hcl'],
];
const TIMEOUT = 30_000;
/** Characters of a definition. The largest that are known have some hundred kilobytes. */
const LONGEST = 8 * 1024 * 1024;
const BUILDX = 'docker buildx bake';
/** The files that bake will read, relative to the workspace: those that were typed, those of BUILDX_BAKE_FILE, else those of the usual names that exist. */
function bakeFilesOf({ files, env, cwd }) {
    if (files.length > 0)
        return files.map(file => file.replace(/^cwd:\/\//, ''));
    const separator = env['BUILDX_BAKE_PATH_SEPARATOR'] ?? '';
    const named = (env['BUILDX_BAKE_FILE'] ?? '').split(separator === '' ? external_node_path_.delimiter : separator);
    const own = named.map(file => file.trim()).filter(file => file !== '');
    return own.length > 0 ? own : DEFAULT_FILES.filter(file => (0,external_node_fs_.existsSync)(external_node_path_.join(cwd, file)));
}
/**
 * Resolves a target; no file is written or emptied. `without` leaves secrets and SSH keys out, which buildx wants to see even to print, and outputs, which
 * the definition then does not have. Throws nothing but what cannot be explained.
 */
async function printBake(options, without = []) {
    const agent = await standInAgent(options);
    const reachable = { ...options, env: { ...options.env, ...agent.env } };
    try {
        return await resolve(reachable, without);
    }
    catch (error) {
        if (error instanceof errors/* ToolError */.v4)
            return { mistake: { where: 'bake', what: error.message, wayOut: INSTALL } };
        if (error instanceof SyntaxError)
            return { mistake: { where: 'bake', what: `${BUILDX} printed no JSON`, wayOut: INSTALL } };
        throw error;
    }
    finally {
        await agent.close();
    }
}
/** First without any output, so that none is opened; then with them, unless there are none or one would be emptied. */
async function resolve(options, without) {
    const { cwd, directory } = options;
    const left = without.filter(attribute => attribute !== 'output').map(attribute => `*.${attribute}=`);
    const first = await print(options, [...withoutOutputs(options.set), ...left, '*.output=type=cacheonly']);
    if ('mistake' in first)
        return first;
    const ask = (args) => bake(options, args);
    const question = { ask, cwd, directory, files: bakeFilesOf(options), set: options.set };
    if (without.includes('output') || !(await mayHaveOutputs(question)))
        return { definition: dropOutputs(first.definition), warnings: [] };
    const set = [...options.set, ...left];
    if (!(await opensToPrint(question)))
        return print(options, set);
    const files = await outputFiles(question, Object.keys(targetsOf(first.definition)));
    if (files === undefined)
        return { mistake: { where: 'bake', what: `its outputs cannot be read: ${OPENS}`, wayOut: TYPE_THEM } };
    const { full, absent } = await sortFiles(cwd, files);
    if (full.length > 0) {
        const names = full.map(file => `"${(0,reference/* shorten */.ml)(file)}"`).join(', ');
        return { mistake: { where: 'bake', what: `reading it would empty ${names}: ${OPENS}`, wayOut: TYPE_THEM } };
    }
    try {
        return await print(options, set);
    }
    finally {
        await dropMade(cwd, absent);
    }
}
const OPENS = 'buildx before 0.30 opens the files of outputs even to print a target';
const TYPE_THEM = 'Type the input "outputs", which stands for them; or set up buildx 0.30 or newer before this step (docker/setup-buildx-action).';
async function print(options, set) {
    const args = ['--print', ...flags('--file', options.files), ...flags('--set', set), '--', options.target];
    const result = await bake(options, args);
    if (result.exitCode !== 0)
        return { mistake: await explain(options, result) };
    const definition = JSON.parse(result.stdout);
    return { definition, warnings: [] };
}
function targetsOf(definition) {
    return Object(Object(definition).target);
}
function dropOutputs(definition) {
    const without = (target) => Object.fromEntries(Object.entries(Object(target)).filter(([attribute]) => attribute !== 'output'));
    const targets = Object.entries(targetsOf(definition)).map(([name, target]) => [name, without(target)]);
    return { ...Object(definition), target: Object.fromEntries(targets) };
}
const INSTALL = 'bake needs docker with the buildx plugin on PATH (docker/setup-buildx-action installs it); no daemon is asked.';
async function bake(options, args) {
    const tooLong = new AbortController();
    let length = 0;
    const count = (line) => {
        length += line.length;
        if (length > LONGEST)
            tooLong.abort();
    };
    const result = await options.run('docker', ['buildx', 'bake', '--progress', 'quiet', ...args], {
        env: (0,buildx_env/* dockerEnvironment */.O)(options.env),
        cwd: options.cwd,
        timeout: TIMEOUT,
        onStdout: count,
        onStderr: count,
        signal: AbortSignal.any([tooLong.signal, ...(options.signal ? [options.signal] : [])]),
        ...(options.onStart && { onStart: options.onStart }),
    });
    if (tooLong.signal.aborted)
        throw new errors/* ToolError */.v4(`${BUILDX} printed more than ${LONGEST / 1024 / 1024} MiB and was ended`, { tool: 'docker' });
    return result;
}
function flags(name, values) {
    return values.flatMap(value => [name, value]);
}
/** The names of targets and groups; none where buildx cannot tell. */
async function listTargets(options) {
    try {
        const result = await bake(options, ['--list', 'type=targets,format=json', ...flags('--file', options.files)]);
        const entries = JSON.parse(result.stdout);
        return Array.isArray(entries) ? entries.flatMap(entry => nameOf(entry)) : [];
    }
    catch {
        return [];
    }
}
function nameOf(entry) {
    const { name } = Object(entry);
    return typeof name === 'string' ? [name] : [];
}
/** buildx says on its last line what is wrong, with file and line where it is one of a bake file. */
async function explain(options, result) {
    const said = result.stderr.split('\n').filter(line => line.trim() !== '');
    const last = said.findLast(line => line.startsWith('ERROR: ')) ?? said[0] ?? '';
    const what = last.replace(/^ERROR: /, '').replace(/, and \d+ other diagnostic\(s\)$/, '');
    if (result.timedOut || result.signal !== null)
        return { where: 'bake', what: `${BUILDX}: ${(0,command/* ending */.K1)(result, TIMEOUT)}`, wayOut: 'Run it by hand with --print to see why.' };
    if (/unknown command|is not a docker command|unknown (?:shorthand )?flag/.test(last))
        return { where: 'bake', what: `docker has no buildx that can bake (${visible(what)})`, wayOut: INSTALL };
    if (/failed to find target|could not find any target/.test(what))
        return notThere(options);
    if (what.includes("couldn't find a bake definition"))
        return { where: 'bake-files', what: `there is none of ${DEFAULT_FILES.join(', ')} in the workspace`, wayOut: CHECKOUT };
    const missing = /^open (.+): no such file or directory$/.exec(what)?.[1];
    if (missing !== undefined && options.files.length > 0)
        return { where: 'bake-files', what: `"${(0,reference/* shorten */.ml)(missing)}" does not exist`, wayOut: CHECKOUT };
    if (options.set.length > 0 && /^(?:invalid (?:override|key|format)|unknown key)|for (?:boolean|membytes) key/.test(what))
        return { where: 'bake-set', what: visible(what), wayOut: 'Write target.key=value, as --set of docker buildx bake.' };
    return { where: 'bake', what: visible(what === '' ? (0,command/* ending */.K1)(result) : what), wayOut: wayOutOf(what) };
}
/** One line, as buildx wrote it: it quotes what the bake file says. */
function visible(what) {
    return (0,reference/* shorten */.ml)(what, 600).replaceAll('\\"', '"');
}
const CHECKOUT = 'Paths are relative to the workspace: was actions/checkout run before this step?';
function wayOutOf(what) {
    if (/failed to stat/.test(what))
        return 'It is the file of a secret: bake reads it even to print. Name a variable instead (id=NAME,env=VARIABLE), or type the secrets and set bake-set: *.secrets=';
    if (/ssh/i.test(what))
        return 'bake looks at the keys of ssh even to print: type the input ssh, and set bake-set: *.ssh=';
    return 'This is what docker buildx bake --print says of the bake files; it says the same on your machine.';
}
async function notThere(options) {
    const names = await listTargets(options);
    const { target } = options;
    const there = names.length === 0
        ? ''
        : `; there are ${names
            .slice(0, 30)
            .map(name => (0,reference/* shorten */.ml)(name))
            .join(', ')}`;
    return {
        where: 'bake',
        what: `there is no target "${(0,reference/* shorten */.ml)(target)}"${(0,nearest/* didYouMean */.au)(target, names)}${there}`,
        wayOut: `The files read are ${bakeFilesOf(options).join(', ') || 'none'}; bake-files names others.`,
    };
}
/** buildx wants an agent to print a target with `ssh`; only the build needs a real one. */
async function standInAgent({ env, directory, }) {
    if ((env['SSH_AUTH_SOCK'] ?? '') !== '')
        return { env: {}, close: () => Promise.resolve() };
    const place = await (0,promises_.mkdtemp)(external_node_path_.join(directory, 'agent-'));
    const socket = external_node_path_.join(place, 's');
    const server = (0,external_node_net_.createServer)(connection => connection.destroy());
    const listening = await new Promise(resolve => {
        server.once('error', () => resolve(false));
        server.listen(socket, () => resolve(true));
    });
    return {
        env: listening ? { SSH_AUTH_SOCK: socket } : {},
        close: async () => {
            if (listening)
                await new Promise(resolve => void server.close(() => resolve()));
            await (0,promises_.rm)(place, { recursive: true, force: true });
        },
    };
}

;// CONCATENATED MODULE: ./lib/connect-bake.js
// Connects bake: the target that was asked for -> inputs filled in from it. A file of its own, because what starts programs is loaded only where one is started.









/** The files that bake would read, relative to the workspace. */
function bakeFiles({ inputs, env, workspace }) {
    return bakeFilesOf({ files: inputs.bakeFiles, env, cwd: workspace });
}
/** Resolves the target of the input `bake`, which must be there. Nothing is built, and no builder or daemon is asked. */
async function resolveBake(around) {
    const { inputs, env, workspace, typed = () => '' } = around;
    const { bake = '', bakeSet, allow, bakeAllow } = inputs;
    const exposed = exposedOverrides(bakeSet, await (0,given_secrets/* givenSecrets */.B)(workspace, env, inputs), around.event);
    if (exposed !== undefined)
        return { mistake: { where: 'bake-set', what: exposed, wayOut: HIDE } };
    const printed = await connect_bake_print(around);
    if ('mistake' in printed)
        return printed;
    const target = chooseTarget(printed.definition, bake);
    if (typeof target === 'string')
        return { mistake: { where: 'bake', what: target, wayOut: ONE } };
    const guarded = !/^(?:0|f|false)$/i.test(env['BUILDX_BAKE_ENTITLEMENTS_FS'] ?? '');
    const named = localPaths(target, input => typed(input).trim() !== '');
    const paths = named.filter(({ attribute, path }) => guarded && !isOverridden({ set: bakeSet, target }, attribute, path));
    const baked = bakeInputs({
        target,
        files: bakeFiles(around),
        get: typed,
        allow: [...allow, ...bakeAllow],
        set: bakeSet,
        env,
        native: `linux/${process.arch === 'x64' ? 'amd64' : process.arch}`,
        guarded,
        outside: await outsideOf(workspace, paths, bakeAllow),
    });
    return { baked: { ...baked, warnings: [...printed.warnings, ...baked.warnings] } };
}
const HIDE = 'Give it as a build secret ("secrets"). A build argument that must be one takes its value from "env:" of the step: bake-set: target.args.NAME, without a value.';
const ONE = 'Each job of the matrix builds, scans and publishes one of them.';
/** A plan builds nothing: secrets and keys that are not there are no reason to have none. */
async function connect_bake_print({ inputs, env, workspace, directory, signal, log, typed }) {
    const { bake = '', bakeFiles: files, bakeSet: set, mode } = inputs;
    const onStart = (commandLine) => log.debug(commandLine);
    const options = { run: command/* run */.eF, env, cwd: workspace, directory, target: bake, files, set, signal, onStart };
    const without = (typed?.('outputs') ?? '').trim() === '' ? [] : ['output'];
    const printed = await printBake(options, without);
    if (!('mistake' in printed) || mode !== 'plan' || !/failed to stat|ssh/i.test(printed.mistake.what))
        return printed;
    const again = await printBake(options, [...without, 'secrets', 'ssh']);
    if ('mistake' in again)
        return printed;
    const warning = `the target is planned without its secrets and SSH keys (${printed.mistake.what})`;
    return { ...again, warnings: [...again.warnings, warning] };
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
