/**
 * What a part of the testbed is, and the helpers parts are written with. A part is one small file that knows how to tell
 * whether it is there, how to bring it and how to stop it; `parts/index.ts` is the list of them.
 */
export { attempt, findProgram, run, type CommandOptions, type CommandResult } from './command.ts';
export {
  daemonLog,
  readDaemon,
  startDaemon,
  stopDaemon,
  waitUntil,
  daemonDirectory,
  type DaemonRecord,
  type DaemonStart,
} from './daemon.ts';
export { freePort, portFor } from './ports.ts';

/** Where a testbed lives. Two testbeds with other directories run side by side. */
export interface Context {
  /** Downloads and builds: kept between runs, safe to delete when the testbed is down. */
  readonly cache: string;
  /** Sockets, pid files and logs: removed by `down`. */
  readonly run: string;
  /** What servers of this testbed store: removed by `down`. */
  readonly data: string;
  /** Tells the user something about the part being brought, in one line. */
  readonly note: (text: string) => void;
}

/** What `status` prints about a part. */
export interface PartStatus {
  /** "running": a process of ours; "ready": files in the cache or settings of the machine; "absent": `up` would bring it. */
  readonly state: 'running' | 'ready' | 'absent';
  readonly version?: string;
  readonly address?: string;
  /** Files and directories whose size counts as the size of the part. */
  readonly paths?: readonly string[];
}

/** One part of the testbed. */
export interface Part {
  /** Unique, lower case, as shown to the user; also the name of its daemon when it has one. */
  readonly name: string;
  /** What it is for, in a few words. */
  readonly about: string;
  /** Names of the parts that have to be there first. */
  readonly needs: readonly string[];
  /** "demo": brought by `up`; "all": brought by `up --all`. */
  readonly set: 'demo' | 'all';
  /** Whether nothing needs to be done. Called at every `up`, so it must take milliseconds: look, do not start programs. */
  present(context: Context): Promise<boolean>;
  /** Brings the part; may run when half of it is there. Throws an Error that says what is missing and how to get it. */
  bring(context: Context): Promise<void>;
  status(context: Context): Promise<PartStatus>;
  /** Undoes what `bring` did outside of the cache and run directories and of daemons started with `startDaemon`. */
  stop?(context: Context): Promise<void>;
}
