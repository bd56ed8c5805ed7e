// One word as typed -> its value, or in a sentence why it has none: booleans, durations, sizes, dates.

import { didYouMean } from './nearest.ts';
import { shorten } from './reference.ts';

const TRUE = ['true', 'True', 'TRUE'];
const FALSE = ['false', 'False', 'FALSE'];

/** A boolean as the runner defines it (YAML 1.2, core schema); a string says why it is none. */
export function parseBoolean(text: string): boolean | string {
  if (TRUE.includes(text)) return true;
  if (FALSE.includes(text)) return false;
  return `"${shorten(text)}" is not a boolean: true or false${didYouMean(text, ['true', 'false'])}`;
}

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };
const FORM = 'a number with s, m, h or d, such as 90s, 15m, 1h30m or 2d';
const LONGEST = 40;

/** The shortest and the longest that make sense, written as durations. */
export interface Bounds {
  readonly least: string;
  readonly most: string;
}

/** Seconds of `48h`, `1h30m`, `0.5h`, `900s`; a string says why it is no duration or out of bounds. */
export function parseDuration(text: string, { least, most }: Bounds): number | string {
  const shown = `"${shorten(text)}"`;
  if (/^\d{1,15}(?:\.\d{1,9})?$/.test(text)) return `${shown} has no unit: write ${text}s, ${text}m, ${text}h or ${text}d`;
  const seconds = secondsOf(text);
  if (seconds === undefined) {
    const meant = mend(text);
    const guess = secondsOf(meant) === undefined ? '' : ` (did you mean "${meant}"?)`;
    return `${shown} is not a duration: ${FORM}${guess}`;
  }
  const fits = seconds >= (secondsOf(least) ?? 0) && seconds <= (secondsOf(most) ?? Infinity);
  return fits ? seconds : `${shown} is out of bounds: from ${least} to ${most}`;
}

/** Units in any order, as Go writes durations; days are ours. */
function secondsOf(text: string): number | undefined {
  if (text.length > LONGEST || !/^(?:\d{1,9}(?:\.\d{1,9})?[smhd])+$/.test(text)) return undefined;
  const parts = [...text.matchAll(/([\d.]+)([smhd])/g)];
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * (UNITS[unit ?? ''] ?? 0), 0);
}

/** `2 days`, `48H`, `90 min`, `1w`, `PT48H` as they were probably meant. */
function mend(text: string): string {
  if (text.length > LONGEST) return '';
  return text
    .toLowerCase()
    .replaceAll(/[\s,]+|and/g, '')
    .replace(/^p(?=t?\d)/, '')
    .replace(/t(?=\d)/, '')
    .replaceAll(/(\d+)w(?:eeks?|ks?)?(?=\d|$)/g, (_, weeks: string) => `${Number(weeks) * 7}d`)
    .replaceAll(/(\d)(s|m|h|d)(?:econds?|ecs?|inutes?|ins?|ours?|rs?|ays?)?(?=\d|$)/g, '$1$2');
}

/**
 * What is wrong with an amount of memory as Docker reads it (github.com/docker/go-units, RAMInBytes): bytes, or a number with a unit, where
 * every unit counts in 1024; undefined when it is right.
 */
export function sizeProblem(text: string): string | undefined {
  if (isSize(text)) return undefined;
  const [, count, unit = ''] = /^\s*(\d{1,15}(?:[.,]\d{1,9})?)\s*([a-z]{1,12})\s*$/i.exec(text) ?? [];
  const meant = `${count?.replace(',', '.') ?? ''}${/^[kmgtp]/i.exec(unit)?.[0].toLowerCase() ?? ''}`;
  const guess = count !== undefined && isSize(meant) ? ` (did you mean "${meant}"?)` : '';
  return `"${shorten(text)}" is not a size: bytes, or a number with k, m, g, t or p, such as 64m, 512MiB or 1.5g${guess}`;
}

function isSize(text: string): boolean {
  return /^\d{1,15}(?:\.\d{1,9})? ?(?:[kmgtp]i?)?b?$/i.test(text);
}

/** What is wrong with a day `2027-01-31`; undefined when the calendar has it. */
export function dateProblem(text: string): string | undefined {
  const written = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (written === null) return 'is not a date YYYY-MM-DD';
  const [year, month, day] = written.slice(1).map(Number) as [number, number, number];
  if (month < 1 || month > 12) return `is not a date YYYY-MM-DD: there is no month ${month}`;
  // Day 0 of the next month is the last one of this month.
  const last = new Date(Date.UTC(2000, month, 0)).getUTCDate();
  const days = month === 2 && !isLeapYear(year) ? 28 : last;
  return day >= 1 && day <= days ? undefined : `is not a date YYYY-MM-DD: ${text.slice(0, 7)} has ${days} days`;
}

function isLeapYear(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}
