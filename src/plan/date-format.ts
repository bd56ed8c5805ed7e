// A time + a format of Moment.js + a time zone -> text, for {{date 'YYYYMMDD' tz='Europe/Berlin'}}.

import engines from './engines.cjs';
import { TemplateMistake } from './template.ts';

/** What Handlebars hands to a helper last. */
interface HelperOptions {
  readonly hash: Readonly<Record<string, unknown>>;
}

/** An expression such as {{date}}: takes a format, and a zone as `tz`. Handlebars gives it whatever the template holds. */
export type DateExpression = (format: unknown, options?: unknown) => string;

/** Lower-case names that are no zones, but that every object of JavaScript has. */
const NO_ZONES = ['constructor', '__proto__'];

/**
 * The expression for one time. A zone that does not exist is told to `unknownZone` and gives the machine's own time, as docker/metadata-action
 * does. Throws TemplateMistake when it is called without a format or with something else than `tz`.
 */
export function dateExpression(time: Date, unknownZone: (zone: string) => void): DateExpression {
  return (format, options) => {
    if (!isHelperOptions(options))
      throw new TemplateMistake(
        "calls a date the wrong way; write {{date 'YYYYMMDD'}} or {{date 'YYYYMMDD' tz='Europe/Berlin'}}",
      );
    const strange = Object.keys(options.hash).find(key => key !== 'tz');
    if (strange !== undefined) throw new TemplateMistake(`gives "${strange}" to a date, which only takes tz`);
    return formatDate(time, format, Object.hasOwn(options.hash, 'tz') ? options.hash['tz'] : 'UTC', unknownZone);
  };
}

function isHelperOptions(value: unknown): value is HelperOptions {
  return typeof value === 'object' && value !== null && 'hash' in value && typeof value.hash === 'object' && value.hash !== null;
}

/** An invalid time gives `Invalid date`; an empty format the ISO one. */
function formatDate(time: Date, format: unknown, zone: unknown, unknownZone: (zone: string) => void): string {
  if (typeof zone !== 'string' || zone === '' || NO_ZONES.includes(zone.toLowerCase()))
    throw new TemplateMistake(`names the time zone "${String(zone).slice(0, 60)}"; write one such as tz='Europe/Berlin'`);
  const moment = engines.moment();
  const local = moment(time);
  // Asked first, because Moment prints an error of its own for a zone it does not know.
  if (moment.tz.zone(zone) !== null) return local.tz(zone).format(format as string);
  unknownZone(zone);
  return local.format(format as string);
}
