// A file -> its sha256, streamed.

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';

/** Lower-case hex. Throws the system's error when the file cannot be read. */
export async function sha256OfFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Uint8Array);
  return hash.digest('hex');
}
