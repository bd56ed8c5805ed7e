// A bbolt database file without a single bucket: valid for every reader, and empty. What a poisoned vulnerability database looks like.

const PAGE = 4096;
const MAGIC = 0xed0cdaed;

/** Two meta pages, a free list, an empty leaf page. */
export function emptyBolt(): Buffer {
  return Buffer.concat([meta(0), meta(1), page(2, 0x10), page(3, 0x02)]);
}

/** Page header: id, flags, count, overflow. */
function page(id: number, flags: number): Buffer {
  const bytes = Buffer.alloc(PAGE);
  bytes.writeBigUInt64LE(BigInt(id), 0);
  bytes.writeUInt16LE(flags, 8);
  return bytes;
}

/** Behind the header: magic, version, page size, flags, root page, sequence, free list page, high-water page, transaction, checksum. */
function meta(id: number): Buffer {
  const bytes = page(id, 0x04);
  bytes.writeUInt32LE(MAGIC, 16);
  bytes.writeUInt32LE(2, 20);
  bytes.writeUInt32LE(PAGE, 24);
  const numbers = [3, 0, 2, 4, id];
  numbers.forEach((value, at) => bytes.writeBigUInt64LE(BigInt(value), 32 + 8 * at));
  bytes.writeBigUInt64LE(fnv1a(bytes.subarray(16, 72)), 72);
  return bytes;
}

/** FNV-1a, 64 bits. */
function fnv1a(bytes: Uint8Array): bigint {
  return bytes.reduce((hash, byte) => ((hash ^ BigInt(byte)) * 0x100000001b3n) & 0xffffffffffffffffn, 0xcbf29ce484222325n);
}
