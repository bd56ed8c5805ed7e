export const id = 689;
export const ids = [689];
export const modules = {

/***/ 5324:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  wN: () => (/* binding */ describeBundle),
  zi: () => (/* binding */ readBundleFile),
  Cn: () => (/* binding */ sealBundleFile),
  AM: () => (/* binding */ writeBundleFile)
});

// UNUSED EXPORTS: BUNDLE_FILE, checkBundleFile, readWholeBundle

// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(7598);
// EXTERNAL MODULE: external "node:fs/promises"
var promises_ = __webpack_require__(1455);
// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
// EXTERNAL MODULE: ./lib/errors.js
var errors = __webpack_require__(452);
// EXTERNAL MODULE: ./lib/plan/platform.js
var platform = __webpack_require__(8996);
// EXTERNAL MODULE: ./lib/bundle/blobs.js
var blobs = __webpack_require__(1160);
;// CONCATENATED MODULE: ./lib/bundle/bundle-shape.js
// The fields of a bundle.json -> what is wrong with them, in the words of a person.
const isText = value => typeof value === 'string' && value !== '';
const isDigest = value => typeof value === 'string' && /^sha256:[a-f0-9]{64}$/.test(value);
const isSize = value => Number.isSafeInteger(value) && value >= 0;
const isObject = value => typeof value === 'object' && value !== null && !Array.isArray(value);
const listOf = (check) => value => Array.isArray(value) && value.every(check);
const optional = (check) => value => value === undefined || check(value);
const fieldsOf = (checks) => value => isObject(value) && Object.entries(checks).every(([key, check]) => check(value[key]));
const SHAPE = {
    digest: [isDigest, 'a sha256 digest'],
    mediaType: [isText, 'a media type'],
    platforms: [
        value => listOf(fieldsOf({
            platform: isText,
            digest: isDigest,
            size: isSize,
            compressedSize: isSize,
            attestations: listOf(isDigest),
            referrers: optional(listOf(isDigest)),
        }))(value) && value.length > 0,
        'a list of at least one platform with digest, size, compressedSize and attestations',
    ],
    names: [listOf(isText), 'a list of names'],
    source: [fieldsOf({ repository: isText, commit: isText, ref: isText }), 'an object with repository, commit and ref'],
    tools: [value => isObject(value) && Object.values(value).every(isText), 'an object of versions'],
    display: [
        optional(fieldsOf({
            version: optional(isAnyText),
            tags: optional(listOf(isText)),
            verdict: optional(isAnyText),
            scans: optional(listOf(isText)),
        })),
        'an object of texts',
    ],
    files: [
        fieldsOf({ 'index.json': isDigest, 'oci-layout': isDigest }),
        'an object with the digests of index.json and oci-layout',
    ],
    checksum: [isDigest, 'a sha256 digest'],
};
function isAnyText(value) {
    return typeof value === 'string';
}
/** What is wrong with the fields of a bundle.json, a sentence each; as `schema/bundle.schema.json` has it. */
function mistakesIn(fields) {
    return Object.entries(SHAPE).flatMap(([key, [check, wanted]]) => (check(fields[key]) ? [] : [`"${key}" is not ${wanted}`]));
}

// EXTERNAL MODULE: ./lib/bundle/parse.js
var parse = __webpack_require__(2851);
// EXTERNAL MODULE: ./lib/bundle/read.js + 1 modules
var read = __webpack_require__(8680);
// EXTERNAL MODULE: ./lib/bundle/verify.js + 1 modules
var verify = __webpack_require__(7612);
;// CONCATENATED MODULE: ./lib/bundle/bundle-file.js
// Bundle + where it came from <-> bundle.json: the label on the box. Nothing in it is believed: digests are compared with the layout, the rest is for display.
// Blobs are known by their names; a checksum of its own and of the two files beside it shows when one of those was damaged on the way.










const BUNDLE_FILE = 'bundle.json';
/** What lies beside the blobs. */
const TOP_FILES = ['index.json', 'oci-layout'];
/** Makes the content of bundle.json; pure. */
function describeBundle(bundle, origin) {
    const platforms = bundle.images.map(image => ({
        platform: (0,platform/* platformName */.$r)(image.platform),
        digest: image.manifest.digest,
        size: image.manifest.size,
        compressedSize: [image.config, ...image.layers].reduce((sum, blob) => sum + blob.size, 0),
        attestations: image.attestations.map(attestation => attestation.digest),
        ...attachedTo(bundle, image.manifest.digest),
    }));
    const { names, source, tools, display } = origin;
    return {
        schemaVersion: 1,
        digest: bundle.root.digest,
        mediaType: bundle.root.mediaType,
        platforms,
        names,
        source,
        tools,
        ...(display === undefined ? {} : { display }),
    };
}
function attachedTo({ referrers }, image) {
    const digests = referrers.filter(({ subject }) => subject === image).map(({ manifest }) => manifest.digest);
    return digests.length === 0 ? {} : { referrers: digests.sort() };
}
/** The text of bundle.json for a layout whose other files have these bytes: with their digests, and a checksum over all of it. */
function sealBundleFile(file, files) {
    const open = { ...file, files: Object.fromEntries(TOP_FILES.map(name => [name, (0,blobs/* digestOfBytes */.by)(files[name])])) };
    return `${JSON.stringify({ ...open, checksum: checksumOf(open) }, undefined, 2)}\n`;
}
/** Writes bundle.json beside the layout: whole or not at all, also when the machine stops in between. */
async function writeBundleFile(directory, file) {
    const [index, layout] = await Promise.all(TOP_FILES.map(name => (0,promises_.readFile)((0,external_node_path_.join)(directory, name))));
    if (index === undefined || layout === undefined)
        throw new Error(`${directory} is no layout`);
    const text = sealBundleFile(file, { 'index.json': index, 'oci-layout': layout });
    const draft = (0,external_node_path_.join)(directory, `.${BUNDLE_FILE}.${(0,external_node_crypto_.randomBytes)(6).toString('hex')}`);
    try {
        const handle = await (0,promises_.open)(draft, 'wx', 0o644);
        try {
            await handle.writeFile(text);
            await handle.sync();
        }
        finally {
            await handle.close();
        }
        await (0,promises_.rename)(draft, (0,external_node_path_.join)(directory, BUNDLE_FILE));
    }
    catch (error) {
        await (0,promises_.rm)(draft, { force: true });
        throw error;
    }
}
/**
 * Reads a bundle that came from elsewhere with all its hashes: every blob, every layer unpacked, bundle.json and what lies beside it. `description` is
 * undefined for the layout of another tool. Throws UserError that names the file.
 */
async function readWholeBundle(directory, signal) {
    // First: damage of the files beside the blobs shows here under their own names.
    const description = await readBundleFile(directory);
    const bundle = await readBundle(directory);
    if (description !== undefined)
        checkBundleFile(description, bundle);
    await verifyBlobs(bundle, signal === undefined ? {} : { signal });
    return { bundle, description };
}
/** Reads and checks bundle.json and the digests in it of the files beside it; undefined when there is none (a layout of another tool). Throws UserError with every mistake named. */
async function readBundleFile(directory) {
    const path = (0,external_node_path_.join)(directory, BUNDLE_FILE);
    const bytes = await (0,promises_.readFile)(path).catch((error) => {
        if (error.code === 'ENOENT')
            return undefined;
        throw error;
    });
    if (bytes === undefined)
        return undefined;
    const fields = (0,parse/* parseObject */.lj)(bytes, path);
    if (fields['schemaVersion'] !== 1) {
        throw new errors/* UserError */.yo(`${path} has schemaVersion ${JSON.stringify(fields['schemaVersion'])}; this version of Seaworthy reads 1`, {
            hint: 'Use the same version of Seaworthy in all jobs.',
        });
    }
    const mistakes = mistakesIn(fields);
    if (mistakes.length > 0) {
        throw new errors/* UserError */.yo(`${path} is not a bundle description: ${mistakes.join('; ')}`, {
            hint: 'Hand the bundle on as it was written.',
        });
    }
    const { files, checksum, ...file } = fields;
    if (checksumOf({ ...file, files }) !== checksum)
        throw (0,parse/* broken */.mw)(`${path} was changed: its checksum is not ${checksum}`);
    for (const name of TOP_FILES) {
        const digest = (0,blobs/* digestOfBytes */.by)(await (0,promises_.readFile)((0,external_node_path_.join)(directory, name)));
        if (digest !== files[name])
            throw (0,parse/* broken */.mw)(`${(0,external_node_path_.join)(directory, name)} was changed: its bytes have the digest ${digest}`);
    }
    return file;
}
/** `sha256:...` of the document without its checksum, as JSON without blanks. */
function checksumOf(open) {
    return `sha256:${(0,external_node_crypto_.createHash)('sha256').update(JSON.stringify(open)).digest('hex')}`;
}
/** Refuses a bundle.json that lies about the layout it came with. */
function checkBundleFile(file, bundle) {
    const real = describeBundle(bundle, file);
    const differs = ['digest', 'mediaType', 'platforms'].filter(key => JSON.stringify(pick(file, key)) !== JSON.stringify(real[key]));
    if (differs.length > 0) {
        throw new UserError(`${BUNDLE_FILE} in ${bundle.directory} does not belong to this layout: ${differs.join(', ')} differ (layout: ${real.digest}, file: ${file.digest})`, {
            hint: 'The layout or its description was replaced after the build: build again.',
        });
    }
}
/** The value with only the keys, and in the order, that describeBundle() writes. */
function pick(file, key) {
    if (key !== 'platforms')
        return file[key];
    return file.platforms.map(({ platform, digest, size, compressedSize, attestations, referrers }) => ({
        platform,
        digest,
        size,
        compressedSize,
        attestations,
        ...(referrers === undefined ? {} : { referrers }),
    }));
}


/***/ }),

/***/ 5900:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   aH: () => (/* binding */ referrersOf),
/* harmony export */   h1: () => (/* binding */ merge),
/* harmony export */   nw: () => (/* binding */ digestsOf)
/* harmony export */ });
/* harmony import */ var _errors_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(452);
/* harmony import */ var _plan_platform_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(8996);
/* harmony import */ var _blobs_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(1160);
/* harmony import */ var _oci_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(5389);
/* harmony import */ var _parse_js__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(2851);
/* harmony import */ var _read_js__WEBPACK_IMPORTED_MODULE_5__ = __webpack_require__(8680);
// Several bundles -> one: the fixed rule by which platform images become one index. Same input, same bytes.






/**
 * Joins the images of all bundles into one OCI index in a fresh layout: platform manifests in the order of `platforms`, each followed by
 * its attestation manifests (by digest), then the planned annotations. Referrers stay attached to their images. Blobs are linked, not copied, where the file system allows it.
 * Throws UserError for platforms that are missing, double or not asked for.
 */
async function merge(bundles, order) {
    const parts = choose(bundles, order.platforms);
    const index = {
        schemaVersion: 2,
        mediaType: _oci_js__WEBPACK_IMPORTED_MODULE_3__/* .MEDIA */ .Rn.index,
        manifests: parts.flatMap(part => entriesOf(part, order.descriptors?.[(0,_plan_platform_js__WEBPACK_IMPORTED_MODULE_1__/* .platformName */ .$r)(part.image.platform)] ?? {})),
        ...(Object.keys(order.annotations).length === 0 ? {} : { annotations: sorted(order.annotations) }),
    };
    await (0,_blobs_js__WEBPACK_IMPORTED_MODULE_2__/* .startLayout */ .vx)(order.directory);
    for (const { bundle, image } of parts) {
        for (const digest of await digestsOf(bundle, image))
            await (0,_blobs_js__WEBPACK_IMPORTED_MODULE_2__/* .linkBlob */ .sm)(bundle.directory, order.directory, digest);
    }
    // The form in which BuildKit writes an index: two spaces, keys in the order of the specification's Go types.
    const bytes = Buffer.from(JSON.stringify(index, undefined, 2));
    const digest = await (0,_blobs_js__WEBPACK_IMPORTED_MODULE_2__/* .addBlob */ .VP)(order.directory, bytes);
    const named = order.indexDescriptor ?? {};
    const root = {
        mediaType: _oci_js__WEBPACK_IMPORTED_MODULE_3__/* .MEDIA */ .Rn.index,
        digest,
        size: bytes.length,
        ...(Object.keys(named).length === 0 ? {} : { annotations: sorted(named) }),
    };
    const referrers = parts.flatMap(({ bundle, image }) => referrersOf(bundle, image));
    await (0,_blobs_js__WEBPACK_IMPORTED_MODULE_2__/* .finishLayout */ .W2)(order.directory, root, referrers);
    return (0,_read_js__WEBPACK_IMPORTED_MODULE_5__/* .readBundle */ .B)(order.directory, { digest, platforms: order.platforms });
}
function choose(bundles, platforms) {
    const all = bundles.flatMap(bundle => bundle.images.map(image => ({ bundle, image })));
    const unasked = all.find(({ image }) => !platforms.some(platform => (0,_plan_platform_js__WEBPACK_IMPORTED_MODULE_1__/* .samePlatform */ .my)(platform, image.platform)));
    if (unasked !== undefined) {
        throw new _errors_js__WEBPACK_IMPORTED_MODULE_0__/* .UserError */ .yo(`the bundle in ${unasked.bundle.directory} holds ${(0,_plan_platform_js__WEBPACK_IMPORTED_MODULE_1__/* .platformName */ .$r)(unasked.image.platform)}, which is not among the platforms`, {
            hint: `Add it to "platforms" (now ${platforms.map(_plan_platform_js__WEBPACK_IMPORTED_MODULE_1__/* .platformName */ .$r).join(', ')}), or leave that bundle out.`,
        });
    }
    return platforms.map((platform, at) => {
        if (platforms.findIndex(other => (0,_plan_platform_js__WEBPACK_IMPORTED_MODULE_1__/* .samePlatform */ .my)(other, platform)) !== at) {
            throw new _errors_js__WEBPACK_IMPORTED_MODULE_0__/* .UserError */ .yo(`${(0,_plan_platform_js__WEBPACK_IMPORTED_MODULE_1__/* .platformName */ .$r)(platform)} is listed twice in "platforms"`, { hint: 'Name each platform once.' });
        }
        const [part, twin] = all.filter(({ image }) => (0,_plan_platform_js__WEBPACK_IMPORTED_MODULE_1__/* .samePlatform */ .my)(image.platform, platform));
        if (part === undefined) {
            throw new _errors_js__WEBPACK_IMPORTED_MODULE_0__/* .UserError */ .yo(`none of the ${bundles.length} bundles holds ${(0,_plan_platform_js__WEBPACK_IMPORTED_MODULE_1__/* .platformName */ .$r)(platform)}`, {
                hint: `They hold ${all.map(({ image }) => (0,_plan_platform_js__WEBPACK_IMPORTED_MODULE_1__/* .platformName */ .$r)(image.platform)).join(', ') || 'nothing'}: build the missing platform, or take it out of "platforms".`,
            });
        }
        if (twin !== undefined) {
            throw new _errors_js__WEBPACK_IMPORTED_MODULE_0__/* .UserError */ .yo(`${(0,_plan_platform_js__WEBPACK_IMPORTED_MODULE_1__/* .platformName */ .$r)(platform)} was built twice: ${part.image.manifest.digest} in ${part.bundle.directory}, ${twin.image.manifest.digest} in ${twin.bundle.directory}`, { hint: 'Each platform must come from one bundle: remove one of them.' });
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
            [_oci_js__WEBPACK_IMPORTED_MODULE_3__/* .REFERENCE_DIGEST */ .R7]: image.manifest.digest,
            [_oci_js__WEBPACK_IMPORTED_MODULE_3__/* .REFERENCE_TYPE */ .pz]: _oci_js__WEBPACK_IMPORTED_MODULE_3__/* .ATTESTATION_MANIFEST */ .lL,
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
/** What is attached to an image, by digest. */
function referrersOf(bundle, image) {
    const own = bundle.referrers.filter(({ subject }) => subject === image.manifest.digest).map(({ manifest }) => manifest);
    return own.sort((a, b) => compare(a.digest, b.digest));
}
/** Everything that one image and its attestations are made of, in the index or attached. */
async function digestsOf(bundle, image) {
    const digests = new Set([image.manifest, image.config, ...image.layers].map(blob => blob.digest));
    for (const attestation of [...image.attestations, ...referrersOf(bundle, image)]) {
        digests.add(attestation.digest);
        const bytes = await (0,_blobs_js__WEBPACK_IMPORTED_MODULE_2__/* .readSmallBlob */ .tp)(bundle.directory, attestation, 'attestation manifest', _blobs_js__WEBPACK_IMPORTED_MODULE_2__/* .MANIFEST_LIMIT */ .MV);
        const { config, layers } = (0,_parse_js__WEBPACK_IMPORTED_MODULE_4__/* .parseManifest */ .Ng)(bytes, `attestation manifest ${attestation.digest}`);
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


/***/ }),

/***/ 5389:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   $v: () => (/* binding */ EMPTY_CONFIG),
/* harmony export */   EF: () => (/* binding */ ATTESTATION_ARTIFACT),
/* harmony export */   IO: () => (/* binding */ isLayerType),
/* harmony export */   R7: () => (/* binding */ REFERENCE_DIGEST),
/* harmony export */   Rn: () => (/* binding */ MEDIA),
/* harmony export */   To: () => (/* binding */ PREDICATE_TYPE),
/* harmony export */   V: () => (/* binding */ INDEX_TYPES),
/* harmony export */   _P: () => (/* binding */ MANIFEST_TYPES),
/* harmony export */   lL: () => (/* binding */ ATTESTATION_MANIFEST),
/* harmony export */   li: () => (/* binding */ CONFIG_TYPES),
/* harmony export */   mi: () => (/* binding */ isForeignLayerType),
/* harmony export */   pz: () => (/* binding */ REFERENCE_TYPE)
/* harmony export */ });
// The shapes of the OCI image specification that we read and write, and their media types.
const MEDIA = {
    index: 'application/vnd.oci.image.index.v1+json',
    manifest: 'application/vnd.oci.image.manifest.v1+json',
    config: 'application/vnd.oci.image.config.v1+json',
    emptyConfig: 'application/vnd.oci.empty.v1+json',
    dockerConfig: 'application/vnd.docker.container.image.v1+json',
    dockerIndex: 'application/vnd.docker.distribution.manifest.list.v2+json',
    dockerManifest: 'application/vnd.docker.distribution.manifest.v2+json',
};
const INDEX_TYPES = [MEDIA.index, MEDIA.dockerIndex];
const MANIFEST_TYPES = [MEDIA.manifest, MEDIA.dockerManifest];
const CONFIG_TYPES = [MEDIA.config, MEDIA.dockerConfig];
const LAYER = /^application\/vnd\.(oci\.image\.layer\.(nondistributable\.)?v1\.tar(\+gzip|\+zstd)?|docker\.image\.rootfs\.(diff|foreign\.diff)\.tar(\.gzip|\.zstd)?)$/;
/** True for the layer types that container engines unpack. */
function isLayerType(mediaType) {
    return LAYER.test(mediaType);
}
/** True for layers that may lie elsewhere (`urls`) and not in the layout. */
function isForeignLayerType(mediaType) {
    return mediaType.includes('.nondistributable.') || mediaType.includes('.foreign.');
}
/** BuildKit marks attestation manifests with this annotation; its value is `attestation-manifest`. */
const REFERENCE_TYPE = 'vnd.docker.reference.type';
const ATTESTATION_MANIFEST = 'attestation-manifest';
/** ... and names the platform manifest that they speak of with this one. */
const REFERENCE_DIGEST = 'vnd.docker.reference.digest';
/** What BuildKit calls an attestation manifest in its OCI-artifact form, and we one that is a referrer. */
const ATTESTATION_ARTIFACT = 'application/vnd.docker.attestation.manifest.v1+json';
/** The config of an artifact that has none, as the image specification gives it; its two bytes are in the descriptor. */
const EMPTY_CONFIG = {
    mediaType: MEDIA.emptyConfig,
    digest: 'sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a',
    size: 2,
    data: 'e30=',
};
/** On the layer of a statement: what it is about, e.g. `https://spdx.dev/Document`. */
const PREDICATE_TYPE = 'in-toto.io/predicate-type';


/***/ }),

/***/ 8680:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  B: () => (/* binding */ readBundle)
});

// EXTERNAL MODULE: external "node:fs/promises"
var promises_ = __webpack_require__(1455);
// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
// EXTERNAL MODULE: ./lib/plan/platform.js
var plan_platform = __webpack_require__(8996);
// EXTERNAL MODULE: ./lib/errors.js
var errors = __webpack_require__(452);
// EXTERNAL MODULE: ./lib/bundle/blobs.js
var bundle_blobs = __webpack_require__(1160);
// EXTERNAL MODULE: ./lib/bundle/oci.js
var oci = __webpack_require__(5389);
// EXTERNAL MODULE: ./lib/bundle/parse.js
var parse = __webpack_require__(2851);
;// CONCATENATED MODULE: ./lib/bundle/classify.js
// A manifest of the layout -> a runnable image, or an attestation and the image that it speaks of; anything else is refused.



/** True when the manifest is not an image: BuildKit's annotation (legacy form) or an artifact type (OCI-artifact form). */
function isAttestation(leaf) {
    const { descriptor, manifest } = leaf;
    return (descriptor.annotations?.[oci/* REFERENCE_TYPE */.pz] !== undefined ||
        descriptor.artifactType !== undefined ||
        manifest.artifactType !== undefined);
}
/** Digest of the image that an attestation speaks of. Refuses what only claims to be an attestation: nobody would scan it. */
function attestedDigest({ descriptor, manifest }) {
    const what = `attestation manifest ${descriptor.digest}`;
    const type = descriptor.annotations?.[oci/* REFERENCE_TYPE */.pz];
    if (type !== undefined && type !== oci/* ATTESTATION_MANIFEST */.lL)
        throw (0,parse/* broken */.mw)(`${what} has the unknown ${oci/* REFERENCE_TYPE */.pz} "${type}"`);
    if (descriptor.platform !== undefined && !isUnknown(descriptor.platform)) {
        throw (0,parse/* broken */.mw)(`${what} is listed for ${(0,plan_platform/* platformName */.$r)(descriptor.platform)}: it could be run, and would not be scanned`);
    }
    const other = manifest.layers.find(layer => !layer.mediaType.startsWith('application/vnd.in-toto'));
    if (other !== undefined)
        throw (0,parse/* broken */.mw)(`${what} holds ${other.digest} of type ${other.mediaType}, which is not an in-toto statement`);
    const named = descriptor.annotations?.[oci/* REFERENCE_DIGEST */.R7];
    const subject = manifest.subject?.digest;
    if (named !== undefined && subject !== undefined && named !== subject) {
        throw (0,parse/* broken */.mw)(`${what} names two images: ${named} in its annotation, ${subject} as its subject`);
    }
    const digest = named ?? subject;
    if (digest === undefined)
        throw (0,parse/* broken */.mw)(`${what} does not say which image it speaks of`);
    return digest;
}
/** Manifest + config of a runnable image, checked against each other. */
function asImage(leaf, config, attestations) {
    const { descriptor, manifest } = leaf;
    const platform = platformOf(descriptor, config);
    const diffIds = config.rootfs?.diff_ids ?? [];
    if (diffIds.length !== manifest.layers.length) {
        throw (0,parse/* broken */.mw)(`image ${descriptor.digest} has ${manifest.layers.length} layers, but its config has ${diffIds.length} diff_ids`);
    }
    return {
        platform,
        manifest: descriptor,
        config: manifest.config,
        layers: manifest.layers,
        diffIds,
        labels: config.config?.Labels ?? {},
        ...(config.created === undefined ? {} : { created: config.created }),
        attestations,
    };
}
/** Refuses media types that no container engine would run, before their blobs are looked at. */
function checkImageTypes({ descriptor, manifest }) {
    const what = `image ${descriptor.digest}`;
    if (!oci/* CONFIG_TYPES */.li.includes(manifest.config.mediaType)) {
        throw (0,parse/* broken */.mw)(`${what} has a config of the unknown media type ${manifest.config.mediaType} (${manifest.config.digest})`);
    }
    const odd = manifest.layers.find(layer => !(0,oci/* isLayerType */.IO)(layer.mediaType));
    if (odd !== undefined)
        throw (0,parse/* broken */.mw)(`${what} has the layer ${odd.digest} of the unknown media type ${odd.mediaType}`);
}
function platformOf(descriptor, config) {
    const said = descriptor.platform ?? fromConfig(config);
    if (said === undefined || isUnknown(said))
        throw (0,parse/* broken */.mw)(`image ${descriptor.digest} has no platform, neither in its descriptor nor in its config`);
    const platform = plain(said);
    // What the config leaves out cannot contradict; what it says decides what an engine runs.
    const configured = plain({
        os: config.os ?? said.os,
        architecture: config.architecture ?? said.architecture,
        ...((config.variant ?? said.variant) === undefined ? {} : { variant: config.variant ?? said.variant ?? '' }),
    });
    if (!(0,plan_platform/* samePlatform */.my)(platform, configured)) {
        throw (0,parse/* broken */.mw)(`image ${descriptor.digest} is listed for ${(0,plan_platform/* platformName */.$r)(platform)}, but its config (${(0,plan_platform/* platformName */.$r)(configured)}) is for another platform`);
    }
    return (0,plan_platform/* normalisePlatform */.WN)(configured);
}
function fromConfig(config) {
    if (config.os === undefined || config.architecture === undefined)
        return undefined;
    return {
        os: config.os,
        architecture: config.architecture,
        ...(config.variant === undefined ? {} : { variant: config.variant }),
    };
}
function plain({ os, architecture, variant }) {
    return { os, architecture, ...(variant === undefined || variant === '' ? {} : { variant }) };
}
function isUnknown(platform) {
    return platform.os === 'unknown' || platform.architecture === 'unknown';
}

;// CONCATENATED MODULE: ./lib/bundle/read.js
// A directory -> Bundle: reads an OCI layout, believes nothing, and says by digest what is wrong with it.








/** Nested indexes are legal and rare; these bounds stop a layout that was made to keep us busy. */
const MAX_DEPTH = 4;
const MAX_MANIFESTS = 1000;
/**
 * Reads the layout in `directory`: every manifest and config hashed, every blob there with its size (their bytes: see verifyBlobs()).
 * Throws UserError naming the digest for anything missing, altered, unknown or contradictory.
 */
async function readBundle(directory, expect = {}) {
    await checkVersion(directory);
    const { root, others } = await readTopEntries(directory);
    if (expect.digest !== undefined && root.digest !== expect.digest) {
        throw (0,parse/* broken */.mw)(`the layout in ${directory} holds ${root.digest}, expected was ${expect.digest}`);
    }
    const walk = { directory, leaves: [], manifests: new Map(), seen: 0 };
    await visit(walk, root, 0);
    const images = await readImages(directory, walk.leaves);
    checkPlatforms(images, expect.platforms ?? [], directory);
    const attached = await readReferrers(directory, others, images);
    const blobs = new Map();
    for (const leaf of [...walk.leaves, ...attached.map(({ leaf }) => leaf)])
        await collectBlobs(directory, leaf, blobs);
    const referrers = attached.map(({ referrer }) => referrer);
    return { directory, root, images, manifests: [...walk.manifests.values()], referrers, blobs: [...blobs.values()] };
}
async function checkVersion(directory) {
    const bytes = await readTop(directory, 'oci-layout');
    const version = (0,parse/* parseObject */.lj)(bytes, `oci-layout in ${directory}`)['imageLayoutVersion'];
    if (version !== '1.0.0')
        throw (0,parse/* broken */.mw)(`${directory} is an OCI layout of the unknown version ${JSON.stringify(version)}`);
}
/** The image, and what is attached to it. An entry with an artifact type is no image: a referrer, or refused as such. */
async function readTopEntries(directory) {
    const { manifests } = (0,parse/* parseIndex */.A1)(await readTop(directory, 'index.json'), `index.json in ${directory}`);
    const others = manifests.filter(entry => entry.artifactType !== undefined);
    const roots = manifests.filter(entry => entry.artifactType === undefined);
    // BuildKit writes one entry for each name of the image.
    const digests = [...new Set(roots.map(entry => entry.digest))];
    const [first] = roots;
    if (first === undefined)
        throw (0,parse/* broken */.mw)(`the layout in ${directory} is empty`);
    if (digests.length > 1) {
        throw new errors/* UserError */.yo(`the layout in ${directory} holds ${digests.length} different images: ${digests.join(', ')}`, {
            hint: 'A bundle holds one image: write it into a fresh directory.',
        });
    }
    if (roots.some(entry => entry.mediaType !== first.mediaType || entry.size !== first.size)) {
        throw (0,parse/* broken */.mw)(`index.json in ${directory} describes ${first.digest} in two different ways`);
    }
    // The annotations of this entry name the image inside the layout; they are not part of what is published.
    const { mediaType, digest, size, platform } = first;
    return { root: { mediaType, digest, size, ...(platform === undefined ? {} : { platform }) }, others };
}
/** Reads what is attached to the images: attestations of one of them, and nothing else. */
async function readReferrers(directory, entries, images) {
    const attached = [];
    for (const descriptor of new Map(entries.map(entry => [entry.digest, entry])).values()) {
        const what = `referrer ${descriptor.digest}`;
        if (attached.length >= MAX_MANIFESTS)
            throw (0,parse/* broken */.mw)(`the layout in ${directory} has more than ${MAX_MANIFESTS} referrers`);
        if (descriptor.mediaType !== oci/* MEDIA */.Rn.manifest)
            throw (0,parse/* broken */.mw)(`${what} has the media type ${descriptor.mediaType}`);
        const manifest = (0,parse/* parseManifest */.Ng)(await (0,bundle_blobs/* readSmallBlob */.tp)(directory, descriptor, 'referrer', bundle_blobs/* MANIFEST_LIMIT */.MV), what);
        sameType(manifest.mediaType, descriptor, what);
        const subject = attestedDigest({ descriptor, manifest });
        if (manifest.subject === undefined)
            throw (0,parse/* broken */.mw)(`${what} has no subject`);
        if (!images.some(image => image.manifest.digest === subject))
            throw (0,parse/* broken */.mw)(`${what} speaks of ${subject}, which is not in the layout`);
        const { mediaType, digest, size } = descriptor;
        const artifactType = manifest.artifactType ?? manifest.config.mediaType;
        attached.push({ referrer: { subject, manifest: { mediaType, digest, size, artifactType } }, leaf: { descriptor, manifest } });
    }
    return attached;
}
async function readTop(directory, name) {
    try {
        return await (0,promises_.readFile)((0,external_node_path_.join)(directory, name));
    }
    catch (error) {
        throw new errors/* UserError */.yo(`${directory} is not an OCI layout: ${name} is missing or cannot be read`, {
            hint: 'Name the directory that holds oci-layout, index.json and blobs/.',
            cause: error,
        });
    }
}
async function visit(walk, descriptor, depth) {
    walk.seen += 1;
    if (depth > MAX_DEPTH)
        throw (0,parse/* broken */.mw)(`index ${descriptor.digest} is nested more than ${MAX_DEPTH} levels deep`);
    if (walk.seen > MAX_MANIFESTS)
        throw (0,parse/* broken */.mw)(`the layout in ${walk.directory} lists more than ${MAX_MANIFESTS} manifests`);
    if (oci/* INDEX_TYPES */.V.includes(descriptor.mediaType)) {
        const what = `index ${descriptor.digest}`;
        const index = (0,parse/* parseIndex */.A1)(await (0,bundle_blobs/* readSmallBlob */.tp)(walk.directory, descriptor, 'index', bundle_blobs/* MANIFEST_LIMIT */.MV), what);
        sameType(index.mediaType, descriptor, what);
        for (const child of index.manifests)
            await visit(walk, child, depth + 1);
    }
    else if (oci/* MANIFEST_TYPES */._P.includes(descriptor.mediaType)) {
        const what = `manifest ${descriptor.digest}`;
        const manifest = (0,parse/* parseManifest */.Ng)(await (0,bundle_blobs/* readSmallBlob */.tp)(walk.directory, descriptor, 'manifest', bundle_blobs/* MANIFEST_LIMIT */.MV), what);
        sameType(manifest.mediaType, descriptor, what);
        walk.leaves.push({ descriptor, manifest });
    }
    else {
        throw (0,parse/* broken */.mw)(`${descriptor.digest} has the unknown media type ${descriptor.mediaType}; an image index or an image manifest is expected`);
    }
    if (!walk.manifests.has(descriptor.digest))
        walk.manifests.set(descriptor.digest, descriptor);
}
function sameType(mediaType, descriptor, what) {
    if (mediaType !== undefined && mediaType !== descriptor.mediaType) {
        throw (0,parse/* broken */.mw)(`${what} calls itself ${mediaType}, but is listed as ${descriptor.mediaType}`);
    }
}
async function readImages(directory, leaves) {
    const runnable = leaves.filter(leaf => !isAttestation(leaf));
    if (runnable.length === 0)
        throw (0,parse/* broken */.mw)(`the layout in ${directory} holds no image that could be run`);
    const attestations = new Map(runnable.map(leaf => [leaf.descriptor.digest, []]));
    for (const leaf of leaves.filter(isAttestation)) {
        const about = attestedDigest(leaf);
        const list = attestations.get(about);
        if (list === undefined)
            throw (0,parse/* broken */.mw)(`attestation manifest ${leaf.descriptor.digest} speaks of ${about}, which is not in the layout`);
        list.push(leaf.descriptor);
    }
    const images = [];
    for (const leaf of runnable) {
        checkImageTypes(leaf);
        const { digest } = leaf.descriptor;
        const bytes = await (0,bundle_blobs/* readSmallBlob */.tp)(directory, leaf.manifest.config, `config of image ${digest}`, bundle_blobs/* CONFIG_LIMIT */.PS);
        const config = (0,parse/* parseConfig */.o4)(bytes, `config ${leaf.manifest.config.digest} of image ${digest}`);
        images.push(asImage(leaf, config, attestations.get(digest) ?? []));
    }
    return images;
}
function checkPlatforms(images, wanted, directory) {
    images.forEach((image, at) => {
        const twin = images.slice(0, at).find(earlier => (0,plan_platform/* samePlatform */.my)(earlier.platform, image.platform));
        if (twin !== undefined) {
            throw (0,parse/* broken */.mw)(`the layout in ${directory} holds two images for ${(0,plan_platform/* platformName */.$r)(image.platform)}: ${twin.manifest.digest} and ${image.manifest.digest}`);
        }
    });
    const missing = wanted.filter(platform => !images.some(image => (0,plan_platform/* samePlatform */.my)(image.platform, platform)));
    if (missing.length > 0) {
        throw new errors/* UserError */.yo(`the layout in ${directory} has no image for ${missing.map(plan_platform/* platformName */.$r).join(', ')}`, {
            hint: `It holds ${images.map(image => (0,plan_platform/* platformName */.$r)(image.platform)).join(', ')}: build the missing platform, or take it out of "platforms".`,
        });
    }
}
async function collectBlobs(directory, { descriptor, manifest }, blobs) {
    for (const blob of [manifest.config, ...manifest.layers]) {
        const known = blobs.get(blob.digest);
        if (known?.size === blob.size)
            continue;
        const what = `${blob === manifest.config ? 'config' : 'layer'} of ${descriptor.digest}`;
        await (0,bundle_blobs/* checkFile */.vH)(directory, blob, what).catch((error) => {
            if (!(0,oci/* isForeignLayerType */.mi)(blob.mediaType))
                throw error;
            throw new errors/* UserError */.yo(`${what} (${blob.digest}) is a foreign layer whose bytes are not in ${directory}`, {
                hint: 'What is not there cannot be scanned: make the layout with foreign layers included.',
                cause: error,
            });
        });
        blobs.set(blob.digest, blob);
    }
}


/***/ }),

/***/ 7612:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  o: () => (/* binding */ verifyBlobs)
});

// UNUSED EXPORTS: verifyManifests

// EXTERNAL MODULE: ./lib/plan/platform.js
var platform = __webpack_require__(8996);
// EXTERNAL MODULE: ./lib/bundle/blobs.js
var blobs = __webpack_require__(1160);
// EXTERNAL MODULE: ./lib/bundle/parse.js
var parse = __webpack_require__(2851);
// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(7598);
// EXTERNAL MODULE: external "node:fs"
var external_node_fs_ = __webpack_require__(3024);
// EXTERNAL MODULE: external "node:fs/promises"
var promises_ = __webpack_require__(1455);
// EXTERNAL MODULE: external "node:stream"
var external_node_stream_ = __webpack_require__(7075);
// EXTERNAL MODULE: external "node:stream/promises"
var external_node_stream_promises_ = __webpack_require__(6466);
// EXTERNAL MODULE: external "node:zlib"
var external_node_zlib_ = __webpack_require__(8522);
;// CONCATENATED MODULE: ./lib/bundle/unpack.js
// A blob file -> sha256 and size of its bytes and, for layers, sha256 of what they unpack to: in one pass.






const CHUNK = 1024 * 1024;
/** A frame costs us an open file: enough for a layer of many gigabytes, too few to keep us busy for hours. */
const MAX_FRAMES = 50_000;
/**
 * Hashes the file, and its unpacked form when `unpack` is set. Bytes are unpacked by what they are (as engines and scanners do), not by
 * their media type. Rejects with the error of zlib, or with an Error that says so when bytes follow the compressed data: engines differ
 * in what they make of those.
 */
async function hashBlob(file, unpack, signal) {
    const raw = (0,external_node_crypto_.createHash)('sha256');
    const counter = { size: 0 };
    const compression = unpack ? await compressionOf(file) : 'none';
    const source = (0,external_node_fs_.createReadStream)(file, { highWaterMark: CHUNK });
    if (compression === 'none') {
        await (0,external_node_stream_promises_.pipeline)(source, count(raw, counter), devNull(), { signal });
        const digest = `sha256:${raw.digest('hex')}`;
        return { digest, size: counter.size, ...(unpack ? { diffId: digest } : {}) };
    }
    const plain = (0,external_node_crypto_.createHash)('sha256');
    const decompress = compression === 'gzip' ? (0,external_node_zlib_.createGunzip)({ chunkSize: CHUNK }) : (0,external_node_zlib_.createZstdDecompress)({ chunkSize: CHUNK });
    await (0,external_node_stream_promises_.pipeline)(source, count(raw, counter), decompress, into(plain), { signal });
    if (decompress.bytesWritten < counter.size) {
        if (compression === 'gzip')
            throw new Error(`${counter.size - decompress.bytesWritten} bytes follow the gzip data`);
        await hashFurtherFrames(file, decompress.bytesWritten, counter.size, plain, signal);
    }
    return { digest: `sha256:${raw.digest('hex')}`, size: counter.size, diffId: `sha256:${plain.digest('hex')}` };
}
/** Told by the first bytes; a zstd file may start with a skippable frame. */
async function compressionOf(file) {
    const handle = await (0,promises_.open)(file);
    try {
        const start = Buffer.alloc(4);
        const { bytesRead } = await handle.read(start, 0, 4, 0);
        if (bytesRead >= 3 && start[0] === 0x1f && start[1] === 0x8b && start[2] === 8)
            return 'gzip';
        if (bytesRead < 4)
            return 'none';
        const magic = start.readUInt32LE(0);
        return magic === 0xfd2fb528 || (magic >= 0x184d2a50 && magic <= 0x184d2a5f) ? 'zstd' : 'none';
    }
    finally {
        await handle.close();
    }
}
/** Node's zstd stops after the first frame; layers that can be read in part (zstd:chunked) have many, some of them to be skipped. */
async function hashFurtherFrames(file, from, size, plain, signal) {
    let frames = 1;
    for (let offset = from; offset < size; frames += 1) {
        signal?.throwIfAborted();
        if (frames > MAX_FRAMES)
            throw new Error(`it has more than ${MAX_FRAMES} zstd frames`);
        const decompress = (0,external_node_zlib_.createZstdDecompress)();
        const source = (0,external_node_fs_.createReadStream)(file, { start: offset });
        source.on('error', error => decompress.destroy(error));
        for await (const chunk of source.pipe(decompress))
            plain.update(chunk);
        source.destroy();
        if (decompress.bytesWritten === 0)
            throw new Error(`${size - offset} bytes follow the zstd data`);
        offset += decompress.bytesWritten;
    }
}
function count(hash, counter) {
    return async function* (chunks) {
        for await (const chunk of chunks) {
            hash.update(chunk);
            counter.size += chunk.length;
            yield chunk;
        }
    };
}
function into(hash) {
    return new external_node_stream_.Writable({
        highWaterMark: CHUNK,
        write(chunk, _encoding, done) {
            hash.update(chunk);
            done();
        },
    });
}
function devNull() {
    return new external_node_stream_.Writable({ write: (_chunk, _encoding, done) => done() });
}

;// CONCATENATED MODULE: ./lib/bundle/verify.js
// Bundle -> nothing, or the error that names the first blob whose bytes are not what the manifests say.




/** Hashing is bound by the processor: more at once only costs memory. */
const PARALLEL = 3;
/**
 * Reads every blob once: its sha256 and size, and for layers the sha256 of the unpacked bytes, which must be the diff_id of the config
 * (scanners key their analysis by diff_id, so a lie there hides a layer from them). Throws UserError naming blob and image.
 */
async function verifyBlobs(bundle, options = {}) {
    await verifyManifests(bundle);
    const uses = layerUses(bundle);
    const total = bundle.blobs.reduce((sum, blob) => sum + blob.size, 0);
    const queue = [...bundle.blobs].sort((a, b) => b.size - a.size);
    const stop = new AbortController();
    const signal = options.signal === undefined ? stop.signal : AbortSignal.any([options.signal, stop.signal]);
    let bytes = 0;
    const work = async () => {
        for (let blob = queue.shift(); blob !== undefined; blob = queue.shift()) {
            signal.throwIfAborted();
            await verifyBlob(bundle, blob, uses.get(blob.digest) ?? [], signal);
            bytes += blob.size;
            options.onProgress?.({ bytes, total });
        }
    };
    const workers = Array.from({ length: PARALLEL }, () => work().catch((error) => {
        stop.abort(error);
        throw error;
    }));
    await Promise.all(workers).finally(() => Promise.allSettled(workers));
}
/** The quick form, for the moment before the first write: every manifest and index still has its bytes. */
async function verifyManifests(bundle) {
    const all = [...bundle.manifests, ...bundle.referrers.map(referrer => referrer.manifest)];
    for (const manifest of all)
        await (0,blobs/* readSmallBlob */.tp)(bundle.directory, manifest, 'manifest', blobs/* MANIFEST_LIMIT */.MV);
}
function layerUses(bundle) {
    const uses = new Map();
    for (const image of bundle.images) {
        image.layers.forEach((layer, at) => {
            const list = uses.get(layer.digest) ?? [];
            list.push({ image: `${(0,platform/* platformName */.$r)(image.platform)} (${image.manifest.digest})`, diffId: image.diffIds[at] ?? '' });
            uses.set(layer.digest, list);
        });
    }
    return uses;
}
async function verifyBlob(bundle, blob, uses, signal) {
    const what = `blob ${blob.digest} of ${uses[0]?.image ?? ownerOf(bundle, blob)}`;
    const found = await hashBlob((0,blobs/* blobPath */.nD)(bundle.directory, blob.digest), uses.length > 0, signal).catch((error) => {
        if (signal.aborted)
            throw error;
        throw (0,parse/* broken */.mw)(`${what} cannot be unpacked: ${error.message ?? String(error)}`, error);
    });
    if (found.digest !== blob.digest)
        throw (0,parse/* broken */.mw)(`${what} was changed: its bytes have the digest ${found.digest}`);
    if (found.size !== blob.size)
        throw (0,parse/* broken */.mw)(`${what} has ${found.size} bytes, its manifest says ${blob.size}`);
    for (const use of uses) {
        if (found.diffId !== use.diffId) {
            throw (0,parse/* broken */.mw)(`layer ${blob.digest} of ${use.image} unpacks to ${found.diffId ?? 'nothing'}, but its config says ${use.diffId}`);
        }
    }
}
function ownerOf(bundle, blob) {
    const image = bundle.images.find(candidate => candidate.config.digest === blob.digest);
    return image === undefined ? 'an attestation' : `${(0,platform/* platformName */.$r)(image.platform)} (${image.manifest.digest})`;
}


/***/ }),

/***/ 2054:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   M: () => (/* binding */ parseReport)
/* harmony export */ });
/* harmony import */ var _plan_severity_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(3272);
// Trivy's JSON report (unknown data) -> the few facts that acceptance and gate need, every field checked for its type.

/** Reads a report of SchemaVersion 2; undefined when it is not even an object. Never throws. */
function parseReport(report) {
    if (!isFields(report))
        return undefined;
    const malformed = [];
    const metadata = fields(report['Metadata']);
    const config = fields(metadata['ImageConfig']);
    const variant = text(config['variant']);
    const results = list(report['Results'], 'Results', malformed);
    const systems = results.filter(result => result['Class'] === 'os-pkgs');
    const languages = results.filter(result => result['Class'] === 'lang-pkgs');
    const packages = (from) => from.flatMap(result => list(result['Packages'], 'Packages', malformed));
    return {
        schemaVersion: typeof report['SchemaVersion'] === 'number' ? report['SchemaVersion'] : undefined,
        artifactType: text(report['ArtifactType']),
        scannerVersion: text(fields(report['Trivy'])['Version']),
        imageId: text(metadata['ImageID']),
        diffIds: strings(metadata['DiffIDs'], 'Metadata.DiffIDs', malformed),
        layers: list(metadata['Layers'], 'Metadata.Layers', malformed).map(layer => ({
            digest: text(layer['Digest']),
            diffId: text(layer['DiffID']),
        })),
        config: { os: text(config['os']), architecture: text(config['architecture']), ...(variant === '' ? {} : { variant }) },
        os: system(metadata['OS'], malformed),
        osPackages: packages(systems).map(entry => ({
            name: text(entry['Name']),
            analyzedBy: text(entry['AnalyzedBy']),
            thirdParty: fields(entry['Repository'])['Class'] === 'third-party',
        })),
        languageResults: languages.length,
        languagePackages: packages(languages).length,
        findings: results.flatMap(result => findingsOf(result, malformed)),
        malformed,
    };
}
function system(value, malformed) {
    if (value === undefined || value === null)
        return undefined;
    const family = text(fields(value)['Family']);
    if (family === '') {
        malformed.push('Metadata.OS has no Family');
        return undefined;
    }
    return { family, name: text(fields(value)['Name']), endOfLife: fields(value)['EOSL'] === true };
}
function findingsOf(result, malformed) {
    const target = text(result['Target']);
    return [
        ...list(result['Vulnerabilities'], 'Vulnerabilities', malformed).map(entry => vulnerability(entry, binary(result), malformed)),
        ...list(result['Secrets'], 'Secrets', malformed).map(entry => secret(entry, target, malformed)),
    ].filter(finding => finding !== undefined);
}
/** Packages inside a binary have no path of their own: the binary is the target. */
function binary(result) {
    return text(result['Type']).endsWith('binary') ? text(result['Target']) : '';
}
function vulnerability(entry, inBinary, malformed) {
    const id = text(entry['VulnerabilityID']);
    const name = text(entry['PkgName']);
    if (id === '' || name === '') {
        malformed.push(`a vulnerability without ${id === '' ? 'VulnerabilityID' : `PkgName (${id})`}`);
        return undefined;
    }
    const aliases = strings(entry['VendorIDs'], 'VendorIDs', malformed);
    return {
        kind: 'vuln',
        id,
        ...(aliases.length === 0 ? {} : { aliases }),
        severity: severity(entry['Severity'], id, malformed),
        ...score(entry),
        title: text(entry['Title']),
        package: name,
        purl: text(fields(entry['PkgIdentifier'])['PURL']),
        installed: text(entry['InstalledVersion']),
        fixed: text(entry['FixedVersion']),
        status: text(entry['Status']),
        path: relative(text(entry['PkgPath']) || inBinary),
        url: text(entry['PrimaryURL']),
        ...optional('published', text(entry['PublishedDate'])),
        ...optional('layer', text(fields(entry['Layer'])['Digest'])),
        platforms: [],
    };
}
/** Match and Code are not read: the adapter has removed them, and what they hold belongs into no report. */
function secret(entry, target, malformed) {
    const id = text(entry['RuleID']);
    if (id === '') {
        malformed.push(`a secret without RuleID (${target})`);
        return undefined;
    }
    // Trivy writes files with a leading slash; without one the target is the image itself: its configuration, ENV or history.
    const inFile = target.startsWith('/');
    const title = text(entry['Title']) === '' ? id : text(entry['Title']);
    return {
        kind: 'secret',
        id,
        severity: severity(entry['Severity'], id, malformed),
        title: inFile ? title : `${title} (in the image configuration: environment or history)`,
        package: '',
        purl: '',
        installed: '',
        fixed: '',
        status: '',
        path: inFile ? relative(target) : '',
        ...(typeof entry['StartLine'] === 'number' && inFile ? { line: entry['StartLine'] } : {}),
        url: '',
        ...optional('layer', text(fields(entry['Layer'])['Digest'])),
        platforms: [],
    };
}
/** Advisories without any score have UNKNOWN (older releases: an empty text). A word that nobody knows must not pass for "not severe". */
function severity(value, id, malformed) {
    const known = _plan_severity_js__WEBPACK_IMPORTED_MODULE_0__/* .SEVERITIES */ .o.find(word => word === value);
    if (known === undefined && text(value) !== '')
        malformed.push(`${id} has the severity ${JSON.stringify(value)}`);
    return known ?? 'UNKNOWN';
}
/** Nothing is judged by it, so what is no score is passed over. */
function score(entry) {
    const scores = fields(entry['CVSS']);
    const sources = [text(entry['SeveritySource']), 'nvd', ...Object.keys(scores).sort()];
    const values = sources.flatMap(source => [fields(scores[source])['V3Score'], fields(scores[source])['V40Score']]);
    const cvss = values.find(value => typeof value === 'number' && value > 0 && value <= 10);
    return typeof cvss === 'number' ? { cvss } : {};
}
function relative(file) {
    return file.replace(/^\/+/, '');
}
function optional(key, value) {
    return (value === '' ? {} : { [key]: value });
}
function isFields(value) {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}
function fields(value) {
    return isFields(value) ? value : {};
}
function text(value) {
    return typeof value === 'string' ? value : '';
}
/** Absent and null are empty lists (Go writes both); anything else that is not a list of objects is malformed. */
function list(value, name, malformed) {
    if (value === undefined || value === null)
        return [];
    if (Array.isArray(value) && value.every(isFields))
        return value;
    malformed.push(`${name} is not a list of objects`);
    return [];
}
function strings(value, name, malformed) {
    if (value === undefined || value === null)
        return [];
    if (Array.isArray(value) && value.every(entry => typeof entry === 'string'))
        return value;
    malformed.push(`${name} is not a list of strings`);
    return [];
}


/***/ })

};
