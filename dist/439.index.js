export const id = 439;
export const ids = [439];
export const modules = {

/***/ 5389:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   IO: () => (/* binding */ isLayerType),
/* harmony export */   R7: () => (/* binding */ REFERENCE_DIGEST),
/* harmony export */   Rn: () => (/* binding */ MEDIA),
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
    const root = await readRoot(directory);
    if (expect.digest !== undefined && root.digest !== expect.digest) {
        throw (0,parse/* broken */.mw)(`the layout in ${directory} holds ${root.digest}, expected was ${expect.digest}`);
    }
    const walk = { directory, leaves: [], manifests: new Map(), seen: 0 };
    await visit(walk, root, 0);
    const images = await readImages(directory, walk.leaves);
    checkPlatforms(images, expect.platforms ?? [], directory);
    const blobs = new Map();
    for (const leaf of walk.leaves)
        await collectBlobs(directory, leaf, blobs);
    return { directory, root, images, manifests: [...walk.manifests.values()], blobs: [...blobs.values()] };
}
async function checkVersion(directory) {
    const bytes = await readTop(directory, 'oci-layout');
    const version = (0,parse/* parseObject */.lj)(bytes, `oci-layout in ${directory}`)['imageLayoutVersion'];
    if (version !== '1.0.0')
        throw (0,parse/* broken */.mw)(`${directory} is an OCI layout of the unknown version ${JSON.stringify(version)}`);
}
async function readRoot(directory) {
    const { manifests } = (0,parse/* parseIndex */.A1)(await readTop(directory, 'index.json'), `index.json in ${directory}`);
    // BuildKit writes one entry for each name of the image.
    const digests = [...new Set(manifests.map(entry => entry.digest))];
    const [first] = manifests;
    if (first === undefined)
        throw (0,parse/* broken */.mw)(`the layout in ${directory} is empty`);
    if (digests.length > 1) {
        throw new errors/* UserError */.yo(`the layout in ${directory} holds ${digests.length} different images: ${digests.join(', ')}`, {
            hint: 'A bundle holds one image: write it into a fresh directory.',
        });
    }
    if (manifests.some(entry => entry.mediaType !== first.mediaType || entry.size !== first.size)) {
        throw (0,parse/* broken */.mw)(`index.json in ${directory} describes ${first.digest} in two different ways`);
    }
    // The annotations of this entry name the image inside the layout; they are not part of what is published.
    const { mediaType, digest, size, platform, artifactType } = first;
    return {
        mediaType,
        digest,
        size,
        ...(platform === undefined ? {} : { platform }),
        ...(artifactType === undefined ? {} : { artifactType }),
    };
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
