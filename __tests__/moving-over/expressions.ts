// A text with ${{ }} of a case -> the text that the runner would hand over: fixed values, no engine. An expression without a value is an error.

import { NOW, PR_SHA, SHA } from './events.ts';
import type { CaseEvent } from './events.ts';

/** Outputs of earlier steps, by `<step id>.<output>`. */
export type StepOutputs = Readonly<Record<string, string>>;

type Value = string | ((event: CaseEvent) => unknown);

const VALUES: Readonly<Record<string, Value>> = {
  'github.repository': 'acme/app',
  'github.actor': 'octocat',
  'github.sha': SHA,
  'github.token': 'secret-token',
  'github.event.pull_request.head.sha': PR_SHA,
  "github.event_name != 'pull_request'": event => event.name !== 'pull_request',
  "github.event_name == 'push'": event => event.name === 'push',
  "github.event_name == 'schedule'": event => event.name === 'schedule',
  "github.ref_type == 'tag'": event => event.ref.startsWith('refs/tags/'),
  "github.ref_type == 'tag' && 'RELEASE=1' || ''": event => (event.ref.startsWith('refs/tags/') ? 'RELEASE=1' : ''),
  "github.ref == 'refs/heads/main'": event => event.ref === 'refs/heads/main',
  "startsWith(github.ref, 'refs/')": event => event.ref.startsWith('refs/'),
  "github.repository_owner == 'other' && 'quay.io/acme/app' || ''": '',
  "fromJSON(steps.meta.outputs.json).labels['org.opencontainers.image.created']": NOW,
  'inputs.version': '2.3.4',
  'matrix.target': 'api',
  'matrix.base': 'alpine',
  'runner.temp': '/runner/temp',
};

/** Replaces every expression. Throws when the case has no value for one. */
export function evaluate(text: string, event: CaseEvent, outputs: StepOutputs = {}): string {
  return text.replaceAll(/\$\{\{\s*(.*?)\s*\}\}/g, (_, expression: string) => {
    const value = VALUES[expression];
    if (value !== undefined) return String(typeof value === 'function' ? value(event) : value);
    const secret = /^(secrets|vars)\.(\w+)$/.exec(expression);
    if (secret !== null) return `${secret[1] ?? ''}-${secret[2] ?? ''}`;
    const output = /^steps\.([\w-]+)\.outputs\.([\w-]+)$/.exec(expression);
    const given = output === null ? undefined : outputs[`${output[1] ?? ''}.${output[2] ?? ''}`];
    if (given === undefined) throw new Error(`the case has no value for \${{ ${expression} }}`);
    return given;
  });
}
