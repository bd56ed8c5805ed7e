// One input's text -> its entries, and one entry -> its fields, read by csv-parse with the options of docker's actions.

import { CsvError, parse } from 'csv-parse/sync';
import type { Options } from 'csv-parse/sync';

/** Why a text is not CSV; the caller names the input. */
export class CsvMistake extends Error {
  override readonly name = 'CsvMistake';
}

export interface ListOptions {
  /** Commas separate entries too; otherwise only lines do. */
  readonly commas: boolean;
  readonly comments: boolean;
}

/** The entries of a list input, trimmed, empty ones dropped. Throws CsvMistake. */
export function splitList(text: string, options: ListOptions): string[] {
  return splitLines(text, options).filter(entry => entry !== '');
}

/**
 * The entries of a list input, trimmed. A line that holds nothing but blanks is an entry too, an empty one: docker/metadata-action trips over
 * it, so the caller decides. Throws CsvMistake.
 */
export function splitLines(text: string, options: ListOptions): string[] {
  const records = parseRecords(text, {
    relaxQuotes: true,
    relaxColumnCount: true,
    skipEmptyLines: true,
    ...(options.comments && { comment: '#', comment_no_infix: true }),
  });
  const entries = options.commas ? records.flatMap(splitRecord) : records.map(record => record.join(','));
  return entries.filter(entry => entry !== '').map(entry => entry.trim());
}

/** A quoted lone field is split as well: so do docker's actions. */
function splitRecord(record: readonly string[]): readonly string[] {
  return record.length === 1 ? (record[0] ?? '').split(',') : record;
}

/** The fields of one entry (`type=sha,format=long`), trimmed later by whoever reads them; of an entry with line breaks only the first line counts. Throws CsvMistake. */
export function splitFields(entry: string): readonly string[] {
  if (entry === '') return [];
  // Most entries hold nothing that needs a parser, and there may be thousands of them.
  if (!/["\r\n]/.test(entry)) return entry.split(',');
  return parseRecords(entry, { relaxColumnCount: true, skipEmptyLines: true })[0] ?? [];
}

function parseRecords(text: string, options: Options): string[][] {
  try {
    return parse(text, options);
  } catch (error) {
    if (error instanceof CsvError) throw new CsvMistake(explain(error));
    throw error;
  }
}

function explain({ code, message }: CsvError): string {
  switch (code) {
    case 'CSV_QUOTE_NOT_CLOSED':
      return 'a quote is opened and never closed';
    case 'CSV_INVALID_CLOSING_QUOTE':
      return 'a closing quote must be followed by a comma or the end';
    case 'INVALID_OPENING_QUOTE':
      return 'a quote may only stand around a whole field, e.g. "value=a,b"';
    default:
      return message;
  }
}
