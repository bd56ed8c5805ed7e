// One input's text -> its entries, with the CSV rules of csv-parse that docker's actions use, quirks included.

/** Why a text is not CSV; the caller names the input. */
export class CsvMistake extends Error {
  override readonly name = 'CsvMistake';
}

export interface CsvOptions {
  /** A quote inside or after other characters is an ordinary character, not a mistake. */
  readonly relaxQuotes?: boolean;
  /** A line that starts with this character is left out. */
  readonly comment?: string;
}

/** Where the parser stands. */
interface State {
  readonly options: CsvOptions;
  readonly records: string[][];
  record: string[];
  field: string;
  quoting: boolean;
  wasQuoted: boolean;
}

/** Fields by record; empty lines are left out. Throws CsvMistake. */
export function parseCsv(text: string, options: CsvOptions = {}): string[][] {
  const normal = text.replaceAll(/\r\n?/g, '\n');
  const state: State = { options, records: [], record: [], field: '', quoting: false, wasQuoted: false };
  for (let at = 0; at < normal.length; at++) {
    const char = normal.charAt(at);
    if (state.quoting && char === '"' && normal[at + 1] === '"') {
      state.field += '"';
      at++;
    } else if (state.quoting && char === '"') closeQuote(state, normal[at + 1]);
    else if (state.quoting) state.field += char;
    else if (char === options.comment && state.record.length === 0 && state.field === '') at = endOfComment(normal, at);
    else readPlain(state, char);
  }
  if (state.quoting) throw new CsvMistake('a quote is opened and never closed');
  if (!atStart(state)) endRecord(state);
  return state.records;
}

function closeQuote(state: State, next: string | undefined): void {
  state.quoting = false;
  state.wasQuoted = true;
  if (next === undefined || next === ',' || next === '\n' || next === state.options.comment) return;
  if (state.options.relaxQuotes !== true) throw new CsvMistake('a closing quote must be followed by a comma or the end');
  state.field = `"${state.field}"`;
}

/** A character outside quotes. */
function readPlain(state: State, char: string): void {
  if (char === '"' && state.field === '' && !state.wasQuoted) state.quoting = true;
  else if (char === '"' && state.options.relaxQuotes !== true)
    throw new CsvMistake('a quote may only stand around a whole field, e.g. "value=a,b"');
  else if (char === ',') endField(state);
  else if (char !== '\n') state.field += char;
  else if (!atStart(state)) endRecord(state);
}

function endField(state: State): void {
  state.record.push(state.field);
  state.field = '';
  state.wasQuoted = false;
}

function endRecord(state: State): void {
  endField(state);
  state.records.push(state.record);
  state.record = [];
}

function atStart(state: State): boolean {
  return state.record.length === 0 && state.field === '' && !state.wasQuoted;
}

/** The last character of a comment: its line break is read like any other. */
function endOfComment(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return (end === -1 ? text.length : end) - 1;
}

export interface ListOptions {
  /** Commas separate entries too; otherwise only lines do. */
  readonly commas: boolean;
  readonly comments: boolean;
}

/** The entries of a list input, trimmed, empty ones dropped. Throws CsvMistake. */
export function splitList(text: string, options: ListOptions): string[] {
  const records = parseCsv(text, { relaxQuotes: true, ...(options.comments && { comment: '#' }) });
  const entries = options.commas ? records.flatMap(splitRecord) : records.map(record => record.join(','));
  return entries.map(entry => entry.trim()).filter(entry => entry !== '');
}

/** A quoted lone field is split as well: so do docker's actions. */
function splitRecord(record: readonly string[]): readonly string[] {
  return record.length === 1 ? (record[0] ?? '').split(',') : record;
}

/** The fields of one entry (`type=sha,format=long`), trimmed later by whoever reads them. Throws CsvMistake. */
export function splitFields(entry: string): string[] {
  return parseCsv(entry)[0] ?? [];
}
