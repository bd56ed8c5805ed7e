// RunRecord -> everybody who should know: report file, comment, status, code scanning, summary, outputs. Side channels warn once and never decide (promise 7).

import path from 'node:path';
import type { Event } from '../plan/event.ts';
import type { Plan } from '../plan/plan.ts';
import type { RunRecord } from '../record.ts';
import { buildLines } from '../report/build-text.ts';
import { buildSentence } from '../report/build-words.ts';
import { renderComment } from '../report/comment.ts';
import { renderJson } from '../report/json.ts';
import { makeReport } from '../report/make-report.ts';
import { makeOutputs, NO_FILES } from '../report/outputs.ts';
import { redactRecord } from '../report/redact-record.ts';
import type { Report } from '../report/report.ts';
import { renderStatus } from '../report/status.ts';
import { renderSummary } from '../report/summary.ts';
import { resultText } from '../report/text.ts';
import { annotate } from './annotations.ts';
import { writeComment } from './comment.ts';
import type { GitHub } from './github.ts';
import type { Log } from './log.ts';
import { appendSummary, writeBakeFiles, writeOutputs, writeReport } from './outputs.ts';
import { tellCodeScanning } from './sarif.ts';
import { createStatusSender } from './status.ts';

export interface TellerOptions {
  readonly github: GitHub;
  readonly event: Event;
  readonly log: Log;
  readonly setOutput: (name: string, value: string) => void;
  /** GITHUB_STEP_SUMMARY. */
  readonly summaryFile: string | undefined;
  /** Where the report JSON, the SARIF file and, in `bake/`, the bake definitions are written. */
  readonly directory: string;
  /** GITHUB_WORKSPACE. */
  readonly workspace: string;
  /** Whether remarks on the Dockerfile become annotations. */
  readonly annotations: boolean;
}

export interface Teller {
  /** Told after each stage; sends the pending status as soon as the plan wants one. Returns at once. */
  readonly onRecord: (record: RunRecord) => void;
  /** Tells the end of the run to everybody. Never throws. */
  readonly finish: (record: RunRecord) => Promise<Report>;
}

/** What a cancelled run may still take: the runner kills it 7.5 seconds after the signal. Milliseconds. */
const LAST_WORDS = 4_000;

/** Makes the one that talks to the world; nothing is sent before it is told something. */
export function createTeller(options: TellerOptions): Teller {
  const { github, event, log } = options;
  const warnings: string[] = [];
  const warn = (line: string): void => {
    warnings.push(line);
    log.warn(line);
  };
  const sendStatus = createStatusSender(github, event, warn);
  let pending: Promise<void> | undefined;

  const report = (record: RunRecord): Report =>
    makeReport(redactRecord({ ...record, warnings: [...record.warnings, ...warnings] }, log.redact));

  return {
    onRecord: record => {
      if (record.plan?.status === true && isCarriedOut(record.plan)) pending ??= sendStatus(renderStatus(report(record)));
    },
    finish: async record => {
      const made = report(record);
      const told = tell(made);
      const sarif = record.state === 'cancelled' ? '' : await scanned(made);
      await (record.state === 'cancelled' ? Promise.race([told, pause(LAST_WORDS)]) : told);
      for (const line of record.warnings) log.warn(line);
      if (options.annotations)
        annotate(made.record.call?.notes ?? made.record.build?.notes ?? [], log, record.warnings.length + warnings.length);
      const final = report(record);
      const json = await writeReport(path.join(options.directory, 'report.json'), renderJson(final), warn);
      await appendSummary(options.summaryFile, budget => renderSummary(final, budget), warn);
      const bakeDirectory = path.join(options.directory, 'bake');
      const bake = record.plan ? await writeBakeFiles(bakeDirectory, record.plan.metadata.bake, warn) : NO_FILES.bake;
      writeOutputs(makeOutputs(makeReport(record), { report: json ?? '', sarif, bake }, final), options.setOutput);
      const { build } = final.record;
      if (build !== undefined) log.group(`Built in ${buildSentence(build)}`, buildLines(final.record));
      log.info(resultText(final));
      return final;
    },
  };

  /** The SARIF file, and its upload; comment and status do not wait for it. */
  function scanned(made: Report): Promise<string> {
    const file = path.join(options.directory, 'seaworthy.sarif');
    return tellCodeScanning({ report: made, file, workspace: options.workspace, github, info: log.info, warn });
  }

  /** What GitHub shows beside the run; the comment and the status do not wait for each other. */
  async function tell(made: Report): Promise<void> {
    const { plan } = made.record;
    if (plan === undefined || !isCarriedOut(plan)) return;
    const comment = plan.comment
      ? writeComment({ github, event, title: made.title, body: renderComment(made), warn })
      : undefined;
    // The pending status must not arrive after the final one.
    const status = plan.status ? (pending ?? Promise.resolve()).then(() => sendStatus(renderStatus(made))) : undefined;
    await Promise.all([comment, status]);
  }
}

/** A plan alone, one with nothing to do, or a look at the Dockerfile is nobody's news: no comment, no status. */
function isCarriedOut(plan: Plan): boolean {
  return plan.mode !== 'plan' && plan.nothingToDo === undefined && plan.call === 'build';
}

function pause(milliseconds: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, milliseconds).unref());
}
