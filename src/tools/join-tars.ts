// Tar archives of one platform each -> one archive in which each has a directory of its own, as BuildKit writes several platforms: every other byte stays.

import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { Header } from 'tar';
import { ToolError } from '../errors.ts';

export interface TarPart {
  readonly file: string;
  /** The directory that its files get, e.g. `linux_arm64`. */
  readonly folder: string;
}

const BLOCK = 512;
const CHUNK = 1024 * 1024;
const NAME = { at: 0, size: 100 } as const;
const LINK = { at: 157, size: 100 } as const;
const CHECKSUM = { at: 148, size: 8 } as const;
const PREFIX = { at: 345, size: 155 } as const;
/** Longer and other names than a header holds come in an extended header before it (POSIX, pax). */
const EXTENDED = 'x';
const GLOBAL = 'g';
/** GNU's form of long names, which BuildKit does not write. */
const LONG_NAMES = ['L', 'K'];

/** Writes the joined archive to `to`. Throws ToolError for an archive that BuildKit would not write. */
export async function joinTars(parts: readonly TarPart[], to: string): Promise<void> {
  const target = await open(to, 'w', 0o644);
  try {
    for (const { file, folder } of parts) {
      const folderBlock = Buffer.alloc(BLOCK);
      new Header({ path: `${folder}/`, type: 'Directory', mode: 0o755, size: 0, uid: 0, gid: 0, mtime: new Date(0) }).encode(
        folderBlock,
      );
      await target.writeFile(folderBlock);
      const source = await open(file);
      try {
        await copyBelow(source, target, folder);
      } finally {
        await source.close();
      }
    }
    await target.writeFile(Buffer.alloc(2 * BLOCK));
  } finally {
    await target.close();
  }
}

async function copyBelow(source: FileHandle, target: FileHandle, folder: string): Promise<void> {
  const { size: end } = await source.stat();
  let records: readonly Record[] = [];
  for (let at = 0; at + BLOCK <= end;) {
    const block = await bytesAt(source, at, BLOCK);
    const header = new Header(block);
    if (header.nullBlock) break;
    const kind = String.fromCharCode(block[156] ?? 0);
    const size = sizeOf(records) ?? header.size ?? 0;
    if (!header.cksumValid || size < 0 || at + BLOCK + size > end || LONG_NAMES.includes(kind)) throw unreadable(folder);
    const padded = Math.ceil(size / BLOCK) * BLOCK;
    if (kind === EXTENDED) {
      records = parseRecords(await bytesAt(source, at + BLOCK, size), folder);
    } else {
      await target.writeFile(kind === GLOBAL ? block : renamed(block, records, folder));
      await copy(source, target, at + BLOCK, padded);
      records = [];
    }
    at += BLOCK + padded;
  }
}

/** The header, and the extended one before it when it has or needs one, with the folder before its name. */
function renamed(block: Buffer, records: readonly Record[], folder: string): Buffer {
  const below = (name: string): string => `${folder}/${name.replace(/^\/+/, '')}`;
  const given = (key: string): string | undefined => records.find(record => record.key === key)?.value;
  const prefix = field(block, PREFIX);
  const own = given('path') ?? (prefix === '' ? field(block, NAME) : `${prefix}/${field(block, NAME)}`);
  const isLink = String.fromCharCode(block[156] ?? 0) === '1';
  const header = Buffer.from(block);
  const kept = records.filter(({ key }) => key !== 'path' && !(isLink && key === 'linkpath'));
  const more: Record[] = [...kept];
  const set = (place: { readonly at: number; readonly size: number }, key: string, value: string): void => {
    header.fill(0, place.at, place.at + place.size);
    // Latin-1 holds the bytes as they came.
    header.write(value.slice(0, place.size), place.at, 'latin1');
    // eslint-disable-next-line no-control-regex -- what a header may hold
    if (value.length > place.size || /[^\x00-\x7f]/.test(value)) more.push({ key, value });
  };
  set(NAME, 'path', below(own));
  header.fill(0, PREFIX.at, PREFIX.at + PREFIX.size);
  if (isLink) set(LINK, 'linkpath', below(given('linkpath') ?? field(block, LINK)));
  seal(header);
  return more.length === 0 ? header : Buffer.concat([extension(more), header]);
}

/** One `key=value` of an extended header, its bytes as Latin-1. */
interface Record {
  readonly key: string;
  readonly value: string;
}

/** `<length> <key>=<value>\n`, the length counting itself. */
function parseRecords(bytes: Buffer, folder: string): Record[] {
  const records: Record[] = [];
  for (let at = 0; at < bytes.length;) {
    const blank = bytes.indexOf(0x20, at);
    const length = Number(bytes.toString('latin1', at, blank));
    if (blank === -1 || !Number.isSafeInteger(length) || length <= 0 || at + length > bytes.length) throw unreadable(folder);
    const text = bytes.toString('latin1', blank + 1, at + length - 1);
    const split = text.indexOf('=');
    records.push({ key: text.slice(0, split), value: text.slice(split + 1) });
    at += length;
  }
  return records;
}

function extension(records: readonly Record[]): Buffer {
  const body = Buffer.from(records.map(recordText).join(''), 'latin1');
  const header = Buffer.alloc(BLOCK);
  new Header({ path: 'PaxHeaders.0/more', type: 'ExtendedHeader', mode: 0o644, size: body.length, mtime: new Date(0) }).encode(
    header,
  );
  return Buffer.concat([header, body, Buffer.alloc((BLOCK - (body.length % BLOCK)) % BLOCK)]);
}

function recordText({ key, value }: Record): string {
  const rest = ` ${key}=${value}\n`;
  let length = rest.length + 1;
  while (`${length}${rest}`.length !== length) length = `${length}${rest}`.length;
  return `${length}${rest}`;
}

/** Larger files than a header's twelve characters hold have their size in the extended one. */
function sizeOf(records: readonly Record[]): number | undefined {
  const size = records.find(({ key }) => key === 'size')?.value;
  return size === undefined ? undefined : Number(size);
}

function seal(header: Buffer): void {
  header.fill(0x20, CHECKSUM.at, CHECKSUM.at + CHECKSUM.size);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, CHECKSUM.at, 'latin1');
}

function field(block: Buffer, { at, size }: { readonly at: number; readonly size: number }): string {
  const text = block.toString('latin1', at, at + size);
  const end = text.indexOf('\0');
  return end === -1 ? text : text.slice(0, end);
}

async function bytesAt(source: FileHandle, at: number, size: number): Promise<Buffer> {
  const bytes = Buffer.alloc(size);
  await source.read(bytes, 0, size, at);
  return bytes;
}

async function copy(source: FileHandle, target: FileHandle, at: number, size: number): Promise<void> {
  for (let done = 0; done < size;) {
    const bytes = await bytesAt(source, at + done, Math.min(CHUNK, size - done));
    await target.writeFile(bytes);
    done += bytes.length;
  }
}

function unreadable(folder: string): ToolError {
  return new ToolError(`The archive of ${folder} that BuildKit wrote for type=tar cannot be read`, {
    tool: 'docker buildx build',
    hint: 'Take type=local, or a builder with one node.',
  });
}
