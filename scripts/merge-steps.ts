// A workflow with docker/metadata-action, build-push-action, trivy-action ... -> the step of ours that replaces them, printed with what was dropped and what is to decide.

import { readFileSync } from 'node:fs';
import { dump } from 'js-yaml';
import { mergeSteps } from './merge/merge-chain.ts';
import type { MergedStep } from './merge/merge-chain.ts';
import { describeStep, parseWorkflow } from './merge/workflow.ts';

const USES = 'seaworthy/seaworthy@v1';

/** The step, or the two of them, as YAML of a workflow. */
export function renderSteps({ inputs, planInputs, planId, replaces }: MergedStep): string {
  if (inputs === undefined) return '';
  const step = {
    ...(replaces.name !== undefined && { name: replaces.name }),
    ...(replaces.id !== undefined && { id: replaces.id }),
    ...(replaces.if !== undefined && { if: replaces.if }),
    uses: USES,
    with: typed(inputs),
    ...(replaces.env !== undefined && { env: replaces.env }),
    ...(replaces['continue-on-error'] !== undefined && { 'continue-on-error': replaces['continue-on-error'] }),
    ...(replaces['timeout-minutes'] !== undefined && { 'timeout-minutes': replaces['timeout-minutes'] }),
  };
  const plan = planInputs === undefined ? [] : [{ id: planId, uses: USES, with: typed(planInputs) }];
  return dump([...plan, step], { lineWidth: -1, noRefs: true });
}

/** Booleans without quotes, as people write them. */
function typed(inputs: Readonly<Record<string, string>>): Record<string, string | boolean> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, value]) => [name, value === 'true' ? true : value === 'false' ? false : value]),
  );
}

/** Everything there is to say about one merged step. */
export function renderMerged(merged: MergedStep): string {
  const kept = [...merged.kept].map(([step, reason]) => `${describeStep(step)}: ${reason}`);
  const section = (title: string, lines: readonly string[]): string =>
    lines.length === 0 ? '' : `\n${title}\n${[...new Set(lines)].map(line => `  - ${line}`).join('\n')}\n`;
  return [
    `# job ${merged.job}, in place of ${describeStep(merged.replaces)} and the steps that it needs\n`,
    renderSteps(merged),
    section('stays:', kept),
    section('falls away:', merged.dropped),
    section('to decide:', merged.decisions),
  ].join('');
}

if (import.meta.main) {
  const files = process.argv.slice(2);
  if (files.length === 0) {
    console.error('usage: node scripts/run.mjs scripts/merge-steps.ts WORKFLOW.yml ...');
    process.exitCode = 2;
  }
  for (const file of files) {
    try {
      const merged = mergeSteps(parseWorkflow(readFileSync(file, 'utf8')));
      if (merged.length === 0)
        console.error(`${file}: no job uses docker/build-push-action, docker/bake-action or docker/metadata-action`);
      for (const one of merged) console.log(renderMerged(one));
    } catch (error) {
      console.error(`${file}: ${error instanceof Error ? error.message : String(error)}`);
      process.exitCode = 1;
    }
  }
}
