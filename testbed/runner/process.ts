/** One run of a step's program: its output as it comes, its end, and how it is brought to an end before that. */
import { spawn, type ChildProcess } from 'node:child_process';

/** When and how a step is stopped. */
export interface Interruption {
  /** A signal, or `cancel`: what the runner does when somebody presses "Cancel". */
  readonly signal: NodeJS.Signals | 'cancel';
  /** Milliseconds after the start (default 0) … */
  readonly after?: number;
  /** … or after this was seen in the output. */
  readonly when?: RegExp;
  /** … or when this is aborted: at a moment that the test sees from outside. */
  readonly on?: AbortSignal;
}

export interface ProgramRun {
  readonly node: string;
  readonly entry: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly onOutput?: ((chunk: string) => void) | undefined;
  readonly interruption?: Interruption | undefined;
  readonly timeoutMs: number;
}

export interface ProgramEnd {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly log: string;
}

/** The runner's patience between SIGINT, SIGTERM and SIGKILL. */
const CANCEL_STEPS: readonly (readonly [NodeJS.Signals, number])[] = [
  ['SIGINT', 0],
  ['SIGTERM', 7500],
  ['SIGKILL', 10_000],
];

/** Runs the program to its end. */
export function runProgram(run: ProgramRun): Promise<ProgramEnd> {
  return new Promise((resolve, reject) => {
    const child: ChildProcess = spawn(run.node, [run.entry], { cwd: run.cwd, env: run.env, stdio: ['ignore', 'pipe', 'pipe'] });
    const timers: NodeJS.Timeout[] = [];
    const at = (ms: number, what: () => void): void => void timers.push(setTimeout(what, ms));
    let log = '';
    let interrupted = false;
    let late = false;
    const interrupt = ({ signal, after = 0 }: Interruption): void => {
      if (interrupted) return;
      interrupted = true;
      const steps = signal === 'cancel' ? CANCEL_STEPS : [[signal, 0] as const];
      for (const [name, wait] of steps) at(after + wait, () => child.kill(name));
    };
    const { interruption } = run;
    interruption?.on?.addEventListener('abort', () => interrupt(interruption), { once: true });
    const atOnce = interruption?.on?.aborted ?? interruption?.when === undefined;
    if (interruption !== undefined && atOnce) interrupt(interruption);
    at(run.timeoutMs, () => {
      late = true;
      child.kill('SIGKILL');
    });
    const take = (chunk: string): void => {
      log += chunk;
      run.onOutput?.(chunk);
      if (interruption?.when?.test(log) === true) interrupt(interruption);
    };
    child.stdout?.setEncoding('utf8').on('data', take);
    child.stderr?.setEncoding('utf8').on('data', take);
    child.once('error', reject);
    // 'exit' and not 'close': a program that the step left behind may hold the pipe open for ever, and the runner does not wait for it.
    child.once('exit', (exitCode, signal) => {
      for (const timer of timers) clearTimeout(timer);
      const end = (): void => {
        child.stdout?.destroy();
        child.stderr?.destroy();
        if (late) reject(new Error(`the step did not end within ${run.timeoutMs / 1000} s; its last words: ${log.slice(-2000)}`));
        else resolve({ exitCode, signal, log });
      };
      const grace = setTimeout(end, 500);
      child.once('close', () => {
        clearTimeout(grace);
        end();
      });
    });
  });
}
