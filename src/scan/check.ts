// What an acceptance check is given, what it answers, and how it reads the scanner's log.

import type { PlatformImage } from '../bundle/bundle.ts';
import type { ParsedReport } from './parse.ts';
import type { RawScan, ScannerFacts, ScanSettings } from './scan.ts';

export interface Examined {
  readonly raw: RawScan;
  readonly image: PlatformImage;
  readonly settings: ScanSettings;
  readonly scanner: Pick<ScannerFacts, 'version'>;
  readonly report: ParsedReport;
}

/** A named check: what it says is wrong, if anything. */
export interface Check {
  readonly name: string;
  /** Checks of the run need no report; when one of them fails, those of the report are not asked: one cause, one message. */
  readonly of: 'run' | 'report';
  readonly check: (examined: Examined) => readonly string[];
}

/** Trivy's log: time, level and text, separated by tabs. */
export function logLines(stderr: string): { readonly level: string; readonly text: string }[] {
  return stderr.split('\n').flatMap(line => {
    const [, level, ...rest] = line.split('\t');
    return level === undefined ? [] : [{ level, text: rest.join(' ').trim() }];
  });
}

/** The scanner's own words about its failure, if it had any: its last error, or the first line of a crash. */
export function said(stderr: string): string {
  const lines = stderr.split('\n').filter(line => line.trim() !== '' && !/\t(?:INFO|DEBUG)\t/.test(line));
  const error =
    lines.findLast(line => /\t(?:FATAL|ERROR)\t/.test(line)) ?? lines.find(line => /^(?:panic|fatal error): /.test(line));
  const words = error ?? lines.at(-1);
  return words === undefined ? '' : `: ${words.split('\t').slice(1).join(' ').trim() || words.trim()}`.slice(0, 400);
}

export function shown(value: string): string {
  return value.trim() === '' ? '(none)' : value;
}
