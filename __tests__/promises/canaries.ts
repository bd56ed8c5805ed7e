// Secrets to look for -> every way in which they could be written down, and the places that hold one of them.

import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';

/** What a secret is called here -> its value. */
export type Canaries = Readonly<Record<string, string>>;

export interface Leak {
  readonly place: string;
  readonly secret: string;
  readonly as: string;
}

/** Base64 of a text that starts at any byte of a longer one: what is the same whatever stands around it. */
function base64At(text: string, offset: 0 | 1 | 2): string {
  const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(text)]);
  const start = offset === 0 ? 0 : offset + 1;
  return Buffer.from(bytes)
    .toString('base64')
    .slice(start, Math.floor((bytes.length * 8) / 6));
}

/** A value, and each of its lines, as it is, in JSON, in an address, in base64 (at every alignment) and in hex. */
export function spellings(value: string): Readonly<Record<string, string>> {
  const url = encodeURIComponent(value);
  const all = {
    plain: value,
    json: JSON.stringify(value).slice(1, -1),
    url,
    form: url.replaceAll('%20', '+'),
    'base64 at 0': base64At(value, 0),
    'base64 at 1': base64At(value, 1),
    'base64 at 2': base64At(value, 2),
    base64url: base64At(value, 0).replaceAll('+', '-').replaceAll('/', '_'),
    hex: Buffer.from(value).toString('hex'),
  };
  return Object.fromEntries(Object.entries(all).filter(([, text]) => text.length >= 8));
}

/** The secrets that stand in a text or file, unpacked where it is gzip. Lines shorter than eight characters appear by chance. */
export function leaksIn(place: string, content: string | Buffer, canaries: Canaries): Leak[] {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const plain = bytes[0] === 0x1f && bytes[1] === 0x8b ? unpacked(bytes) : bytes;
  return Object.entries(canaries).flatMap(([secret, value]) =>
    [value, ...value.split('\n')].flatMap(part =>
      Object.entries(spellings(part))
        .filter(([, text]) => plain.includes(text))
        .map(([as]) => ({ place, secret, as })),
    ),
  );
}

function unpacked(bytes: Buffer): Buffer {
  try {
    return gunzipSync(bytes);
  } catch {
    return bytes;
  }
}

/** Every file below a directory, its name included; `largest` leaves big ones out. */
export function leaksBelow(directory: string, canaries: Canaries, largest = Infinity): Leak[] {
  const names = list(directory);
  return names.flatMap(name => {
    const file = path.join(directory, name);
    try {
      const found = lstatSync(file);
      const content = found.isFile() && found.size <= largest ? readFileSync(file) : Buffer.alloc(0);
      return [...leaksIn(file, content, canaries), ...leaksIn(`name of ${file}`, name, canaries)];
    } catch {
      return []; // gone since
    }
  });
}

function list(directory: string): readonly string[] {
  try {
    return readdirSync(directory, { recursive: true, encoding: 'utf8' });
  } catch {
    return [];
  }
}

/** The command lines of all other processes, read over and over until `stop`; so is what `look` sees. */
export function watch(look: () => void): { readonly stop: () => string } {
  const seen = new Set<string>();
  const commands = (): void => {
    for (const pid of readdirSync('/proc')) {
      if (!/^\d+$/.test(pid) || Number(pid) === process.pid) continue;
      try {
        seen.add(readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' '));
      } catch {
        // It ended between the two looks.
      }
    }
  };
  const timers = [setInterval(commands, 25), setInterval(look, 100)];
  return {
    stop: () => {
      for (const timer of timers) clearInterval(timer);
      return [...seen].join('\n');
    },
  };
}
