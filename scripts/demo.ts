// The main job on two sample images, on real parts: one is shipped, one is blocked. Ends with a table and with pages to look at.

import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { styleText } from 'node:util';
import { renderPage } from '../testbed/render/page.ts';
import { startGitHub, type GitHub } from '../testbed/github/server.ts';
import { pullRequest, push, type RunnerEvent } from '../testbed/runner/events.ts';
import { runStep, workspace, type StepResult } from '../testbed/runner/step.ts';
import { readSigstore, type Sigstore } from '../testbed/sigstore/sigstore.ts';
import { exampleFiles, jobEnvironment, toolInputs } from '../testbed/step-defaults.ts';
import { readTestbed, type Testbed } from '../testbed/testbed.ts';
import { root, runNode, seconds } from './process.ts';

const PAGES = path.join(root, '.demo');
const REPOSITORY = 'acme/harbour';
const PULL = 12;

interface Voyage {
  readonly example: string;
  readonly image: string;
  readonly result: StepResult;
  readonly log: RegistryLog;
  readonly seconds: string;
}

/** What the registry's own access log says about one run. */
interface RegistryLog {
  readonly writes: readonly string[];
  /** How many of them came before the line in which the gate speaks. */
  readonly beforeGate: number;
}

function title(text: string): void {
  console.log(`\n${styleText(['bold', 'cyan'], `━━━ ${text} ${'━'.repeat(Math.max(0, 96 - text.length))}`)}\n`);
}

/** Shows the runner's commands as its log viewer does: groups as headings, annotations in colour, masks and debug lines not at all. */
function showAsRunner(): (chunk: string) => void {
  let rest = '';
  let depth = 0;
  return chunk => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (/^::(add-mask|debug|set-output|save-state)/.test(line)) continue;
      const group = /^::group::(.*)/.exec(line);
      const note = /^::(error|warning|notice)[^:]*::(.*)/.exec(line);
      if (group !== null) console.log(`▼ ${styleText('bold', group[1] ?? '')}`);
      else if (note !== null)
        console.log(
          styleText(
            note[1] === 'error' ? 'red' : 'yellow',
            `${note[1] ?? ''}: ${(note[2] ?? '').replaceAll('%0A', '\n  ').replaceAll('%25', '%')}`,
          ),
        );
      else if (!line.startsWith('::endgroup::')) console.log(depth > 0 ? `  ${line}` : line);
      depth += group !== null ? 1 : line.startsWith('::endgroup::') ? -1 : 0;
    }
  };
}

/** Writes (PUT, POST, PATCH, DELETE) to `repository` in a part of the registry's access log. */
function writesIn(log: string, repository: string): string[] {
  return log
    .split('\n')
    .map(line => /"(PUT|POST|PATCH|DELETE) (\/v2\/\S+) HTTP/.exec(line))
    .flatMap(match =>
      match?.[2]?.startsWith(`/v2/${repository}/`) === true ? [`${match[1] ?? ''} ${match[2].split('?')[0] ?? ''}`] : [],
    );
}

async function sail(
  testbed: Testbed,
  sigstore: Sigstore,
  github: GitHub,
  example: string,
  event: (sha: string) => RunnerEvent,
  more: Record<string, string>,
): Promise<Voyage> {
  const started = performance.now();
  const { host, log } = testbed.registries.plain;
  const repository = `acme/${example}-${Date.now().toString(36)}`;
  const checkout = workspace(exampleFiles(example), { repository: REPOSITORY });
  const show = showAsRunner();
  const before = statSync(log).size;
  let atGate: number | undefined;
  try {
    const result = await runStep({
      event: event(checkout.sha),
      workspace: checkout.directory,
      github,
      env: jobEnvironment(testbed),
      inputs: {
        ...toolInputs(testbed, sigstore),
        images: `${host}/${repository}`,
        tags: 'type=sha\ntype=raw,value=latest',
        platforms: 'linux/amd64,linux/arm64',
        ...more,
      },
      onOutput: chunk => {
        // The gate's group is the moment up to which nothing may have left.
        if (atGate === undefined && /::group::\s*gate/i.test(chunk)) atGate = statSync(log).size;
        show(chunk);
      },
    });
    const written = readFileSync(log).subarray(before).toString('utf8');
    result.job.remove();
    const early = atGate === undefined ? written : written.slice(0, atGate - before);
    return {
      example,
      image: `${host}/${repository}`,
      result,
      log: { writes: writesIn(written, repository), beforeGate: writesIn(early, repository).length },
      seconds: seconds(started),
    };
  } finally {
    checkout.remove();
  }
}

/** Pulls what was shipped and runs it, and checks the signature with the line that the summary shows. */
function useImage(testbed: Testbed, sigstore: Sigstore, voyage: Voyage): void {
  const env = { ...jobEnvironment(testbed), HOME: testbed.run };
  const digest = voyage.result.outputs['digest'] ?? '';
  const show = (command: string, args: readonly string[]): string => {
    console.log(styleText('dim', `$ ${[path.basename(command), ...args].join(' ')}`));
    // The line names the trusted root of the local Sigstore without its folder, as a consumer has it beside them.
    const cwd = path.dirname(sigstore.trustedRoot);
    return execFileSync(command, [...args], { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  };
  const line = /cosign verify .*/.exec(voyage.result.summary.replaceAll(/\\\n\s*/g, ' '))?.[0];
  if (line === undefined) throw new Error('the summary shows no line to verify the signature with');
  const words = [...line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(match => match[1] ?? match[2] ?? match[3] ?? '').slice(1);
  const verified = JSON.parse(show(testbed.tools.cosign, words)) as readonly unknown[];
  console.log(`${verified.length} valid signature(s) on ${digest}`);
  const reference = `${voyage.image}@${digest}`;
  show(testbed.tools.docker, ['pull', '--quiet', reference]);
  console.log(show(testbed.tools.docker, ['run', '--rm', '--network', 'none', reference]).trim());
}

/** Throws when the demo did not show what it promises: it is a demonstration, not a film. */
function check(good: Voyage, bad: Voyage): void {
  const expect = (true_: boolean, what: string): void => {
    if (!true_) throw new Error(`the demo did not go as it should: ${what}`);
  };
  const isTag = (write: string): boolean => /\/manifests\/(?!sha256[:-])/.test(write);
  const firstTag = good.log.writes.findIndex(isTag);
  expect(good.result.exitCode === 0 && good.result.outputs['verdict'] === 'passed', 'the seaworthy image was not shipped');
  expect(
    good.log.writes.length > 0 && good.log.beforeGate === 0,
    `${good.log.beforeGate} write(s) reached the registry before the verdict`,
  );
  expect(firstTag > 0 && good.log.writes.slice(firstTag).every(isTag), 'a tag moved before everything else was there');
  expect(bad.result.exitCode === 1 && bad.result.outputs['verdict'] === 'blocked', 'the unseaworthy image was not blocked');
  expect(bad.log.writes.length === 0, `${bad.log.writes.length} write(s) reached the registry for the blocked image`);
}

function page(name: string, heading: string, markdown: string): string {
  mkdirSync(PAGES, { recursive: true });
  const file = path.join(PAGES, `${name}.html`);
  writeFileSync(
    file,
    renderPage(markdown, { title: heading, theme: 'light', kind: name.endsWith('comment') ? 'comment' : 'summary' }),
  );
  return path.relative(root, file);
}

function table(voyages: readonly Voyage[], pages: readonly string[]): void {
  title('What came of it');
  for (const { example, result, log, seconds: time } of voyages) {
    const out = result.outputs;
    const findings = JSON.parse(out['findings'] ?? '{}') as Record<string, unknown>;
    const verdict = out['verdict'] ?? 'none';
    const digests = Object.entries(JSON.parse(out['digests'] ?? '{}') as Record<string, string>).map(
      ([platform, digest]) => `${platform} ${digest.slice(0, 19)}`,
    );
    console.log(styleText('bold', `${example} (${time})`));
    console.log(`  built      ${digests.join(', ') || '-'}`);
    console.log(`  found      ${JSON.stringify(findings)}`);
    console.log(`  decided    ${styleText(verdict === 'passed' ? 'green' : 'red', verdict)}, exit ${result.exitCode ?? '?'}`);
    console.log(
      `  published  ${(out['published-tags'] ?? '').replaceAll('\n', ', ') || 'nothing'}${out['signed'] === 'true' ? ', signed and verified' : ''}`,
    );
    console.log(`  registry   ${log.writes.length} write(s) in its access log, ${log.beforeGate} before the verdict`);
  }
  console.log(styleText('bold', 'to look at'));
  for (const file of pages) console.log(`  ${file}`);
}

async function main(): Promise<void> {
  const started = performance.now();
  title('The testbed: real parts on this machine');
  if ((await runNode('testbed/cli.ts', ['up'])) !== 0) throw new Error('the testbed did not come up, see above');
  const testbed = readTestbed();
  const sigstore = readSigstore();
  rmSync(PAGES, { recursive: true, force: true });
  const github = await startGitHub({ repository: REPOSITORY });
  try {
    title('A push to main: the seaworthy image');
    const good = await sail(testbed, sigstore, github, 'seaworthy', sha => push({ repository: REPOSITORY, sha }), {});
    title('The same from outside: verify the signature, pull, run');
    useImage(testbed, sigstore, good);
    title('A push to main: the unseaworthy image (an old library, on arm64 only)');
    const bad = await sail(testbed, sigstore, github, 'unseaworthy', sha => push({ repository: REPOSITORY, sha }), {});
    title('The same change as a pull request: what its reviewer sees');
    const review = await sail(
      testbed,
      sigstore,
      github,
      'unseaworthy',
      sha => pullRequest({ repository: REPOSITORY, number: PULL, sha }),
      {},
    );
    const pages = [
      page('shipped-summary', 'Job summary: shipped', good.result.summary),
      page('blocked-summary', 'Job summary: blocked', bad.result.summary),
      page(
        'pull-request-comment',
        `Comment on pull request #${PULL}`,
        github.comments(PULL).at(-1)?.body ?? '(no comment was written)',
      ),
    ];
    table([good, bad, review], pages);
    check(good, bad);
    if (github.violations.length > 0)
      throw new Error(`requests that GitHub's API description forbids: ${github.violations.join('; ')}`);
    console.log(
      `\nAs promised: nothing left before the verdict, tags last, nothing at all for the blocked image. ${seconds(started)} in all.`,
    );
  } finally {
    await github.close();
  }
}

await main().catch((error: unknown) => {
  console.error(styleText('red', error instanceof Error ? error.message : String(error)));
  process.exitCode = 1;
});
