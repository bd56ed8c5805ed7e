/** Files and directories at a commit. */
import { createHash } from 'node:crypto';
import type { Answer } from '../http.ts';
import { missing, type Request, type Route } from '../router.ts';
import type { Json } from '../shapes.ts';
import { refuse } from '../tokens.ts';
import { resolveRef } from '../world.ts';

/** Larger files come without their content as JSON, and only as `raw`. */
const INLINE = 1024 * 1024;

function entry(request: Request, file: string, type: 'file' | 'dir', content?: string): Json {
  const { api, repository } = request;
  const ref = encodeURIComponent(request.query.get('ref') ?? repository.defaultBranch);
  const url = `${api}/repos/${repository.name}/contents/${file}?ref=${ref}`;
  const bytes = Buffer.from(content ?? '');
  const sha = createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
  const web = `https://github.com/${repository.name}/${type === 'file' ? 'blob' : 'tree'}/${ref}/${file}`;
  const git = `${api}/repos/${repository.name}/git/${type === 'file' ? 'blobs' : 'trees'}/${sha}`;
  return {
    name: file.slice(file.lastIndexOf('/') + 1),
    path: file,
    sha,
    size: type === 'file' ? bytes.length : 0,
    url,
    html_url: web,
    git_url: git,
    download_url: type === 'file' ? `https://raw.githubusercontent.com/${repository.name}/${ref}/${file}` : null,
    type,
    _links: { self: url, git, html: web },
  };
}

function file(request: Request, name: string, content: string): Answer {
  const bytes = Buffer.from(content);
  if (/\braw(\+json)?\b/.test(request.call.headers.accept ?? '')) {
    return { status: 200, body: bytes, headers: { 'content-type': 'application/vnd.github.raw+json; charset=utf-8' } };
  }
  const large = bytes.length > INLINE;
  // GitHub breaks base64 into lines of 60 characters.
  const encoded = large ? '' : bytes.toString('base64').replace(/.{60}/g, '$&\n') + '\n';
  return {
    status: 200,
    body: { ...entry(request, name, 'file', content), content: encoded, encoding: large ? 'none' : 'base64' },
  };
}

export const contentRoutes: readonly Route[] = [
  {
    operation: 'GET /repos/{owner}/{repo}/contents/{path}',
    needs: [['contents', 'read']],
    handle: request => {
      const { repository } = request;
      const ref = request.query.get('ref') ?? repository.defaultBranch;
      const commit = resolveRef(repository, ref);
      if (commit === undefined) return refuse(404, `No commit found for the ref ${ref}`, request.documentation);
      const name = (request.params['path'] ?? '').replace(/\/+$/, '');
      const content = commit.files.get(name);
      if (content !== undefined) return file(request, name, content);
      const inside = [...commit.files].filter(([path]) => path.startsWith(`${name}/`));
      if (inside.length === 0) return missing(request);
      const children = new Map(
        inside.map(([path, text]) => {
          const [child = '', ...rest] = path.slice(name.length + 1).split('/');
          const full = `${name}/${child}`;
          return [full, rest.length > 0 ? entry(request, full, 'dir') : entry(request, full, 'file', text)];
        }),
      );
      return { status: 200, body: [...children.values()] };
    },
  },
];
