// The two kinds of failure: what a user can put right (UserError, ToolError with a hint) and what is our own bug (anything else).

/** A mistake that the user can put right: one line that says what is wrong, and one that says what to do about it. */
export class UserError extends Error {
  override readonly name = 'UserError';
  readonly hint: string | undefined;

  constructor(message: string, options: { readonly hint?: string; readonly cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.hint = options.hint;
  }
}

/** Where in a file of the workspace, so that a failure can be shown there. */
export interface Place {
  /** Relative to the workspace. */
  readonly file: string;
  /** From 1. */
  readonly line?: number;
  readonly endLine?: number;
}

/** A tool ended badly: what was run (never with secrets), how it ended, the last lines it said, and our hint if we know one. */
export class ToolError extends Error {
  override readonly name = 'ToolError';
  readonly tool: string;
  readonly exitCode: number | undefined;
  readonly tail: readonly string[];
  readonly hint: string | undefined;
  readonly place: Place | undefined;

  constructor(
    message: string,
    details: {
      readonly tool: string;
      readonly exitCode?: number;
      readonly tail?: readonly string[];
      readonly hint?: string;
      /** The line of the user's that it failed at. */
      readonly place?: Place;
      readonly cause?: unknown;
    },
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.tool = details.tool;
    this.exitCode = details.exitCode;
    this.tail = details.tail ?? [];
    this.hint = details.hint;
    this.place = details.place;
  }
}

/** The run was asked to stop (SIGINT or SIGTERM). */
export class Cancelled extends Error {
  override readonly name = 'Cancelled';
}

/** What a failure looks like to the person who reads the log: one line, perhaps a hint, perhaps details for a group. */
export interface Explained {
  readonly kind: 'user' | 'tool' | 'cancelled' | 'bug';
  readonly message: string;
  /** The tool that ended badly, for `kind: 'tool'`. */
  readonly tool?: string;
  readonly hint?: string;
  /** The line of the user's that it failed at. */
  readonly place?: Place;
  readonly details: readonly string[];
}

/** Turns anything thrown into what a person reads; a bug keeps its stack and causes in `details`. */
export function explain(error: unknown): Explained {
  if (error instanceof UserError) return { kind: 'user', message: error.message, ...hinted(error.hint), details: [] };
  if (error instanceof ToolError) {
    const { message, tool, place, tail } = error;
    return { kind: 'tool', message, tool, ...hinted(error.hint), ...(place !== undefined && { place }), details: tail };
  }
  if (error instanceof Cancelled) return { kind: 'cancelled', message: error.message, details: [] };
  const message = error instanceof Error ? error.message : String(error);
  if (isFullDisk(error))
    return {
      kind: 'user',
      message: `The disk is full: ${message}`,
      hint: 'Free space before this step (docker system prune, unused toolchains of the runner), or take a larger runner.',
      details: [],
    };
  return {
    kind: 'bug',
    message: `Unexpected failure inside Seaworthy: ${message}`,
    hint: 'This is probably a bug of Seaworthy, not of your workflow: please report it with the details below.',
    details: stackOf(error),
  };
}

/** Node's own words for it, however deep. */
function isFullDisk(error: unknown): boolean {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth++) {
    if (['ENOSPC', 'EDQUOT'].includes((cause as NodeJS.ErrnoException).code ?? '')) return true;
  }
  return false;
}

function hinted(hint: string | undefined): { readonly hint?: string } {
  return hint === undefined ? {} : { hint };
}

function stackOf(error: unknown): string[] {
  const lines: string[] = [];
  for (let cause: unknown = error, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth++) {
    if (depth > 0) lines.push(`caused by: ${cause.message}`);
    lines.push(...(cause.stack ?? cause.message).split('\n'));
  }
  return lines;
}
