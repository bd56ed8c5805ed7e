// A time + a Moment.js format -> text, for {{date 'YYYYMMDD' tz='Europe/Berlin'}}.

import { TemplateMistake } from './template.ts';

interface Clock {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly millisecond: number;
  /** Minutes east of UTC. */
  readonly offset: number;
  readonly epoch: number;
  readonly zone: string;
}

const MONTHS = 'January February March April May June July August September October November December'.split(' ');
const DAYS = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');
const TOKEN =
  /\[[^[]*\]|\\?(?:Mo|MM?M?M?|Do|DDDo|DD?D?D?|ddd?d?|do?|Wo|WW?|Qo?|YYYYYY|YYYYY|YYYY|YY|Y|GGGGG|GGGG|GG|E|a|A|hh?|HH?|kk?|mm?|ss?|S{1,9}|x|X|zz?|ZZ?|[\s\S])/g;
/** Tokens of Moment.js that depend on a locale or an era: refused rather than guessed. */
const REFUSED = /^(?:[LlwgeNy])$/;

/** Formats a time. Throws TemplateMistake for an unknown zone and for tokens that are not supported. */
export function formatDate(time: Date, format: string, zone = 'UTC'): string {
  const clock = clockIn(time, zone);
  return [...format.matchAll(TOKEN)].map(([token]) => formatToken(clock, token)).join('');
}

function formatToken(clock: Clock, token: string): string {
  if (token.startsWith('[') && token.length > 1) return token.replaceAll(/^\[|\]$/g, '');
  if (token.startsWith('\\')) return token.replaceAll('\\', '');
  if (REFUSED.test(token))
    throw new TemplateMistake(`uses the date token "${token}", which is not supported yet; put plain text into [brackets]`);
  return TOKENS[token]?.(clock) ?? (/^S+$/.test(token) ? fraction(clock, token.length) : token);
}

const TOKENS: Readonly<Record<string, (clock: Clock) => string>> = {
  Y: clock => (clock.year > 9999 ? `+${clock.year}` : pad(clock.year, 4)),
  YY: clock => pad(clock.year % 100, 2),
  YYYY: clock => pad(clock.year, 4),
  YYYYY: clock => pad(clock.year, 5),
  YYYYYY: clock => `+${pad(clock.year, 6)}`,
  Q: clock => String(quarter(clock)),
  Qo: clock => ordinal(quarter(clock)),
  M: clock => String(clock.month),
  Mo: clock => ordinal(clock.month),
  MM: clock => pad(clock.month, 2),
  MMM: clock => (MONTHS[clock.month - 1] ?? '').slice(0, 3),
  MMMM: clock => MONTHS[clock.month - 1] ?? '',
  D: clock => String(clock.day),
  Do: clock => ordinal(clock.day),
  DD: clock => pad(clock.day, 2),
  DDD: clock => String(dayOfYear(clock)),
  DDDo: clock => ordinal(dayOfYear(clock)),
  DDDD: clock => pad(dayOfYear(clock), 3),
  d: clock => String(weekday(clock)),
  do: clock => ordinal(weekday(clock)),
  dd: clock => (DAYS[weekday(clock)] ?? '').slice(0, 2),
  ddd: clock => (DAYS[weekday(clock)] ?? '').slice(0, 3),
  dddd: clock => DAYS[weekday(clock)] ?? '',
  E: clock => String(weekday(clock) === 0 ? 7 : weekday(clock)),
  W: clock => String(isoWeek(clock).week),
  Wo: clock => ordinal(isoWeek(clock).week),
  WW: clock => pad(isoWeek(clock).week, 2),
  GG: clock => pad(isoWeek(clock).year % 100, 2),
  GGGG: clock => pad(isoWeek(clock).year, 4),
  GGGGG: clock => pad(isoWeek(clock).year, 5),
  H: clock => String(clock.hour),
  HH: clock => pad(clock.hour, 2),
  h: clock => String(clock.hour % 12 || 12),
  hh: clock => pad(clock.hour % 12 || 12, 2),
  k: clock => String(clock.hour || 24),
  kk: clock => pad(clock.hour || 24, 2),
  a: clock => (clock.hour < 12 ? 'am' : 'pm'),
  A: clock => (clock.hour < 12 ? 'AM' : 'PM'),
  m: clock => String(clock.minute),
  mm: clock => pad(clock.minute, 2),
  s: clock => String(clock.second),
  ss: clock => pad(clock.second, 2),
  X: clock => String(Math.floor(clock.epoch / 1000)),
  x: clock => String(clock.epoch),
  z: abbreviation,
  zz: abbreviation,
  Z: clock => offset(clock, ':'),
  ZZ: clock => offset(clock, ''),
};

/** The wall clock of a zone, from the runtime's own time zone data. */
function clockIn(time: Date, zone: string): Clock {
  const parts = new Map<string, string>();
  try {
    const format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    for (const { type, value } of format.formatToParts(time)) parts.set(type, value);
  } catch {
    throw new TemplateMistake(`names the time zone "${zone.slice(0, 60)}", which does not exist`);
  }
  const part = (name: string): number => Number(parts.get(name));
  const [year, month, day, hour, minute, second] = ['year', 'month', 'day', 'hour', 'minute', 'second'].map(part) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const millisecond = time.getTime() - Math.floor(time.getTime() / 1000) * 1000;
  const wall = Date.UTC(year, month - 1, day, hour, minute, second, millisecond);
  return {
    year,
    month,
    day,
    hour,
    minute,
    second,
    millisecond,
    offset: Math.round((wall - time.getTime()) / 60_000),
    epoch: time.getTime(),
    zone,
  };
}

function pad(value: number, width: number): string {
  return String(value).padStart(width, '0');
}

function ordinal(value: number): string {
  const teens = value % 100 >= 11 && value % 100 <= 13;
  const suffix = teens ? undefined : ({ 1: 'st', 2: 'nd', 3: 'rd' } as Readonly<Record<number, string>>)[value % 10];
  return `${value}${suffix ?? 'th'}`;
}

function quarter(clock: Clock): number {
  return Math.ceil(clock.month / 3);
}

function weekday(clock: Clock): number {
  return new Date(Date.UTC(clock.year, clock.month - 1, clock.day)).getUTCDay();
}

function dayOfYear(clock: Clock): number {
  return (Date.UTC(clock.year, clock.month - 1, clock.day) - Date.UTC(clock.year, 0, 1)) / 86_400_000 + 1;
}

/** ISO 8601: the week that holds the year's first Thursday is week 1. */
function isoWeek(clock: Clock): { readonly year: number; readonly week: number } {
  const thursday = new Date(Date.UTC(clock.year, clock.month - 1, clock.day + 4 - (weekday(clock) || 7)));
  const year = thursday.getUTCFullYear();
  return { year, week: Math.floor((thursday.getTime() - Date.UTC(year, 0, 1)) / 604_800_000) + 1 };
}

function fraction(clock: Clock, digits: number): string {
  return pad(clock.millisecond, 3).padEnd(9, '0').slice(0, digits);
}

/** Other zones have several abbreviations, and the runtime's data and Moment's do not agree on them. */
function abbreviation(clock: Clock): string {
  if (clock.zone === 'UTC') return 'UTC';
  throw new TemplateMistake('uses the date token "z" with a zone other than UTC, which is not supported; use "Z"');
}

function offset(clock: Clock, separator: string): string {
  const minutes = Math.abs(clock.offset);
  return `${clock.offset < 0 ? '-' : '+'}${pad(Math.floor(minutes / 60), 2)}${separator}${pad(minutes % 60, 2)}`;
}
