export const id = 878;
export const ids = [878];
export const modules = {

/***/ 8878:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  carryOut: () => (/* binding */ carryOut)
});

;// CONCATENATED MODULE: ./lib/build/cache-warnings.js
// What became of the caches -> one warning for each that was of no use because something is wrong.
/** One line a cache and a trouble, however often it was met and whatever is in `told` already; nothing for a cache that is not there yet, or had nothing new to hold. */
function cacheWarnings(uses, told = []) {
    const known = new Set(told.filter(isTrouble).map(keyOf));
    const troubles = new Map();
    for (const use of uses.filter(isTrouble)) {
        const key = keyOf(use);
        const seconds = (troubles.get(key)?.seconds ?? 0) + use.seconds;
        if (!known.has(key))
            troubles.set(key, { ...use, seconds });
    }
    return [...troubles.values()].map(lineOf);
}
function isTrouble({ state, trouble }) {
    return state === 'failed' || trouble === true;
}
/** Left out is left out, for reading and for writing; what failed did so at one of them. */
function keyOf({ type, name, state, direction, reason }) {
    return JSON.stringify([type, name, state === 'failed' ? direction : '', reason]);
}
function lineOf({ type, name, direction, state, reason, seconds }) {
    const what = state === 'failed' ? `could not be ${direction === 'read' ? 'read' : 'written'}` : 'is left out';
    const cost = seconds >= 0.5 ? ` This cost ${seconds.toFixed(1)} s.` : '';
    return `cache ${type} (${name}) ${what}: ${reason ?? 'no reason was given'}.${cost}`;
}

// EXTERNAL MODULE: ./lib/bundle/blobs.js
var bundle_blobs = __webpack_require__(1160);
// EXTERNAL MODULE: ./lib/bundle/merge.js
var merge = __webpack_require__(5900);
// EXTERNAL MODULE: ./lib/bundle/oci.js
var oci = __webpack_require__(5389);
// EXTERNAL MODULE: ./lib/bundle/parse.js
var parse = __webpack_require__(2851);
// EXTERNAL MODULE: ./lib/bundle/read.js + 1 modules
var read = __webpack_require__(8680);
;// CONCATENATED MODULE: ./lib/bundle/detach.js
// A bundle with attestations in its index -> the same images without them, each attestation attached to its image as a referrer (rules 20).





/**
 * Writes a layout without attestations in the index: one image is a bare manifest, several are merged by the rule of merge(). The images keep their
 * bytes. The attestations become further entries of the layout. The bundle's own layout gets the new manifests too, and nothing else changes there.
 * Throws UserError as merge() does.
 */
async function detach(bundle, order) {
    const referrers = [...bundle.referrers];
    for (const image of bundle.images)
        for (const attestation of image.attestations)
            referrers.push(await attach(bundle.directory, attestation, image.manifest));
    const images = bundle.images.map(image => ({ ...image, attestations: [] }));
    const plain = { ...bundle, images, referrers };
    const [only] = images;
    return images.length === 1 && only !== undefined ? keepOne(plain, only, order) : (0,merge/* merge */.h1)([plain], order);
}
/** The bare manifest of one image, and what is attached to it. */
async function keepOne(bundle, image, { directory, platforms }) {
    await (0,bundle_blobs/* startLayout */.vx)(directory);
    for (const digest of await (0,merge/* digestsOf */.nw)(bundle, image))
        await (0,bundle_blobs/* linkBlob */.sm)(bundle.directory, directory, digest);
    const { mediaType, digest, size } = image.manifest;
    await (0,bundle_blobs/* finishLayout */.W2)(directory, { mediaType, digest, size, platform: image.manifest.platform ?? image.platform }, (0,merge/* referrersOf */.aH)(bundle, image));
    return (0,read/* readBundle */.B)(directory, { digest, platforms });
}
/**
 * The manifest that BuildKit itself writes in its OCI-artifact form, byte for byte: the statements as they are, an empty config, the image as the subject.
 * One that has this form already stays what it is.
 */
async function attach(directory, attestation, { mediaType, digest, size }) {
    const what = `attestation manifest ${attestation.digest}`;
    const manifest = (0,parse/* parseManifest */.Ng)(await (0,bundle_blobs/* readSmallBlob */.tp)(directory, attestation, what, bundle_blobs/* MANIFEST_LIMIT */.MV), what);
    const described = { mediaType: attestation.mediaType, digest: attestation.digest, size: attestation.size };
    if (manifest.subject?.digest === digest && manifest.artifactType !== undefined)
        return { subject: digest, manifest: { ...described, artifactType: manifest.artifactType } };
    const layers = manifest.layers.map(layer => ({
        mediaType: layer.mediaType,
        digest: layer.digest,
        size: layer.size,
        ...(layer.annotations === undefined ? {} : { annotations: layer.annotations }),
    }));
    const artifact = {
        schemaVersion: 2,
        mediaType: 'application/vnd.oci.image.manifest.v1+json',
        artifactType: oci/* ATTESTATION_ARTIFACT */.EF,
        config: oci/* EMPTY_CONFIG */.$v,
        layers,
        subject: { mediaType, digest, size },
    };
    const bytes = Buffer.from(JSON.stringify(artifact, undefined, 2));
    await (0,bundle_blobs/* addBlob */.VP)(directory, Buffer.from('{}'));
    return {
        subject: digest,
        manifest: {
            mediaType: artifact.mediaType,
            digest: await (0,bundle_blobs/* addBlob */.VP)(directory, bytes),
            size: bytes.length,
            artifactType: oci/* ATTESTATION_ARTIFACT */.EF,
        },
    };
}

// EXTERNAL MODULE: ./lib/errors.js
var errors = __webpack_require__(452);
// EXTERNAL MODULE: ./lib/plan/image-annotations.js
var image_annotations = __webpack_require__(8281);
// EXTERNAL MODULE: ./lib/plan/platform.js
var plan_platform = __webpack_require__(8996);
;// CONCATENATED MODULE: ./lib/build/run-build.js
// Plan + Builder -> Bundle: one order, one layout, and the proof that the layout holds what the builder says it built.





/** What a builder is asked for to carry out this plan. */
function orderOf(plan) {
    const { outputs, export: archive } = plan.delivery;
    const handedOver = [...outputs.map(({ dest }) => dest), ...(archive === undefined ? [] : [archive])];
    return {
        ...plan.build,
        names: plan.buildNames,
        labels: plan.buildLabels,
        annotations: plan.annotations,
        platforms: plan.platforms,
        ...(handedOver.length > 0 && { handedOver }),
    };
}
/** With `attestations: referrer` what was built is taken apart before anybody looks at it: the root that is scanned is the one that is published (rules 20). */
async function place(built, { attestations, annotations, platforms }) {
    if (attestations !== 'referrer')
        return built;
    const names = platforms.map(plan_platform/* platformName */.$r);
    return detach(built, {
        platforms,
        annotations: (0,image_annotations/* annotationsAt */.wv)(annotations, 'index'),
        descriptors: Object.fromEntries(names.map(name => [name, (0,image_annotations/* annotationsAt */.wv)(annotations, 'manifest-descriptor', name)])),
        indexDescriptor: (0,image_annotations/* annotationsAt */.wv)(annotations, 'index-descriptor'),
        directory: `${built.directory}-plain`,
    });
}
/**
 * Builds all platforms of the plan and reads the result. Throws what the builder throws, and ToolError when the layout is not what the
 * builder reported or lacks a platform: then nobody knows what was built.
 */
async function build(work) {
    const { layout, outputs, facts } = await work.builder.build(orderOf(work.plan));
    try {
        const built = await (0,read/* readBundle */.B)(layout, { digest: facts.metadataDigest, platforms: work.plan.platforms });
        return { bundle: await place(built, work.plan), outputs, facts };
    }
    catch (error) {
        if (!(error instanceof errors/* UserError */.yo))
            throw error;
        throw new errors/* ToolError */.v4(`The build ended well, but its result is not usable: ${error.message}`, {
            tool: 'docker buildx build',
            hint: 'Nothing was published. Run again; if it stays, report it with the versions of buildx and BuildKit.',
            cause: error,
        });
    }
}

// EXTERNAL MODULE: ./lib/bundle/bundle-file.js + 1 modules
var bundle_file = __webpack_require__(5324);
// EXTERNAL MODULE: external "node:fs/promises"
var promises_ = __webpack_require__(1455);
// EXTERNAL MODULE: ./lib/parallel.js
var parallel = __webpack_require__(932);
;// CONCATENATED MODULE: ./lib/bundle/pull.js
// An image in a registry -> a Bundle on disk: root, children, attestation manifests, configs and layers, every hash checked.






const PARALLEL_BLOBS = 5;
/** Larger than any honest image; they stop an index that was made to keep us busy. */
const MAX_MANIFESTS = 1000;
const MAX_DEPTH = 4;
/** Of one image; more than anybody would attach in good faith. */
const MOST_REFERRERS = 30;
/** Pulls the image and reads it as a bundle; `platforms` must be there. */
async function pullBundle(order) {
    await pullLayout(order);
    return (0,read/* readBundle */.B)(order.directory, { digest: order.digest, platforms: order.platforms });
}
/** Makes an OCI layout of exactly `image@digest`. Its index.json is written last: a half-pulled layout is not taken for a whole one. */
async function pullLayout(order) {
    await (0,bundle_blobs/* startLayout */.vx)(order.directory);
    const blobs = new Map();
    const walk = { order, blobs, images: new Set(), seen: new Set() };
    const root = await pullManifest(walk, { digest: order.digest }, 0);
    await pullBlobs(order.registry, order.image, order.directory, [...blobs.values()]);
    const referrers = await pullReferrers({ ...order, repositories: order.attachedIn ?? [], images: walk.images });
    await (0,bundle_blobs/* finishLayout */.W2)(order.directory, root, referrers);
}
/** The largest first; each is readable for a scanner that runs as another user. */
async function pullBlobs(registry, image, directory, blobs) {
    const largestFirst = [...blobs].sort((a, b) => b.size - a.size);
    await (0,parallel/* inParallel */.H)(largestFirst, PARALLEL_BLOBS, async (blob) => {
        const file = (0,bundle_blobs/* blobPath */.nD)(directory, blob.digest);
        await registry.fetchBlob(image, blob, file);
        await (0,promises_.chmod)(file, 0o644);
    });
}
/** Fetches the attestations that are attached to the images, from the first repository that has any for an image; others' artifacts (signatures) stay where they are. */
async function pullReferrers({ registry, repositories, images, directory }) {
    const found = [];
    for (const subject of images) {
        for (const image of repositories) {
            const own = await pullAttached(registry, image, subject, directory);
            found.push(...own);
            if (own.length > 0)
                break;
        }
    }
    return found;
}
async function pullAttached(registry, image, subject, directory) {
    const listed = (await registry.referrers(image, subject)).filter(({ mediaType }) => mediaType === oci/* MEDIA */.Rn.manifest);
    const found = [];
    for (const { digest } of listed.slice(0, MOST_REFERRERS)) {
        const stored = await registry.manifest(image, digest);
        const attestation = stored && attestationOf(stored.bytes, subject);
        if (stored === undefined || attestation === undefined || found.some(one => one.digest === digest))
            continue;
        await pullBlobs(registry, image, directory, [attestation.config, ...attestation.layers]);
        if ((await (0,bundle_blobs/* addBlob */.VP)(directory, stored.bytes)) !== digest)
            throw (0,parse/* broken */.mw)(`${image}@${digest} has other bytes than its digest says`);
        const { length: size } = stored.bytes;
        found.push({ mediaType: oci/* MEDIA */.Rn.manifest, digest, size, artifactType: oci/* ATTESTATION_ARTIFACT */.EF });
    }
    return found;
}
/** The manifest when it is an attestation of ours about this image. Whatever else is attached is others' business. */
function attestationOf(bytes, subject) {
    try {
        const manifest = (0,parse/* parseManifest */.Ng)(bytes, 'referrer');
        const statements = manifest.layers.every(({ mediaType }) => mediaType.startsWith('application/vnd.in-toto'));
        const ours = manifest.artifactType === oci/* ATTESTATION_ARTIFACT */.EF && manifest.subject?.digest === subject && statements;
        return ours ? manifest : undefined;
    }
    catch {
        return undefined;
    }
}
/** Stores one manifest and all below it; notes the blobs to fetch. */
async function pullManifest(walk, wanted, depth) {
    const { order, seen, blobs } = walk;
    const what = `manifest ${order.image}@${wanted.digest}`;
    if (depth > MAX_DEPTH || seen.size > MAX_MANIFESTS)
        throw (0,parse/* broken */.mw)(`${order.image}@${order.digest} lists manifests without end`);
    const stored = await order.registry.manifest(order.image, wanted.digest);
    if (stored === undefined)
        throw (0,parse/* broken */.mw)(`${what} is not in the registry`);
    const { bytes } = stored;
    if ((await (0,bundle_blobs/* addBlob */.VP)(order.directory, bytes)) !== wanted.digest)
        throw (0,parse/* broken */.mw)(`${what} has other bytes than its digest says`);
    if (wanted.size !== undefined && wanted.size !== bytes.length)
        throw (0,parse/* broken */.mw)(`${what} has ${bytes.length} bytes, ${wanted.size} are expected`);
    seen.add(wanted.digest);
    const mediaType = wanted.mediaType ?? mediaTypeOf(bytes, stored.mediaType, what);
    if (oci/* INDEX_TYPES */.V.includes(mediaType)) {
        for (const child of (0,parse/* parseIndex */.A1)(bytes, what).manifests) {
            if (!seen.has(child.digest))
                await pullManifest(walk, child, depth + 1);
        }
    }
    else if (oci/* MANIFEST_TYPES */._P.includes(mediaType)) {
        const { config, layers } = (0,parse/* parseManifest */.Ng)(bytes, what);
        for (const blob of [config, ...layers])
            blobs.set(blob.digest, blob);
        walk.images.add(wanted.digest);
    }
    else {
        throw (0,parse/* broken */.mw)(`${what} has the unknown media type ${mediaType}; an image index or an image manifest is expected`);
    }
    return { mediaType, digest: wanted.digest, size: bytes.length };
}
/** What the document says of itself counts more than a header, which a proxy may have rewritten. */
function mediaTypeOf(bytes, header, what) {
    const said = (0,parse/* parseObject */.lj)(bytes, what)['mediaType'];
    return typeof said === 'string' && said !== '' ? said : header;
}

// EXTERNAL MODULE: ./lib/bundle/verify.js + 1 modules
var verify = __webpack_require__(7612);
// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
;// CONCATENATED MODULE: ./lib/bundle/sboms.js
// Bundle -> the SPDX documents that its attestations hold, and files of them that name the image they speak of.






const SPDX = 'https://spdx.dev/Document';
/** Bytes: a large image has tens of thousands of packages and files. */
const DOCUMENT_LIMIT = 128 * 1024 * 1024;
/** The SPDX documents that BuildKit attested of this image, the image itself first; none when there are none. Throws UserError when a blob is not what it was. */
async function readSboms(bundle, image) {
    const attached = bundle.referrers.filter(({ subject }) => subject === image.manifest.digest).map(({ manifest }) => manifest);
    const documents = [];
    for (const attestation of [...image.attestations, ...attached]) {
        const what = `attestation manifest ${attestation.digest}`;
        const { layers } = (0,parse/* parseManifest */.Ng)(await (0,bundle_blobs/* readSmallBlob */.tp)(bundle.directory, attestation, what, bundle_blobs/* MANIFEST_LIMIT */.MV), what);
        for (const layer of layers.filter(({ annotations }) => annotations?.[oci/* PREDICATE_TYPE */.To] === SPDX)) {
            const document = await readDocument(bundle, image, layer);
            if (document !== undefined)
                documents.push(document);
        }
    }
    return documents;
}
/** The document of a statement that speaks of this very image. */
async function readDocument(bundle, image, layer) {
    const what = `SBOM of ${image.manifest.digest}`;
    const statement = (0,parse/* parseObject */.lj)(await (0,bundle_blobs/* readSmallBlob */.tp)(bundle.directory, layer, what, DOCUMENT_LIMIT), what);
    const { subject, predicate } = statement;
    const hex = image.manifest.digest.slice('sha256:'.length);
    const speaks = list(subject).some(one => isFields(one['digest']) && one['digest']['sha256'] === hex);
    return speaks && isFields(predicate) ? predicate : undefined;
}
/**
 * The same document with the image as what it describes: its name, and a package with the digest that holds what was described before. Outside of its
 * statement nothing else in a document says which image it is of. One that has such a package already keeps it.
 */
function nameSubject(document, { name, digest, platform }) {
    const packages = list(document['packages']);
    const relationships = list(document['relationships']);
    const named = { ...document, name: `${name}@${digest}` };
    if (packages.some(one => list(one['externalRefs']).some(({ referenceLocator }) => isPurlOf(referenceLocator, digest))))
        return named;
    const described = [
        ...relationships
            .filter(one => one['spdxElementId'] === DOCUMENT && one['relationshipType'] === 'DESCRIBES')
            .map(one => one['relatedSpdxElement']),
        ...(Array.isArray(document['documentDescribes']) ? document['documentDescribes'] : []),
    ];
    const image = {
        name: `${name}@${digest}`,
        SPDXID: IMAGE,
        versionInfo: digest,
        downloadLocation: 'NOASSERTION',
        filesAnalyzed: false,
        licenseConcluded: 'NOASSERTION',
        licenseDeclared: 'NOASSERTION',
        copyrightText: 'NOASSERTION',
        primaryPackagePurpose: 'CONTAINER',
        comment: `Image for ${(0,plan_platform/* platformName */.$r)(platform)}`,
        checksums: [{ algorithm: 'SHA256', checksumValue: digest.slice('sha256:'.length) }],
        externalRefs: [
            { referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: purlOf({ name, digest, platform }) },
        ],
    };
    return {
        ...named,
        packages: [image, ...packages],
        relationships: [
            { spdxElementId: DOCUMENT, relationshipType: 'DESCRIBES', relatedSpdxElement: IMAGE },
            ...[...new Set(described)].map(id => ({ spdxElementId: IMAGE, relationshipType: 'CONTAINS', relatedSpdxElement: id })),
            ...relationships,
        ],
    };
}
const DOCUMENT = 'SPDXRef-DOCUMENT';
const IMAGE = 'SPDXRef-Seaworthy-Image';
/** `pkg:oci/app@sha256%3A…?arch=arm64&repository_url=ghcr.io%2Facme%2Fapp`, as the purl specification writes images. */
function purlOf({ name, digest, platform }) {
    const last = name.slice(name.lastIndexOf('/') + 1);
    return `pkg:oci/${encodeURIComponent(last)}@${encodeURIComponent(digest)}?arch=${encodeURIComponent(platform.architecture)}&repository_url=${encodeURIComponent(name)}`;
}
function isPurlOf(locator, digest) {
    return typeof locator === 'string' && locator.startsWith('pkg:oci/') && locator.replaceAll('%3A', ':').includes(`@${digest}`);
}
/** Writes documents as `<name>.spdx.json`, further ones of one image as `<name>-2.spdx.json` …; resolves to the path of the first. */
async function writeSboms(directory, name, documents) {
    await (0,promises_.mkdir)(directory, { recursive: true });
    const files = documents.map((_, at) => (0,external_node_path_.join)(directory, `${name}${at === 0 ? '' : `-${at + 1}`}.spdx.json`));
    for (const [at, file] of files.entries())
        await (0,promises_.writeFile)(file, `${JSON.stringify(documents[at], undefined, 2)}\n`);
    const [first] = files;
    if (first === undefined)
        throw new Error('there is no document to write');
    return first;
}
function list(value) {
    return Array.isArray(value) ? value.filter(isFields) : [];
}
function isFields(value) {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}

// EXTERNAL MODULE: ./lib/plan/reference.js
var reference = __webpack_require__(3698);
;// CONCATENATED MODULE: ./lib/collect-sboms.js
// Bundle + scan -> the SBOM files of the output `sbom`: what BuildKit attested, else what our own scan of the same bytes saw.




/** True when an SBOM was asked for and the bundle does not hold one of every image: the scan must then keep what it saw. */
async function lacksSbom({ build: { sbom } }, bundle) {
    if (sbom === 'false')
        return false;
    const found = await Promise.all(bundle.images.map(image => readSboms(bundle, image)));
    return found.some(documents => documents.length === 0);
}
/** Writes one file a platform. Never throws for what the scanner did: an SBOM that cannot be made is a note, and the image is no worse for it. */
async function collectSboms(order) {
    const { plan, bundle, directory } = order;
    if (plan.build.sbom === 'false')
        return { notes: [] };
    const name = (0,reference/* splitReference */.mQ)(plan.buildNames[0] ?? '').name;
    const files = [];
    const notes = [];
    for (const image of bundle.images) {
        const platform = (0,plan_platform/* platformName */.$r)(image.platform);
        const subject = { name, digest: image.manifest.digest, platform: image.platform };
        const attested = await readSboms(bundle, image);
        const documents = attested.length > 0 ? attested : await fromScan(order, image, name, notes);
        if (documents.length === 0)
            continue;
        const named = documents.map(document => nameSubject(document, subject));
        const file = await writeSboms(directory, (0,plan_platform/* platformSlug */.DN)(image.platform), named);
        files.push({ platform, file, from: attested.length > 0 ? 'buildkit' : 'scan' });
    }
    const [first] = files;
    if (first === undefined)
        return { notes };
    return { sbom: { path: bundle.images.length === 1 ? first.file : directory, files }, notes };
}
/** A scan that was not accepted did not prove what it looked at: nothing is made of it. */
async function fromScan({ scanned, scanner }, image, name, notes) {
    const platform = (0,plan_platform/* platformName */.$r)(image.platform);
    const seen = scanned?.platforms.find(({ manifest }) => manifest === image.manifest.digest);
    const missing = (why) => {
        notes.push(`no SBOM of ${platform}: BuildKit made none, and ${why}`);
        return [];
    };
    if (seen === undefined)
        return missing('nothing was scanned');
    if (seen.status === 'rejected')
        return missing('its scan was not accepted');
    try {
        return [await scanner.sbom(image, name)];
    }
    catch (error) {
        return missing((0,errors/* explain */.WE)(error).message);
    }
}

;// CONCATENATED MODULE: ./lib/adopted-without.js
// Plan + adopted image -> what was asked for and it was published without, or has lost: only the build itself could make it.


/** One warning at most. */
async function adoptedWithout(plan, adopted) {
    return [...detached(plan, adopted), ...(await withoutSbom(plan, adopted))];
}
/** Statements that are gone from every repository cannot be made again: only the build itself could make them. */
function detached({ attestations, build: { provenance, sbom } }, { images, referrers }) {
    if (attestations !== 'referrer' || (provenance === 'false' && sbom === 'false'))
        return [];
    const bare = images.filter(({ manifest }) => !referrers.some(({ subject }) => subject === manifest.digest));
    if (bare.length === 0)
        return [];
    return [
        `the published image has lost the attestations of ${bare.map(({ platform }) => (0,plan_platform/* platformName */.$r)(platform)).join(', ')}; only the build that made it could make them, so it is completed without`,
    ];
}
/** Published while the image of its scanner could not be had. */
async function withoutSbom(plan, adopted) {
    if (plan.attestations !== 'inline' || !(await lacksSbom(plan, adopted)))
        return [];
    return [
        'the published image has no SBOM attestation, although one is asked for: only the build that made it could add one, so it is completed without; the SBOM files are made from our own scan of the same bytes',
    ];
}

// EXTERNAL MODULE: ./lib/plan/plan-delivery.js
var plan_delivery = __webpack_require__(1353);
;// CONCATENATED MODULE: ./lib/deliver/run-deliver.js
// The deliver stage: the user's outputs to their place, the scanned image into the engine, the archive.



/** True when the user asked for anything on this machine. */
function delivers({ delivery }) {
    return delivery.outputs.length > 0 || delivery.load !== undefined || delivery.export !== undefined;
}
/**
 * Hands everything over, one after the other: archives, the engine, then what buildx wrote. What fails ends the run before anything is published; what was
 * handed over until then stays (the gate allowed it) and is named. Throws what the machine throws, and an Error (a bug) without a verdict that lets
 * anything out.
 */
async function deliver(order) {
    if (!order.verdict.publish)
        throw new Error(`deliver was called although the verdict is ${order.verdict.outcome}`);
    const done = [];
    try {
        return await handOver(order, done);
    }
    catch (error) {
        throw done.length === 0 ? error : withDone(error, done);
    }
}
async function handOver({ plan, bundle, outputs, machine, signal }, done) {
    const { delivery, buildNames } = plan;
    const archive = delivery.export === undefined ? undefined : await machine.archive(bundle, delivery.export, buildNames);
    if (archive !== undefined)
        done.push(delivery.export ?? '');
    for (const output of delivery.outputs.filter(one => !(0,plan_delivery/* isBuilt */.TQ)(one))) {
        signal?.throwIfAborted();
        await machine.writeImage(bundle, output, namesOf(output.attributes['name']) ?? buildNames);
        done.push(output.dest);
    }
    signal?.throwIfAborted();
    const loaded = await load({ plan, bundle, machine });
    if (loaded !== undefined)
        done.push(`${loaded.names.join(', ')} in the engine`);
    for (const [at, output] of delivery.outputs.filter(plan_delivery/* isBuilt */.TQ).entries()) {
        const from = outputs[at];
        if (from === undefined)
            throw new Error(`the build left no output ${at + 1} behind`);
        signal?.throwIfAborted();
        await machine.moveOutput(from, output);
        done.push(output.dest);
    }
    return { outputs: delivery.outputs, ...(loaded && { loaded }), ...(archive !== undefined && { archive }) };
}
async function load({ plan: { delivery, buildNames }, bundle, machine, }) {
    const wanted = delivery.load;
    if (wanted === undefined)
        return undefined;
    const image = bundle.images.find(({ platform }) => (0,plan_platform/* samePlatform */.my)(platform, wanted));
    if (image === undefined)
        throw new Error(`${(0,plan_platform/* platformName */.$r)(wanted)} is to be loaded and is not in the bundle`);
    const names = delivery.loadNames ?? buildNames;
    const id = await machine.load(bundle, image, names);
    return id === undefined ? undefined : { platform: (0,plan_platform/* platformName */.$r)(image.platform), names, id };
}
function namesOf(name) {
    const names = (name ?? '').split(',').filter(each => each !== '');
    return names.length === 0 ? undefined : names.map(each => (/:[^/]*$/.test(each) ? each : `${each}:latest`));
}
function withDone(error, done) {
    const said = `Handed over before, and left there: ${done.join('; ')}.`;
    if (error instanceof errors/* UserError */.yo)
        return new errors/* UserError */.yo(error.message, { hint: join(error.hint, said), cause: error });
    if (!(error instanceof errors/* ToolError */.v4))
        return error;
    const { tool, exitCode, tail, hint } = error;
    return new errors/* ToolError */.v4(error.message, {
        tool,
        ...(exitCode !== undefined && { exitCode }),
        tail,
        hint: join(hint, said),
        cause: error,
    });
}
function join(hint, said) {
    return hint === undefined ? said : `${hint} ${said}`;
}

// EXTERNAL MODULE: ./lib/plan/severity.js
var severity = __webpack_require__(3272);
// EXTERNAL MODULE: ./lib/scan/merge.js
var scan_merge = __webpack_require__(6245);
;// CONCATENATED MODULE: ./lib/gate/exceptions.js
// Exceptions of the policy and the day -> which one speaks of a finding, and what a person should know about all of them.

/** An exception that ends within this many days is announced. */
const SOON_DAYS = 14;
/** True when every field that the exception names fits. `platform` is the one on which the finding was made. */
function covers(exception, finding, platform) {
    const names = [finding.id, ...(finding.aliases ?? [])].map(name => name.toLowerCase());
    return (names.includes(exception.id.toLowerCase()) &&
        (exception.package === undefined || exception.package === finding.package) &&
        (exception.platform === undefined || normalName(exception.platform) === normalName(platform)) &&
        (exception.path === undefined || within(exception.path, finding.path)));
}
/** `expires` is the last day on which it excuses (UTC). */
function expired(exception, today) {
    return day(today) > exception.expires;
}
/** The one that excuses longest; of equals the first by its place. Order of writing does not matter. */
function strongest(exceptions) {
    const key = ({ expires, source, reason }) => [expires, source, reason].join('\n');
    return [...exceptions].sort((a, b) => b.expires.localeCompare(a.expires) || key(a).localeCompare(key(b)))[0];
}
/**
 * One note for each exception that has expired, ends soon, or covers nothing. `used` are those that covered a finding;
 * when the scan is `incomplete`, nothing is said about unused ones: what they are for may not have been seen.
 */
function exceptionNotes(exceptions, used, today, incomplete) {
    const limit = day(new Date(today.getTime() + SOON_DAYS * 86_400_000));
    return exceptions.flatMap(exception => {
        const name = `exception ${exception.id}${scope(exception)} (${exception.source})`;
        const unused = !used.has(exception);
        if (expired(exception, today)) {
            return [`${name} expired on ${exception.expires}${unused ? '' : ': what it excused counts again'}`];
        }
        if (unused)
            return incomplete ? [] : [`${name} covers nothing that was found: remove it, or correct it`];
        return exception.expires <= limit ? [`${name} expires on ${exception.expires}`] : [];
    });
}
function scope(exception) {
    const parts = [exception.package, exception.platform, exception.path].filter(part => part !== undefined);
    return parts.length === 0 ? '' : ` for ${parts.join(', ')}`;
}
/** A path covers itself and, as a directory, what is below it. */
function within(pattern, path) {
    const wanted = pattern.replace(/^\/+|\/+$/g, '');
    return wanted !== '' && (path === wanted || path.startsWith(`${wanted}/`));
}
function normalName(platform) {
    const [os = '', architecture = '', variant] = platform.split('/');
    return (0,plan_platform/* platformName */.$r)((0,plan_platform/* normalisePlatform */.WN)({ os, architecture, ...(variant === undefined ? {} : { variant }) }));
}
function day(date) {
    return date.toISOString().slice(0, 10);
}

;// CONCATENATED MODULE: ./lib/gate/rule-on.js
// One finding on one platform + policy + day -> what the policy makes of it, and why.


/** Severity first, then exceptions, then ignore-unfixed: the reason is the first that decides. */
function ruleOn(finding, scanned, policy, today) {
    const platform = (0,plan_platform/* platformName */.$r)(scanned.platform);
    const found = { ...finding, platforms: [platform] };
    const covering = policy.exceptions.filter(exception => covers(exception, found, platform));
    const ruled = (ruling, reason) => ({ finding: found, ruling, reason, covering });
    const severities = policy.block[finding.kind];
    if (!severities.includes(finding.severity))
        return ruled('shown', belowLimit(finding, policy));
    const valid = strongest(covering.filter(exception => !expired(exception, today)));
    if (valid !== undefined)
        return ruled('excused', `${valid.reason} (until ${valid.expires}, ${valid.source})`);
    const unfixed = finding.kind === 'vuln' && finding.fixed === '' && finding.status !== 'fixed';
    if (unfixed && policy.ignoreUnfixed)
        return ruled('excused', `no fixed version yet${statusOf(finding)} (ignore-unfixed)`);
    // Rule 1 counts what blocks on accepted platforms; the others are an error already.
    if (scanned.status === 'rejected')
        return ruled('shown', `${finding.severity} would block, but the scan of ${platform} was not accepted`);
    return ruled('blocks', blockReason(finding, covering));
}
function belowLimit(finding, policy) {
    const limit = policy.block[finding.kind];
    const kind = finding.kind === 'vuln' ? 'vulnerabilities' : 'secrets';
    return limit.length === 0 ? `no ${kind} block` : `${finding.severity} does not block (${limit.join(', ')} of ${kind} do)`;
}
function blockReason(finding, covering) {
    const old = strongest(covering);
    const because = old === undefined ? '' : `; its exception expired on ${old.expires} (${old.source}: ${old.reason})`;
    if (finding.kind === 'secret')
        return `${finding.severity} secret${because}`;
    const way = finding.fixed === '' ? `no fixed version yet${statusOf(finding)}` : `fixed in ${finding.fixed}`;
    return `${finding.severity}, ${way}${because}`;
}
function statusOf(finding) {
    return finding.status === '' || finding.status === 'affected' ? '' : `: ${finding.status.replaceAll('_', ' ')}`;
}

;// CONCATENATED MODULE: ./lib/gate/judge.js
// Scans + policy + day -> Verdict: the outcome table (design 5, rule 1) and a reason for every finding.





/** Judges one run. Pure: the order of platforms, findings and exceptions never matters. */
function judge({ scan, policy, today, platforms }) {
    if (policy.gate === 'off') {
        const headline = 'Not scanned: gate is off, so nothing is known about what is in this image';
        return { outcome: 'skipped', publish: true, exitCode: 0, headline, findings: [], problems: [], notes: [] };
    }
    const scans = scan?.platforms ?? [];
    const problems = [...(scan?.problems ?? []), ...scans.flatMap(rejections), ...missing(scans, platforms)];
    const rulings = scans.flatMap(platformScan => platformScan.findings.map(finding => ruleOn(finding, platformScan, policy, today)));
    const findings = rows(rulings);
    const blocking = findings.filter(judged => judged.ruling === 'blocks');
    const used = new Set(rulings.flatMap(ruling => ruling.covering));
    const notes = [
        ...onlyUnfixable(blocking, policy),
        ...unknownSeverity(findings, policy),
        ...endOfLife(scans),
        ...(scan?.scanner.notes ?? []),
        ...exceptionNotes(policy.exceptions, used, today, problems.length > 0),
    ];
    return { ...decide(policy, blocking, problems, findings), findings, problems, notes };
}
/** The outcome table, cell by cell. */
function decide(policy, blocking, problems, findings) {
    const blocked = blocking.length > 0;
    const outcome = problems.length > 0 ? 'error' : blocked ? 'blocked' : 'passed';
    // Rule 1: with both at once, `on-scan-error: warn` lets the error pass, and what blocks decides.
    const publish = (outcome !== 'error' || policy.onScanError === 'warn') && (!blocked || policy.gate === 'warn');
    return { outcome, publish, exitCode: publish ? 0 : 1, headline: headline(outcome, publish, blocking, problems, findings) };
}
function headline(outcome, publish, blocking, problems, findings) {
    if (outcome === 'error') {
        const also = blocking.length > 0 ? `; ${counted(blocking)} would block anyway` : '';
        const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
        const allowed = publish ? '; on-scan-error: warn lets it through' : '';
        return `Could not tell: ${problems[0] ?? ''}${more}${also}${allowed}`;
    }
    if (outcome === 'blocked')
        return `${counted(blocking)} ${publish ? 'would block, but gate: warn lets it through' : 'block'}`;
    if (findings.length === 0)
        return 'Nothing blocks: no findings';
    const excused = findings.filter(judged => judged.ruling === 'excused').length;
    const parts = [
        `${plural(findings.length - excused, 'finding')} below what blocks`,
        ...(excused > 0 ? [`${excused} excused`] : []),
    ];
    return `Nothing blocks: ${parts.join(', ')}`;
}
/** `3 findings (1 CRITICAL, 2 HIGH) on linux/amd64, linux/arm64`. */
function counted(blocking) {
    const severities = severity/* SEVERITIES */.o.toReversed().flatMap(severity => {
        const count = blocking.filter(judged => judged.finding.severity === severity).length;
        return count === 0 ? [] : [`${count} ${severity}`];
    });
    const platforms = [...new Set(blocking.flatMap(judged => judged.finding.platforms))].sort();
    return `${plural(blocking.length, 'finding')} (${severities.join(', ')}) on ${platforms.join(', ')}`;
}
/** One row for what is equal on several platforms and was ruled alike; what blocks first, the worst of it on top. */
function rows(rulings) {
    const alike = Map.groupBy(rulings, ({ finding, ruling, reason }) => JSON.stringify([(0,scan_merge/* findingKey */.fl)(finding), ruling, reason]));
    const order = ['blocks', 'excused', 'shown'];
    return [...alike.values()]
        .flatMap(group => {
        const sorted = group.map(({ finding }) => finding).sort((a, b) => compare(a.platforms.join(), b.platforms.join()));
        const [first] = group;
        return first === undefined
            ? []
            : (0,scan_merge/* mergeFindings */.DF)(sorted).map(finding => ({ finding, ruling: first.ruling, reason: first.reason }));
    })
        .sort((a, b) => order.indexOf(a.ruling) - order.indexOf(b.ruling) || (0,scan_merge/* worstFirst */.md)(a.finding, b.finding) || compare(a.reason, b.reason));
}
function rejections(scanned) {
    if (scanned.status === 'accepted')
        return [];
    return scanned.problems.length > 0 ? scanned.problems : [`${(0,plan_platform/* platformName */.$r)(scanned.platform)}: the scan was not accepted`];
}
/** A platform without a scan, or with two of which nobody knows which one counts. */
function missing(scans, platforms) {
    if (scans.length === 0 && platforms.length === 0)
        return ['nothing was scanned'];
    return platforms.flatMap(platform => {
        const count = scans.filter(scanned => (0,plan_platform/* samePlatform */.my)(scanned.platform, platform)).length;
        if (count === 1)
            return [];
        return [`${(0,plan_platform/* platformName */.$r)(platform)}: ${count === 0 ? 'was not scanned' : `has ${count} scans instead of one`}`];
    });
}
function onlyUnfixable(blocking, policy) {
    const unfixable = blocking.length > 0 && blocking.every(({ finding }) => finding.kind === 'vuln' && finding.fixed === '');
    if (!unfixable || policy.ignoreUnfixed)
        return [];
    return ['Only findings without a fixed version block: with ignore-unfixed: true they would be excused until there is one.'];
}
function unknownSeverity(findings, policy) {
    const count = findings.filter(({ finding }) => finding.severity === 'UNKNOWN' && !policy.block[finding.kind].includes('UNKNOWN')).length;
    return count === 0
        ? []
        : [`${plural(count, 'finding')} without a known severity (UNKNOWN): block them by naming UNKNOWN in severity`];
}
function endOfLife(scans) {
    const systems = scans.flatMap(({ os, platform }) => (os?.endOfLife === true ? [{ os, name: (0,plan_platform/* platformName */.$r)(platform) }] : []));
    return [...Map.groupBy(systems, ({ os }) => `${os.family} ${os.name}`)]
        .map(([system, on]) => `${system} is at its end of life: no more security updates (${on
        .map(({ name }) => name)
        .sort()
        .join(', ')})`)
        .sort(compare);
}
function plural(count, noun) {
    return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
function compare(a, b) {
    return a < b ? -1 : a > b ? 1 : 0;
}

;// CONCATENATED MODULE: ./lib/plan/plan.js
// Event + inputs + policy + clock -> Plan: everything that is decided before the first tool runs, with the reasons.
/** True for tags of `type=sha`: each names one commit, so whatever stands there is an image of it (rules 12). */
function isShaTag(tag) {
    return /(?:^|,)\s*"?type=sha"?\s*(?:,|$)/i.test(tag.rule);
}

// EXTERNAL MODULE: ./lib/plan/remote-sources.js
var remote_sources = __webpack_require__(5330);
// EXTERNAL MODULE: ./lib/plan/input-hash.js
var input_hash = __webpack_require__(4516);
;// CONCATENATED MODULE: ./lib/preflight/compare-image.js
// A published image and the plan -> what differs between it and the image that this run would build.






const REVISION_LABEL = 'org.opencontainers.image.revision';
const CREATED_LABEL = 'org.opencontainers.image.created';
/** More images than any plan has platforms: whatever this index is, it is not ours. */
const MOST_IMAGES = 50;
/** Reads index and configs of `image@digest`; no layer is fetched. */
async function compareImage({ plan, registry }, image, digest) {
    const found = await readImages(registry, image, digest);
    const strangers = found.filter(one => one.labels[REVISION_LABEL] !== plan.commit);
    const [stranger] = strangers;
    if (stranger !== undefined) {
        const revision = stranger.labels[REVISION_LABEL];
        const foreign = revision === undefined
            ? `its ${stranger.platform} has no label ${REVISION_LABEL}`
            : `its ${stranger.platform} is commit ${revision}, this run is ${plan.commit}`;
        return { foreign, differences: [] };
    }
    return {
        differences: [
            ...platformDifferences(found, plan.platforms.map(normalisedName)),
            ...labelDifferences(found, plan.buildLabels),
        ],
    };
}
function normalisedName(platform) {
    return (0,plan_platform/* platformName */.$r)((0,plan_platform/* normalisePlatform */.WN)(platform));
}
function platformDifferences(found, planned) {
    const names = found.map(one => one.platform);
    const missing = planned.filter(name => !names.includes(name));
    const more = names.filter(name => !planned.includes(name));
    return [
        ...(missing.length === 0 ? [] : [`it has no image for ${missing.join(', ')}`]),
        ...(more.length === 0 ? [] : [`it also has ${more.join(', ')}, which is not planned`]),
    ];
}
/** The hash decides. Labels that differ are named, since they are the usual reason and the only inputs that can be read back. */
function labelDifferences(found, planned) {
    const wanted = planned[input_hash/* INPUTS_LABEL */.Pv];
    const odd = found.find(one => one.labels[input_hash/* INPUTS_LABEL */.Pv] !== wanted || wanted === undefined);
    if (odd === undefined)
        return [];
    if (odd.labels[input_hash/* INPUTS_LABEL */.Pv] === undefined)
        return [`its ${odd.platform} has no label ${input_hash/* INPUTS_LABEL */.Pv}, so what it was built from is not known`];
    const ignored = [input_hash/* INPUTS_LABEL */.Pv, input_hash/* RUN_LABEL */.jQ, CREATED_LABEL];
    const labels = Object.entries(planned)
        .filter(([key, value]) => !ignored.includes(key) && odd.labels[key] !== value)
        .map(([key, value]) => `label ${key} is ${JSON.stringify(odd.labels[key] ?? '')}, planned ${JSON.stringify(value)}`);
    const named = labels.length > 0 ? labels.join(', ') : 'context, file, target, build-args, labels or attestation settings';
    return [`it was built from other inputs (${named})`];
}
async function readImages(registry, image, digest) {
    const root = await readStored(registry, image, digest);
    if (!oci/* INDEX_TYPES */.V.includes(root.mediaType))
        return [await readImage(registry, image, root.bytes, digest)];
    const children = (0,parse/* parseIndex */.A1)(root.bytes, `index ${image}@${digest}`).manifests.filter(isImage);
    if (children.length > MOST_IMAGES)
        throw unusable(`${image}@${digest} lists ${children.length} images`);
    return (0,parallel/* inParallel */.H)(children, 5, async (child) => {
        const { bytes } = await readStored(registry, image, child.digest);
        return readImage(registry, image, bytes, child.digest);
    });
}
function isImage(descriptor) {
    if (descriptor.annotations?.[oci/* REFERENCE_TYPE */.pz] !== undefined || descriptor.artifactType !== undefined)
        return false;
    return descriptor.platform?.os !== 'unknown' && oci/* MANIFEST_TYPES */._P.includes(descriptor.mediaType);
}
async function readStored(registry, image, digest) {
    const stored = await registry.manifest(image, digest);
    if (stored === undefined)
        throw unusable(`${image} lists ${digest}, but does not have it`);
    return stored;
}
async function readImage(registry, image, bytes, digest) {
    const { config } = (0,parse/* parseManifest */.Ng)(bytes, `manifest ${image}@${digest}`);
    const parsed = (0,parse/* parseConfig */.o4)(await registry.blob(image, config), `config of ${image}@${digest}`);
    const { os = 'unknown', architecture = 'unknown', variant } = parsed;
    return {
        platform: normalisedName({ os, architecture, ...(variant === undefined ? {} : { variant }) }),
        labels: parsed.config?.Labels ?? {},
    };
}
function unusable(message) {
    return new errors/* ToolError */.v4(message, {
        tool: 'registry',
        hint: 'The published image is damaged: delete its tag in the registry and run again.',
    });
}

;// CONCATENATED MODULE: ./lib/preflight/decide-adoption.js
// Immutable tags that exist -> adopt the image, leave the tag, or stop before the build (rules 11-13).




/**
 * Full versions decide first, since nothing may take their place; without one the sha tags do. Throws UserError with both digests
 * when an immutable tag means different images, and with what differs when a full version is not what this run would build or cannot be told to be ours.
 */
async function decideAdoption(order, targets) {
    const standing = standingTags(order.plan, targets);
    const isSha = new Map(order.plan.tags.map(tag => [tag.name, isShaTag(tag)]));
    const versions = standing.filter(one => isSha.get(one.tag) !== true);
    const shas = standing.filter(one => isSha.get(one.tag) === true);
    const decisive = versions.length > 0 ? versions : shas;
    const [first] = decisive;
    if (first === undefined)
        return { notes: [] };
    requireOneDigest(decisive);
    const { foreign, differences } = await compareImage(order, first.image, first.digest);
    if (foreign !== undefined)
        throw taken(first, foreign);
    const reasons = differences.length > 0 ? differences : certificateProblem(order);
    if (reasons.length > 0) {
        if (versions.length > 0)
            throw taken(first, reasons.join('; '));
        return leaveShaTags(shas, reasons);
    }
    const adopt = await adoptFrom(order, decisive);
    const others = standing.filter(one => one.digest !== adopt.digest);
    return {
        adopt,
        ...(others.length === 0 ? {} : { leave: [...new Set(others.map(one => one.tag))] }),
        notes: [
            ...others.map(one => `${one.image}:${one.tag} is ${one.digest}, from another build of this commit; it stays as it is`),
            ...unsettled(order.plan, adopt),
        ],
    };
}
/** The hash of the inputs counts an address; what stands there now is never fetched to compare: a commit is never published as two digests (promise 6). */
function unsettled({ build: { context, file, buildContexts } }, { image, tag }) {
    const moving = (0,remote_sources/* movingSources */.Z5)({ context, file, buildContexts });
    if (moving.length === 0)
        return [];
    return [
        `${image}:${tag} counts as built from the same inputs by the address of what can change: ${moving.join(', ')}. What stands there now was not compared and is not published; name a commit, or publish under a new version`,
    ];
}
/** A certificate names the event's commit, and an image is adopted only when that is the image's own (rules 11). */
function certificateProblem({ plan, event }) {
    if (plan.signing.method !== 'keyless' || plan.commit === event.sha)
        return [];
    return [
        `it cannot be told to be ours, as the image is of commit ${plan.commit} (pr-head-sha or metadata-context: git), but the certificate of a keyless signature names the event's, ${event.sha}; sign: key has no such limit`,
    ];
}
function standingTags(plan, targets) {
    const immutable = plan.tags.filter(tag => tag.kind === 'immutable');
    return immutable.flatMap(tag => targets.flatMap(target => {
        const digest = target.tags[tag.name];
        return digest === undefined ? [] : [{ image: target.image, tag: tag.name, digest }];
    }));
}
function requireOneDigest(standing) {
    const [first] = standing;
    const other = standing.find(one => one.digest !== first?.digest);
    if (first === undefined || other === undefined)
        return;
    throw new errors/* UserError */.yo(`${first.image}:${first.tag} is ${first.digest}, but ${other.image}:${other.tag} is ${other.digest}; immutable tags of one commit must be one image`, {
        hint: 'Find out which one is right, delete the other tag in its registry and run again: what is missing is then completed.',
    });
}
function taken(standing, why) {
    return new errors/* UserError */.yo(`${standing.image}:${standing.tag} exists (${standing.digest}) and is not what this run would publish: ${why}`, {
        hint: 'Nothing was built. Publish under a new version; or, if the tag was a mistake, delete it in the registry and run again; ' +
            'or undo the change of inputs so that the published image can be completed.',
    });
}
function leaveShaTags(shas, differences) {
    return {
        leave: [...new Set(shas.map(one => one.tag))],
        notes: shas.map(one => `${one.image}:${one.tag} stays at ${one.digest}, and this run builds anew: ${differences.join('; ')}`),
    };
}
/** The image counts when one repository has our signature on it; the others hold the same bytes or nothing and are completed. */
async function adoptFrom({ plan, signer }, standing) {
    const [first] = standing;
    if (first === undefined)
        throw new Error('adoption without a tag');
    const same = 'is this commit, built from the same inputs';
    if (plan.signing.method === 'off')
        return {
            ...first,
            reason: `${first.image}:${first.tag} ${same}: completed, not built again (on the registry's word: signing is off)`,
        };
    if (signer === undefined)
        throw new Error('preflight was called without a signer although signing is on');
    const reader = await signer();
    const holders = [...new Map(standing.map(one => [one.image, one])).values()];
    for (const one of holders) {
        if (await reader.verify(one.image, one.digest))
            return {
                ...one,
                reason: `${one.image}:${one.tag} ${same} and signed by ${reader.identity.description}: completed, not built again`,
            };
    }
    throw taken(first, `its labels are right, but no signature by ${reader.identity.description} verifies`);
}

;// CONCATENATED MODULE: ./lib/preflight/run-preflight.js
// The preflight stage: are the logins right, which planned tags are there, and is this commit published already?


const PARALLEL_READS = 5;
/**
 * Reads, never writes. A run that does not push asks no registry. Throws UserError when a login is refused or missing, or when an immutable tag is taken by an image that this run may neither adopt nor replace.
 */
async function preflight(order) {
    const { plan, event, registry } = order;
    if (!plan.push || plan.images.length === 0)
        return { targets: [], notes: [] };
    const targets = await readTargets(plan, registry);
    const immutable = plan.tags.filter(tag => tag.kind === 'immutable').map(tag => tag.name);
    const found = targets.flatMap(target => immutable.map(name => target.tags[name]));
    const [digest] = found;
    if (leavesImmutableTags(event) && digest !== undefined && found.every(one => one === digest)) {
        const floating = plan.tags.filter(tag => tag.kind === 'floating');
        const standing = `${immutable.join(', ')} stand${immutable.length === 1 ? 's' : ''} at ${digest} everywhere and stay${immutable.length === 1 ? 's' : ''} there`;
        if (floating.length === 0)
            return { targets, leave: immutable, nothingToDo: `${standing}; no floating tag is planned`, notes: [] };
        return {
            targets,
            leave: immutable,
            notes: [`${standing}; this ${event.name} builds anew for ${floating.map(tag => tag.name).join(', ')}`],
        };
    }
    return { targets, ...(await decideAdoption(order, targets)) };
}
/** A rebuild of a published commit, asked for by the clock or by a person, is meant for the floating tags (rules 16). */
function leavesImmutableTags(event) {
    if (event.name === 'schedule')
        return true;
    return (event.name === 'workflow_dispatch' || event.name === 'repository_dispatch') && event.ref.startsWith('refs/heads/');
}
async function readTargets(plan, registry) {
    const images = [...new Set(plan.images)];
    // Without a tag to look for, one read still shows that name and credentials are right.
    const names = plan.tags.length === 0 ? ['latest'] : plan.tags.map(tag => tag.name);
    const references = images.flatMap(image => names.map(name => ({ image, name })));
    const digests = await (0,parallel/* inParallel */.H)(references, PARALLEL_READS, async ({ image, name }) => (await registry.resolve(image, name))?.digest);
    const planned = new Set(plan.tags.map(tag => tag.name));
    return images.map(image => {
        const tags = {};
        references.forEach((reference, at) => {
            const digest = digests[at];
            if (reference.image === image && digest !== undefined && planned.has(reference.name))
                tags[reference.name] = digest;
        });
        return { image, tags };
    });
}

;// CONCATENATED MODULE: ./lib/publish/check-equality.js
// Built = scanned = published: checked right before the first write and after the last one (promise 1).



/**
 * Throws unless every image of the bundle has an accepted scan of exactly its manifest. The gate has decided so already:
 * a difference here is our own bug, found before it can do harm. `gate: off` and `on-scan-error: warn` give this up, as the user asked.
 */
function requireScanned(bundle, scan, policy) {
    if (policy.gate === 'off' || policy.onScanError === 'warn')
        return;
    for (const image of bundle.images) {
        const name = (0,plan_platform/* platformName */.$r)(image.platform);
        const found = scan?.platforms.find(one => (0,plan_platform/* samePlatform */.my)(one.platform, image.platform));
        if (found === undefined)
            throw new Error(`${name} ${image.manifest.digest} was built but not scanned; nothing was published`);
        if (found.manifest !== image.manifest.digest)
            throw new Error(`${name}: built ${image.manifest.digest}, but scanned ${found.manifest}; nothing was published`);
        if (found.status !== 'accepted')
            throw new Error(`${name}: the scan of ${found.manifest} was not accepted; nothing was published`);
    }
}
/** One row per platform; `published` is what the registries answer now, and names what differs. */
async function readEquality(bundle, scan, registry, images) {
    return (0,parallel/* inParallel */.H)(bundle.images, 5, async (image) => {
        const found = scan?.platforms.find(one => (0,plan_platform/* samePlatform */.my)(one.platform, image.platform));
        const stored = new Set();
        for (const target of images)
            stored.add(await readBack(registry, target, image.manifest.digest));
        return {
            platform: (0,plan_platform/* platformName */.$r)(image.platform),
            built: image.manifest.digest,
            scanned: found?.status === 'accepted' ? found.manifest : 'not accepted',
            published: stored.size === 0 ? NOTHING : [...stored].join(', '),
        };
    });
}
const NOT_READABLE = 'not readable';
const NOTHING = 'not published';
/** False when a registry answered with another digest or with none. One that cannot be read any more proves nothing and disproves nothing: each tag was read after it was written. */
function isEqual({ built, published }) {
    return published.split(', ').every(one => one === built || one === NOTHING || one.startsWith(NOT_READABLE));
}
/** What was published is known by now: a registry that fails at this point (or a cancel) does not undo the result. */
async function readBack(registry, image, digest) {
    try {
        return (await registry.resolve(image, digest))?.digest ?? 'missing';
    }
    catch (error) {
        if (!(error instanceof errors/* ToolError */.v4 || error instanceof errors/* UserError */.yo || error instanceof errors/* Cancelled */.cJ))
            throw error;
        return `${NOT_READABLE}: ${error.message.replaceAll(', ', '; ')}`;
    }
}

;// CONCATENATED MODULE: ./lib/publish/move-tags.js
// Every repository has the signed digest -> tags: immutable ones everywhere, then floating ones; each read again after it was written.


/** Moves the tags of all repositories; after the first failure none moves any more. Returns one outcome per image. */
async function moveTags(order) {
    const outcomes = new Map(order.images.map(image => [image, emptyOutcome()]));
    const immutable = order.tags.filter(tag => tag.kind === 'immutable');
    const floating = order.tags.filter(tag => tag.kind === 'floating');
    let failed = false;
    for (const group of [immutable, floating]) {
        for (const [image, outcome] of outcomes) {
            for (const tag of group) {
                if (failed) {
                    outcome.tags.push({ name: tag.name, state: 'not attempted' });
                    continue;
                }
                const { result, error } = await moveTag(order, image, tag);
                outcome.tags.push(result);
                if (error === undefined)
                    continue;
                outcome.error = error;
                failed = true;
            }
        }
    }
    return outcomes;
}
function emptyOutcome() {
    return { tags: [] };
}
async function moveTag(order, image, tag) {
    const { registry, root, onProgress } = order;
    const { name } = tag;
    let before;
    const failure = (error) => ({
        result: { name, state: 'failed', ...(before === undefined ? {} : { before }) },
        error,
    });
    try {
        before = (await registry.resolve(image, name))?.digest;
        if (before === root.digest) {
            onProgress(`${image}:${name} points to ${root.digest} already`);
            return { result: { name, state: 'unchanged' } };
        }
        if (before !== undefined && isShaTag(tag)) {
            onProgress(`${image}:${name} stays at ${before}, another build of this commit`);
            return { result: { name, state: 'kept', before } };
        }
        if (before !== undefined && tag.kind === 'immutable')
            return failure(`${image}:${name} was taken by ${before} while this run was publishing; it is not overwritten`);
        await registry.pushManifest(image, name, root);
        const after = (await registry.resolve(image, name))?.digest;
        if (after !== root.digest)
            return failure(`${image}:${name} was written, but points to ${after ?? 'nothing'}: another run moved it`);
        onProgress(`${image}:${name} -> ${root.digest}`);
        return { result: before === undefined ? { name, state: 'created' } : { name, state: 'moved', before } };
    }
    catch (error) {
        // A cancel is told like a failure: what has moved until now must be in the record.
        if (error instanceof errors/* Cancelled */.cJ)
            return failure(`${image}:${name}: the run was cancelled`);
        const { kind, message, hint } = (0,errors/* explain */.WE)(error);
        if (kind === 'bug')
            throw error;
        return failure(`${image}:${name}: ${hint === undefined ? message : `${message} - ${hint}`}`);
    }
}

;// CONCATENATED MODULE: ./lib/publish/push-referrers.js
// One repository gets the attestations that are attached to its images, after the images and before any signature or tag.



/** More than we would ever attach; what others attach is looked at no further. */
const MOST_READ = 30;
/** What a list may call one of ours: go-containerregistry (and so cosign) tells the type of the config instead. */
const POSSIBLE_TYPES = [undefined, oci/* MEDIA */.Rn.emptyConfig];
/**
 * One after the other: where the list is a tag, nobody can lock it. An image that has attestations of the same kinds already keeps them: a later build of
 * the very same bytes has nothing to add (promise 6).
 */
async function pushReferrers(order) {
    const { image, bundle, registry, onProgress } = order;
    if (bundle.referrers.length === 0)
        return {};
    let added = 0;
    for (const referrer of bundle.referrers) {
        if (await isThere(order, referrer))
            continue;
        const { subject, manifest } = referrer;
        const { artifactType = manifest.mediaType } = manifest;
        await registry.pushReferrer(image, subject, { ...storedManifest(order, manifest.digest), artifactType });
        if (!(await registry.referrers(image, subject, manifest.digest)).some(entry => entry.digest === manifest.digest))
            throw new errors/* ToolError */.v4(`${image} took the attestation ${manifest.digest} of ${subject}, but does not list it`, {
                tool: 'registry',
                hint: 'Run again; if it stays, publish with attestations: inline.',
            });
        added += 1;
    }
    const present = bundle.referrers.length - added;
    onProgress(`${image}: ${added} attestation manifest(s) attached, ${present} already there`);
    return { attestations: { added, present } };
}
async function isThere(order, { subject, manifest }) {
    const { image, registry } = order;
    const listed = await registry.referrers(image, subject);
    if (listed.some(entry => entry.digest === manifest.digest))
        // A list that outlived what it lists (a clean-up of untagged manifests) is no proof.
        return (await registry.resolve(image, manifest.digest)) !== undefined;
    const wanted = kindsOf(storedManifest(order, manifest.digest).bytes, manifest.digest);
    const found = new Set();
    for (const entry of listed.filter(one => mayBe(one, manifest)).slice(0, MOST_READ)) {
        const stored = await registry.manifest(image, entry.digest);
        if (stored !== undefined)
            for (const kind of attachedKinds(stored, { subject, manifest }))
                found.add(kind);
    }
    return wanted.length > 0 && wanted.every(kind => found.has(kind));
}
function mayBe(entry, { artifactType }) {
    return (entry.mediaType === oci/* MEDIA */.Rn.manifest && (entry.artifactType === artifactType || POSSIBLE_TYPES.includes(entry.artifactType)));
}
/** The kinds of a manifest that others may have written: none when it is not what ours is. */
function attachedKinds({ bytes, digest }, { subject, manifest }) {
    try {
        const found = (0,parse/* parseManifest */.Ng)(bytes, digest);
        return found.subject?.digest === subject && found.artifactType === manifest.artifactType ? kindsOf(bytes, digest) : [];
    }
    catch {
        return [];
    }
}
/** What the statements of an attestation manifest are about. */
function kindsOf(bytes, digest) {
    return (0,parse/* parseManifest */.Ng)(bytes, digest).layers.flatMap(layer => layer.annotations?.[oci/* PREDICATE_TYPE */.To] ?? []);
}
function storedManifest({ manifests }, digest) {
    const manifest = manifests.get(digest);
    if (manifest === undefined)
        throw new Error(`the bundle has no manifest ${digest}`);
    return manifest;
}

;// CONCATENATED MODULE: ./lib/publish/push-target.js
// One repository gets the bundle: blobs, manifests by digest, what is attached to them, signature, verification. No tag of the plan is touched here.




/** Registries that count requests (ghcr.io) get along with five at a time; more is not faster (measured). */
const push_target_PARALLEL_BLOBS = 5;
/** Resolves when the root digest is there, signed and verified. */
async function pushTarget(order, counts) {
    await pushBlobs(order, counts);
    await pushManifests(order);
    const attached = await pushReferrers(order);
    return { ...attached, ...(await signTarget(order)) };
}
async function pushBlobs(order, counts) {
    const { image, bundle, registry, mountFrom, onProgress } = order;
    const biggestFirst = [...bundle.blobs].sort((a, b) => b.size - a.size);
    await (0,parallel/* inParallel */.H)(biggestFirst, push_target_PARALLEL_BLOBS, async (blob) => {
        const outcome = await registry.pushBlob(image, blob, bundle, mountFrom);
        count(counts, blob, outcome);
        if (outcome !== 'present')
            onProgress(`${image}: ${outcome} ${blob.digest.slice(0, 19)} (${mebibytes(blob.size)})`);
    });
    onProgress(`${image}: ${counts.sent} blob(s) sent (${mebibytes(counts.sentBytes)}), ${counts.mounted} mounted, ${counts.present} already there`);
}
function count(counts, blob, outcome) {
    counts[outcome] += 1;
    if (outcome === 'sent')
        counts.sentBytes += blob.size;
}
/** Children before parents, always by digest; what is there is not written again (some registries refuse that). */
async function pushManifests(order) {
    const { image, bundle, registry, onProgress } = order;
    const put = async (descriptor) => {
        if ((await registry.resolve(image, descriptor.digest)) !== undefined)
            return;
        await registry.pushManifest(image, descriptor.digest, push_target_storedManifest(order, descriptor.digest));
    };
    const leaves = bundle.manifests.filter(one => one.digest !== bundle.root.digest && !oci/* INDEX_TYPES */.V.includes(one.mediaType));
    const parents = bundle.manifests.filter(one => !leaves.includes(one));
    await (0,parallel/* inParallel */.H)(leaves, push_target_PARALLEL_BLOBS, put);
    for (const parent of parents)
        await put(parent);
    const root = await registry.resolve(image, bundle.root.digest);
    if (root?.digest !== bundle.root.digest)
        throw new errors/* ToolError */.v4(`${image} does not have ${bundle.root.digest} after it was pushed (${root?.digest ?? 'not found'})`, {
            tool: 'registry',
            hint: 'The registry took the image and lost it: run again, and look into its log if this comes back.',
        });
    onProgress(`${image}: ${bundle.manifests.length} manifest(s) in place, ${bundle.root.digest}`);
}
function push_target_storedManifest(order, digest) {
    const manifest = order.manifests.get(digest);
    if (manifest === undefined)
        throw new Error(`the bundle has no manifest ${digest}`);
    return manifest;
}
/** A signature of ours that verifies is enough: another one would only add up, cosign does not replace (promise 6). */
async function signTarget(order) {
    const { image, signer, onProgress } = order;
    const { digest } = order.bundle.root;
    if (signer === undefined)
        return { signature: 'off', verified: false };
    if (await signer.verify(image, digest)) {
        onProgress(`${image}: already signed by ${signer.identity.description}, verified`);
        return { signature: 'already there', verified: true };
    }
    await signer.sign(image, digest, order.annotations);
    if (!(await signer.verify(image, digest, order.annotations)))
        throw new errors/* ToolError */.v4(`the signature on ${image}@${digest} was written, but does not verify`, {
            tool: 'cosign',
            hint: `It must verify as ${signer.identity.description}. No tag was moved.`,
        });
    onProgress(`${image}: signed by ${signer.identity.description}, verified`);
    return { signature: 'added', verified: true };
}
function mebibytes(bytes) {
    return `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}

;// CONCATENATED MODULE: ./lib/publish/run-publish.js
// The publish stage: check, then all bytes by digest to every repository, signed and verified, and only then the tags (promises 1, 3, 6).







/** The annotation of our signatures that names the run. */
const RUN_ANNOTATION = 'dev.seaworthy.run';
/**
 * Publishes the bundle. Throws (and has written nothing) when it must not be published: no such verdict, something unscanned, an
 * immutable tag that is taken. What goes wrong later is in the answer, per repository: then no tag has moved anywhere, or exactly
 * those that are listed. Running again completes what is missing and repeats nothing.
 */
async function publish(order) {
    const { bundle, plan, verdict } = order;
    if (!verdict.publish || !plan.push)
        throw new Error(`publish was called although the verdict is ${verdict.outcome} and push is ${plan.push}`);
    if (plan.signing.method !== 'off' && order.signer === undefined)
        throw new Error('publish was called without a signer');
    const tags = plan.tags.filter(tag => order.facts?.leave?.includes(tag.name) !== true);
    const images = [...new Set(plan.images)];
    requireScanned(bundle, order.scan, plan.policy);
    const manifests = await readManifests(bundle);
    const root = manifests.get(bundle.root.digest);
    if (root === undefined)
        throw new Error(`the bundle does not list its own root ${bundle.root.digest}`);
    await requireFree(order.registry, images, tags.filter(tag => !isShaTag(tag)), root.digest);
    const results = await pushTargets(order, images, manifests);
    if (results.some(result => result.state !== 'published')) {
        return publication(order, results.map(result => ({ ...result, tags: tags.map(({ name }) => ({ name, state: 'not attempted' })) })));
    }
    const onProgress = order.onProgress ?? ignore;
    const outcomes = await moveTags({ images, tags, registry: order.registry, root, onProgress });
    return publication(order, results.map(result => withTags(result, outcomes.get(result.image))));
}
/** Reads every manifest of the bundle with its hash checked, right before anything is written. */
async function readManifests(bundle) {
    const found = new Map();
    const all = [...bundle.manifests, ...bundle.referrers.map(({ manifest }) => manifest)];
    for (const { digest, mediaType, size } of all) {
        const bytes = await (0,bundle_blobs/* readSmallBlob */.tp)(bundle.directory, { digest, mediaType, size }, 'manifest', bundle_blobs/* MANIFEST_LIMIT */.MV);
        found.set(digest, { digest, mediaType, bytes });
    }
    return found;
}
/** A full version (or another immutable tag) with another digest stops everything before the first write; a sha tag of the same commit is left where it is. Preflight looked before the build; that may be long ago. */
async function requireFree(registry, images, tags, digest) {
    const references = images.flatMap(image => tags.filter(tag => tag.kind === 'immutable').map(tag => ({ image, name: tag.name })));
    const taken = await (0,parallel/* inParallel */.H)(references, 5, async ({ image, name }) => {
        const found = await registry.resolve(image, name);
        return found === undefined || found.digest === digest ? [] : [`${image}:${name} is ${found.digest}`];
    });
    if (taken.flat().length === 0)
        return;
    throw new errors/* UserError */.yo(`immutable tags are taken by another image: ${taken.flat().join('; ')}; ours is ${digest}`, {
        hint: 'Nothing was published. Publish under a new version, or delete the tag in the registry if it was a mistake.',
    });
}
/** One repository after the other; after a failure the rest is not begun. */
async function pushTargets(order, images, manifests) {
    const results = [];
    const complete = [];
    for (const image of images) {
        const counts = { sent: 0, sentBytes: 0, mounted: 0, present: 0 };
        if (results.some(result => result.state === 'failed')) {
            results.push({ image, state: 'not attempted', blobs: counts, signature: 'missing', verified: false, tags: [] });
            continue;
        }
        try {
            const signed = await pushTarget({
                image,
                manifests,
                bundle: order.bundle,
                registry: order.registry,
                signer: order.plan.signing.method === 'off' ? undefined : order.signer,
                annotations: { [RUN_ANNOTATION]: `${order.run.id}/${order.run.attempt}` },
                mountFrom: complete,
                onProgress: order.onProgress ?? ignore,
            }, counts);
            complete.push(image);
            results.push({ image, state: 'published', blobs: counts, ...signed, tags: [] });
        }
        catch (error) {
            const cancelled = error instanceof errors/* Cancelled */.cJ;
            const { kind, message, hint } = (0,errors/* explain */.WE)(cancelled ? new errors/* Cancelled */.cJ('the run was cancelled') : error);
            if (kind === 'bug')
                throw error;
            const text = hint === undefined ? message : `${message} - ${hint}`;
            results.push({ image, state: 'failed', blobs: counts, signature: 'missing', verified: false, tags: [], error: text });
        }
    }
    return results;
}
function withTags(result, outcome) {
    if (outcome === undefined)
        return result;
    if (outcome.error === undefined)
        return { ...result, tags: outcome.tags };
    return { ...result, tags: outcome.tags, state: 'failed', error: outcome.error };
}
async function publication(order, targets) {
    const { bundle, registry, scan, signer } = order;
    const there = targets.filter(target => target.state === 'published').map(target => target.image);
    const equality = await readEquality(bundle, scan, registry, there);
    const digest = bundle.root.digest;
    return {
        digest,
        complete: targets.every(isComplete) && equality.every(isEqual),
        targets,
        equality,
        verifyCommands: signer === undefined ? [] : there.map(image => signer.verifyCommand(image, digest)),
    };
}
function isComplete(target) {
    return target.state === 'published' && target.tags.every(tag => tag.state !== 'failed' && tag.state !== 'not attempted');
}
function ignore() {
    // Nobody listens.
}

;// CONCATENATED MODULE: ./lib/scan/check.js
// What an acceptance check is given, what it answers, and how it reads the scanner's log.
/** Trivy's log: time, level and text, separated by tabs. */
function logLines(stderr) {
    return stderr.split('\n').flatMap(line => {
        const [, level, ...rest] = line.split('\t');
        return level === undefined ? [] : [{ level, text: rest.join(' ').trim() }];
    });
}
/** The scanner's own words about its failure, if it had any: its last error, or the first line of a crash. */
function said(stderr) {
    const lines = stderr.split('\n').filter(line => line.trim() !== '' && !/\t(?:INFO|DEBUG)\t/.test(line));
    const error = lines.findLast(line => /\t(?:FATAL|ERROR)\t/.test(line)) ?? lines.find(line => /^(?:panic|fatal error): /.test(line));
    const words = error ?? lines.at(-1);
    return words === undefined ? '' : `: ${words.split('\t').slice(1).join(' ').trim() || words.trim()}`.slice(0, 400);
}
function shown(value) {
    return value.trim() === '' ? '(none)' : value;
}

;// CONCATENATED MODULE: ./lib/scan/check-coverage.js
// The report and its log -> reasons to believe that packages were overlooked.

function knownSystem({ report, settings }) {
    if (!settings.scanners.includes('vuln') || report.os?.family !== 'none')
        return [];
    return ['the operating system is one that Trivy does not know: its packages were not looked at'];
}
function recognised({ report, settings }) {
    if (!settings.scanners.includes('vuln') || report.os !== undefined || report.languageResults > 0)
        return [];
    if (settings.allowUnrecognised)
        return [];
    return [
        'neither an operating system nor packages of a language were recognised; if there are none (a static binary on scratch), set allow-unrecognised: true',
    ];
}
function systemPackages({ report, settings }) {
    if (!settings.scanners.includes('vuln') || report.os === undefined || report.os.family === 'none')
        return [];
    if (report.osPackages.length > 0)
        return [];
    return [`${systemName(report.os)} was recognised, but not one of its packages: the package database is missing or unreadable`];
}
/** Which package database belongs to which family; families that are not here are rpm's. */
const ANALYSERS = {
    debian: 'dpkg',
    ubuntu: 'dpkg',
    echo: 'dpkg',
    alpine: 'apk',
    wolfi: 'apk',
    chainguard: 'apk',
    minimos: 'apk',
};
/** Files of one distribution over the packages of another: Trivy believes the files and matches nothing. */
function packageAnalyser({ report, settings }) {
    if (!settings.scanners.includes('vuln') || report.os === undefined)
        return [];
    const own = ANALYSERS[report.os.family] ?? 'rpm';
    const kind = (analyser) => (analyser.startsWith('rpm') ? 'rpm' : analyser);
    const foreign = report.osPackages.find(({ analyzedBy }) => ['dpkg', 'apk', 'rpm'].some(known => kind(analyzedBy) === known && known !== own));
    if (foreign === undefined)
        return [];
    return [
        `${systemName(report.os)} was recognised, but package ${foreign.name} comes from ${foreign.analyzedBy}: it was matched with the wrong advisories`,
    ];
}
/** Packages of third parties are listed but not matched, gpg-pubkey is no package: Trivy leaves both out of its count. */
function packagesMatched({ raw, report, settings }) {
    const { os, osPackages } = report;
    if (!settings.scanners.includes('vuln') || os === undefined || osPackages.length === 0)
        return [];
    const expected = osPackages.filter(entry => !entry.thirdParty && entry.name !== 'gpg-pubkey').length;
    const line = logLines(raw.stderr).find(({ text }) => text.startsWith(`[${os.family}] Detecting vulnerabilities`));
    const counted = /\bpkg_num=(\d+)/.exec(line?.text ?? '')?.[1];
    if (counted === undefined)
        return [`nothing shows that the packages of ${systemName(os)} were matched with advisories`];
    if (Number(counted) === expected)
        return [];
    return [`${counted} packages of ${systemName(os)} were matched with advisories, but ${expected} are installed`];
}
function systemName(os) {
    return `${os.family} ${os.name}`.trim();
}

;// CONCATENATED MODULE: ./lib/scan/check-image.js
// The report -> reasons to believe that it is about another image than ours.


function reportKind({ report }) {
    const problems = [];
    if (report.schemaVersion !== 2)
        problems.push(`the report has SchemaVersion ${report.schemaVersion ?? 'none'}, not 2`);
    if (report.artifactType !== 'container_image')
        problems.push(`the report is about ${shown(report.artifactType)}, not about a container_image`);
    return problems;
}
function scannerVersion({ report, scanner }) {
    if (report.scannerVersion === scanner.version)
        return [];
    return [`the report was written by Trivy ${shown(report.scannerVersion)}, not by ${scanner.version}`];
}
function imageId({ report, image }) {
    if (report.imageId === image.config.digest)
        return [];
    return [`the scanner looked at another image: configuration ${shown(report.imageId)}, not ${image.config.digest}`];
}
function diffIds({ report, image }) {
    if (image.diffIds.length === 0)
        return ['the image has no layers: there is nothing that a scanner could have looked at'];
    if (same(report.diffIds, image.diffIds))
        return [];
    return [`the scanner saw other layers (${report.diffIds.length} diff ids) than the image has (${image.diffIds.length})`];
}
/** By position: a set comparison would miss one layer that was analysed twice instead of another. */
function check_image_layers({ report, image }) {
    const expected = image.layers.map((layer, at) => {
        const first = image.diffIds.indexOf(image.diffIds[at] ?? '');
        return `${image.layers[first]?.digest ?? layer.digest} ${image.diffIds[at] ?? ''}`;
    });
    const seen = report.layers.map(layer => `${layer.digest} ${layer.diffId}`);
    const at = expected.findIndex((layer, n) => layer !== seen[n]);
    if (at < 0 && seen.length === expected.length)
        return [];
    if (at < 0)
        return [`the scanner read ${seen.length} layers, the image has ${expected.length}`];
    return [
        `layer ${at + 1} of ${expected.length} was not read as it is: expected ${expected[at] ?? ''}, seen ${shown(seen[at] ?? '')}`,
    ];
}
function platform({ report, image }) {
    const { os, architecture } = report.config;
    if (os === '' || architecture === '')
        return ["the image's configuration does not name its operating system and architecture"];
    if ((0,plan_platform/* samePlatform */.my)(report.config, image.platform))
        return [];
    return [`the image's configuration says that it is for ${(0,plan_platform/* platformName */.$r)(report.config)}`];
}
function same(a, b) {
    return a.length === b.length && a.every((value, at) => value === b[at]);
}

// EXTERNAL MODULE: ./lib/scan/parse.js
var scan_parse = __webpack_require__(2054);
;// CONCATENATED MODULE: ./lib/scan/check-run.js
// The scanner's process and log -> reasons why its word does not count.


function endedWell({ raw, settings }) {
    if (raw.timedOut)
        return [`the scanner was stopped: no result after ${settings.timeout} s (input: scan-timeout)`];
    if (raw.signal !== null)
        return [`the scanner was ended by ${raw.signal}${said(raw.stderr)}`];
    if (raw.exitCode !== 0)
        return [`the scanner ended with exit code ${raw.exitCode ?? '?'}${said(raw.stderr)}`];
    return [];
}
function reportIsThere({ raw }) {
    return (0,scan_parse/* parseReport */.M)(raw.report) === undefined ? [`the scanner wrote no readable report${said(raw.stderr)}`] : [];
}
/** Appears even when the checks bundle is not wanted, and means nothing for vulnerabilities and secrets. */
const HARMLESS = '[misconfig] Falling back to embedded checks';
function logErrors({ raw }) {
    return logLines(raw.stderr)
        .filter(({ level, text }) => (level === 'ERROR' || level === 'FATAL') && !text.includes(HARMLESS))
        .map(({ level, text }) => `the scanner reported ${level} ${text}`);
}
const DOUBTS = [
    'Unsupported os',
    'No OS package is detected',
    'not on the EOL list',
    'Invalid version',
    'Parse error',
    'Version matching error',
];
function logDoubts({ raw, settings }) {
    if (!settings.scanners.includes('vuln'))
        return [];
    return logLines(raw.stderr)
        .filter(({ text }) => DOUBTS.some(doubt => text.toLowerCase().includes(doubt.toLowerCase())))
        .map(({ level, text }) => `the scanner warned: ${level} ${text}`);
}
const STARTED = { vuln: '[vuln] Vulnerability scanning is enabled', secret: '[secret] Secret scanning is enabled' };
/** The report does not record flags: only the log tells whether a scanner ran at all. */
function scannersRan({ raw, settings }) {
    return settings.scanners
        .filter(scanner => !raw.stderr.includes(STARTED[scanner]))
        .map(scanner => `nothing shows that the ${scanner} scanner ran ("${STARTED[scanner]}" is missing from its log)`);
}

;// CONCATENATED MODULE: ./lib/scan/accept.js
// One raw scanner run -> findings, and every reason why it does not prove that it looked at this image: one named check for each way
// in which Trivy is silently clean (measured: exit code 0, no findings, no warning).





/** Every check, in the order in which a person would ask. */
const CHECKS = [
    { name: 'ended well', of: 'run', check: endedWell },
    { name: 'report is there', of: 'run', check: reportIsThere },
    { name: 'report is of an image', of: 'report', check: reportKind },
    { name: 'report is of this scanner', of: 'report', check: scannerVersion },
    {
        name: 'report is well-formed',
        of: 'report',
        check: ({ report }) => report.malformed.map(what => `the report is malformed: ${what}`),
    },
    { name: 'image id', of: 'report', check: imageId },
    { name: 'diff ids', of: 'report', check: diffIds },
    { name: 'layers', of: 'report', check: check_image_layers },
    { name: 'platform', of: 'report', check: platform },
    { name: 'system is known', of: 'report', check: knownSystem },
    { name: 'something was recognised', of: 'report', check: recognised },
    { name: 'system packages', of: 'report', check: systemPackages },
    { name: 'package analyser', of: 'report', check: packageAnalyser },
    { name: 'no errors in the log', of: 'report', check: logErrors },
    { name: 'no doubts in the log', of: 'report', check: logDoubts },
    { name: 'scanners ran', of: 'report', check: scannersRan },
    { name: 'all packages were matched', of: 'report', check: packagesMatched },
];
/**
 * Applies the acceptance rule to one run. `checks` is there for the test that switches them off one by one.
 * Two layers with one diff_id count as the same bytes: bundle/verify.ts proves that before the gate speaks.
 */
function accept(raw, image, settings, scanner, checks = CHECKS) {
    const parsed = (0,scan_parse/* parseReport */.M)(raw.report);
    const report = parsed ?? accept_NOTHING;
    const ask = (of) => checks.filter(check => check.of === of).flatMap(({ check }) => check({ raw, image, settings, scanner, report }));
    const [failed] = ask('run');
    const problems = failed === undefined ? ask('report') : [failed];
    const name = (0,plan_platform/* platformName */.$r)(image.platform);
    return {
        problems: problems.map(problem => `${name}: ${problem}`),
        findings: report.findings.map(finding => ({ ...finding, platforms: [name] })),
        packages: report.osPackages.length + report.languagePackages,
        ...(report.os === undefined ? {} : { os: report.os }),
    };
}
const accept_NOTHING = {
    schemaVersion: undefined,
    artifactType: '',
    scannerVersion: '',
    imageId: '',
    diffIds: [],
    layers: [],
    config: { os: '', architecture: '' },
    os: undefined,
    osPackages: [],
    languageResults: 0,
    languagePackages: 0,
    findings: [],
    malformed: [],
};

;// CONCATENATED MODULE: ./lib/scan/run-scan.js
// Bundle + scanner -> ScanResult: every image looked at once, every answer examined, the database shown to be alive.



/**
 * Scans all images of the bundle. What the scanner did wrong is in the result, never thrown: a rejected scan keeps its findings, and
 * `problems` holds what concerns the whole run. Throws only when scanner or database cannot be had, or Cancelled.
 */
async function scan(order) {
    const { bundle, scanner, settings } = order;
    const facts = await scanner.prepare();
    stopped(order.signal);
    // Queued first, so that they fill the gaps: the canary takes a tenth of a second, a platform seconds.
    const canary = libraryCanary(scanner, settings);
    const runs = await rawScans(order);
    const scans = bundle.images.map(image => examine(image, run(runs, image), settings, facts));
    const blind = await blindSystems(scanner, settings, scans);
    stopped(order.signal);
    return {
        scanner: facts,
        platforms: scans.map(platformScan => withoutBlindness(platformScan, blind)),
        problems: [...databaseAge(facts), ...(await canary)],
    };
}
/** One run for each manifest, however many platforms it serves. */
async function rawScans({ bundle, scanner, settings, parallel, signal }) {
    const queue = [...new Map(bundle.images.map(image => [image.manifest.digest, image])).values()];
    const runs = new Map();
    const work = async () => {
        for (let image = queue.shift(); image !== undefined; image = queue.shift()) {
            stopped(signal);
            runs.set(image.manifest.digest, await scanner.scan(bundle, image, settings));
        }
    };
    const workers = Array.from({ length: Math.max(1, Math.min(parallel ?? 2, queue.length)) }, work);
    const results = await Promise.allSettled(workers);
    const failed = results.find(result => result.status === 'rejected');
    if (failed !== undefined)
        throw failed.reason;
    return runs;
}
function run(runs, image) {
    const raw = runs.get(image.manifest.digest);
    if (raw === undefined)
        throw new Error(`no scan of ${image.manifest.digest}`);
    return raw;
}
function examine(image, raw, settings, facts) {
    const { problems, findings, packages, os } = accept(raw, image, settings, facts);
    const seen = {
        platform: image.platform,
        manifest: image.manifest.digest,
        seconds: raw.seconds,
        packages,
        findings,
        ...(os === undefined ? {} : { os }),
    };
    return problems.length === 0 ? { ...seen, status: 'accepted' } : { ...seen, status: 'rejected', problems };
}
async function libraryCanary(scanner, settings) {
    if (!settings.scanners.includes('vuln'))
        return [];
    const found = await quietly(() => scanner.canary(settings));
    return found
        ? []
        : ['the canary was not found: the scanner does not see a known-bad package (lodash 4.17.11) with this database'];
}
/** Releases of the accepted scans of which the database knows nothing, by name. */
async function blindSystems(scanner, settings, scans) {
    const systems = new Map();
    if (settings.scanners.includes('vuln'))
        for (const { os, status } of scans)
            if (os !== undefined && status === 'accepted')
                systems.set(run_scan_systemName(os), os);
    const blind = new Set();
    for (const [name, system] of systems)
        if (!(await quietly(() => scanner.systemCanary(system, settings))))
            blind.add(name);
    return blind;
}
function withoutBlindness(scanned, blind) {
    if (scanned.os === undefined || scanned.status === 'rejected' || !blind.has(run_scan_systemName(scanned.os)))
        return scanned;
    const name = run_scan_systemName(scanned.os);
    const problem = `${(0,plan_platform/* platformName */.$r)(scanned.platform)}: the vulnerability database has no advisories for ${name}: not even age-old packages of it are found`;
    return { ...scanned, status: 'rejected', problems: [problem] };
}
function databaseAge({ database }) {
    if (database.version !== 2)
        return [`the vulnerability database has schema version ${database.version}, not 2`];
    // A time that cannot be read is NaN, and nothing is younger than that.
    if (database.ageSeconds <= database.maxAgeSeconds)
        return [];
    return [
        `the vulnerability database is ${hours(database.ageSeconds)} old (of ${database.updatedAt}); max-db-age allows ${hours(database.maxAgeSeconds)}`,
    ];
}
/** A canary that cannot even be run was not found. */
async function quietly(canary) {
    try {
        return await canary();
    }
    catch {
        return false;
    }
}
function run_scan_systemName(os) {
    return `${os.family} ${os.name}`.trim();
}
function hours(seconds) {
    return Number.isFinite(seconds) ? `${Math.round(seconds / 3600)} h` : 'of unknown age';
}
function stopped(signal) {
    if (signal?.aborted === true)
        throw new errors/* Cancelled */.cJ('cancelled');
}

;// CONCATENATED MODULE: ./lib/carry-out.js
// The second half of the story: preflight -> build (or adopt) -> scan -> gate -> deliver -> publish. Loaded only when a plan is carried out.















/** Everything after the plan, stage by stage; what each gives is kept in the book. Throws what a stage throws. */
async function carryOut(plan, voyage, equipment, book) {
    const { stage, keep, warn } = book;
    const { registry, builder } = equipment;
    if (plan.call !== 'build') {
        keep({ call: await stage('call', () => builder.call(orderOf(plan), plan.call), callResult) });
        return;
    }
    // Scanner, database, signer and the choice of the builder come while the registries answer and the build runs; who needs them awaits them.
    const scanner = equipment.scanner(plan);
    if (plan.policy.gate !== 'off')
        void (0,parallel/* early */.Q)(scanner.prepare());
    void (0,parallel/* early */.Q)(builder.prepare(orderOf(plan)));
    const signing = plan.push && plan.signing.method !== 'off';
    const signer = signing ? (0,parallel/* early */.Q)(equipment.signer(plan)) : undefined;
    const { event } = voyage.start;
    const look = { plan, event, registry, ...(signer && { signer: () => signer }) };
    const ready = (0,parallel/* early */.Q)(prepare(plan, equipment));
    const facts = await stage('preflight', () => preflight(look).then(found => ready.then(() => found)), factsResult);
    keep({ facts });
    warn(facts.notes);
    if (facts.nothingToDo !== undefined)
        return;
    const { bundle, outputs } = await stage('build', () => getBundle({ voyage, equipment, plan, facts, keep, warn }), bundleResult);
    keep({ bundle });
    // Caches that are no release are written while everything else goes on.
    const caching = (0,parallel/* early */.Q)(builder.writeCaches('beside'));
    const gated = plan.policy.gate !== 'off';
    const scanned = gated ? await stage('scan', () => scanBundle(voyage, plan, bundle, scanner), scanResult) : undefined;
    if (scanned !== undefined)
        keep({ scan: scanned });
    const { sbom, notes } = await collectSboms({ plan, bundle, scanned, scanner, directory: voyage.sbomDirectory });
    if (sbom !== undefined)
        keep({ sbom });
    warn(notes);
    const judged = { scan: scanned, policy: plan.policy, today: voyage.today, platforms: plan.platforms };
    const verdict = await stage('gate', () => Promise.resolve(judge(judged)), value => value.headline);
    keep({ verdict });
    await (0,bundle_file/* writeBundleFile */.AM)(bundle.directory, (0,bundle_file/* describeBundle */.wN)(bundle, originOf(book.record())));
    await carry_out_handOver({ plan, facts, bundle, built: outputs, verdict, equipment, voyage, book });
    if (verdict.publish && plan.push) {
        const run = { id: event.runId, attempt: event.runAttempt };
        const order = { bundle, plan, facts, verdict, scan: scanned, registry, run, onProgress: voyage.progress };
        const send = async () => publish({ ...order, ...(signer && { signer: await signer }) });
        keep({ publication: await stage('publish', send, publicationResult) });
    }
    await endCaches({ plan, builder, caching, book });
    // What was out before a cancel is in the record now.
    if (voyage.signal.aborted)
        throw new errors/* Cancelled */.cJ('cancelled');
}
/** Looks at what is to be handed over before anything is built. */
function prepare(plan, { machine }) {
    return delivers(plan) ? machine.prepare(plan.delivery) : Promise.resolve();
}
/** What the user wants on this machine, only when the verdict lets it out. Of an adopted image nothing was built: the user's own outputs are built now, alone (rules 14). */
async function carry_out_handOver({ plan, facts, bundle, built, verdict, equipment, voyage, book }) {
    if (!verdict.publish || !delivers(plan))
        return;
    const { builder, machine } = equipment;
    const alone = facts.adopt !== undefined && plan.build.outputs.length > 0;
    const work = async () => {
        const outputs = alone ? await builder.buildOutputs(orderOf(plan)) : built;
        return deliver({ plan, bundle, verdict, outputs, machine, signal: voyage.signal });
    };
    book.keep({ delivery: await book.stage('deliver', work, deliveryResult) });
}
/** Waits for the caches; a registry cache leaves only now, and only after everything that was to be published is out (promise 2, rules 19). */
async function endCaches({ plan, builder, caching, book: { stage, keep, record, warn } }) {
    const { exports } = plan.build.caches;
    if (record().build === undefined || exports.every(({ when }) => when === 'inside'))
        return;
    const released = record().publication?.complete === true;
    const write = async () => [
        ...(await caching),
        ...(released ? await builder.writeCaches('last') : exports.filter(({ when }) => when === 'last').map(unreleased)),
    ];
    const cacheWrites = await stage('cache', write, cacheResult);
    keep({ cacheWrites });
    warn(cacheWarnings(cacheWrites, record().build?.caches));
}
function unreleased({ type, attributes }) {
    const reason = 'a registry is only written to after a complete publication';
    return { type, name: attributes['ref'] ?? type, direction: 'written', state: 'left out', reason, seconds: 0 };
}
/** Adopted images are fetched, not built: the same commit is never published as two digests (promise 6). */
async function getBundle({ voyage, equipment, plan, facts, keep, warn }) {
    if (facts.adopt !== undefined) {
        const { image, digest } = facts.adopt;
        const { directory } = voyage;
        const order = { registry: equipment.registry, image, digest, directory, platforms: plan.platforms };
        const adopted = await pullBundle({ ...order, attachedIn: attachedIn(plan, facts) });
        warn(await adoptedWithout(plan, adopted));
        return { bundle: adopted, outputs: [] };
    }
    const built = await build({ plan, builder: equipment.builder });
    keep({ build: built.facts });
    warn(cacheWarnings(built.facts.caches));
    const { sbom } = built.facts;
    if (sbom?.from === 'scan')
        warn([`the image has no SBOM attestation: ${sbom.reason}; the SBOM files are made from our own scan of the same bytes`]);
    return { bundle: built.bundle, outputs: built.outputs };
}
/** Where what is attached to an adopted image can be: the repository that it is adopted from, then others that have the image. */
function attachedIn({ attestations }, { adopt, targets }) {
    if (attestations !== 'referrer' || adopt === undefined)
        return [];
    const holders = targets.filter(({ tags }) => Object.values(tags).includes(adopt.digest)).map(({ image }) => image);
    return [...new Set([adopt.image, ...holders])];
}
/** Hashing every blob and scanning read the same bytes at the same time; both must agree before anything is decided. */
async function scanBundle(voyage, plan, bundle, scanner) {
    const { scanners, allowUnrecognised } = plan.policy;
    const settings = { scanners, allowUnrecognised, timeout: voyage.scanTimeout, sbom: await lacksSbom(plan, bundle) };
    const { signal } = voyage;
    const [result] = await Promise.all([
        scan({ bundle, scanner, settings, signal, parallel: voyage.parallelScans }),
        (0,verify/* verifyBlobs */.o)(bundle, { signal }),
    ]);
    return result;
}
/** What bundle.json says of a run beside the digests: for people, and never believed by whoever receives the bundle. */
function originOf({ seaworthy, event, plan, build: facts, scan: scanned, verdict }) {
    const tools = { seaworthy, buildx: facts?.builder.buildx, buildkit: facts?.builder.buildkit, trivy: scanned?.scanner.version };
    return {
        names: plan?.buildNames ?? [],
        source: { repository: event.repository, commit: event.sha, ref: event.ref },
        tools: Object.fromEntries(Object.entries(tools).filter((entry) => entry[1] !== undefined)),
        display: {
            version: plan?.version ?? '',
            tags: plan?.tags.map(tag => tag.name) ?? [],
            verdict: verdict?.outcome ?? '',
            scans: scanned?.platforms.map(one => `${(0,plan_platform/* platformName */.$r)(one.platform)} ${one.status}, ${one.findings.length} finding(s)`) ?? [],
        },
    };
}
function callResult({ notes, failed }) {
    return `${failed ? 'not passed' : 'passed'}, ${notes.length} remark(s)`;
}
function deliveryResult({ outputs, loaded, archive }) {
    const parts = [
        ...outputs.map(output => `${output.type} at ${output.dest}`),
        ...(loaded === undefined ? [] : [`${loaded.platform} loaded as ${loaded.names.join(', ')}`]),
        ...(archive === undefined ? [] : [`archive ${archive}`]),
    ];
    return parts.join('; ');
}
function cacheResult(uses) {
    return uses.map(({ type, state, reason }) => `${type} ${state}${reason === undefined ? '' : ` (${reason})`}`).join('; ');
}
function factsResult(facts) {
    if (facts.nothingToDo !== undefined)
        return facts.nothingToDo;
    if (facts.adopt !== undefined)
        return facts.adopt.reason;
    const present = facts.targets.flatMap(target => Object.keys(target.tags).map(tag => `${target.image}:${tag}`));
    return present.length === 0 ? 'none of the planned tags exists yet' : `already there: ${present.join(', ')}`;
}
function scanResult(result) {
    const accepted = result.platforms.filter(platform => platform.status === 'accepted').length;
    return `${accepted} of ${result.platforms.length} platform(s) scanned and accepted, by Trivy ${result.scanner.version} with the database of ${result.scanner.database.updatedAt}`;
}
function bundleResult({ bundle }) {
    return `${bundle.root.digest} (${bundle.images.map(image => (0,plan_platform/* platformName */.$r)(image.platform)).join(', ')})`;
}
function publicationResult(publication) {
    const done = publication.targets.filter(target => target.state === 'published').length;
    return `${publication.digest} in ${done} of ${publication.targets.length} target(s)`;
}


/***/ })

};
