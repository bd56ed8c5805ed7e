// The setup-buildx and setup-qemu steps of a job -> inputs that make the same builder, or the steps that stay because nothing here does.

import { BUILDX } from '../../src/tools/pins.ts';
import { moveInputs, setInput } from './draft.ts';
import type { Draft } from './draft.ts';
import { actionOf, describeStep, inputOf, readsOutput } from './workflow.ts';
import type { Step } from './workflow.ts';

const ACTION = 'docker/setup-buildx-action';

export interface Job {
  readonly steps: readonly Step[];
  /** Steps that build and stay: what they build with stays too. */
  readonly users: readonly Step[];
}

/** Takes over the step that makes the builder of this build: the one it names, else the last that is used. */
export function mergeBuilder(draft: Draft, setups: readonly Step[], build: Step, job: Job): void {
  const named = setups.find(step => readsOutput(inputOf(build, 'builder'), step, 'name'));
  const setup = named ?? setups.filter(step => inputOf(step, 'use').trim() !== 'false').at(-1);
  for (const step of setups.filter(one => one !== setup)) draft.kept.set(step, 'another builder is made by it');
  if (setup === undefined) return;
  const reasons = [...needs(setup), ...readers(setup, job)];
  if (reasons.length > 0) {
    draft.kept.set(setup, `${reasons.join(', ')}: its builder is used`);
    // The current builder needs no name.
    const isCurrent = setups.length === 1 && inputOf(setup, 'use').trim() !== 'false';
    if (named !== undefined && !isCurrent) setInput(draft, 'builder', inputOf(build, 'builder').trim(), ACTION);
    return;
  }
  takeSetup(draft, setup);
}

/** A builder with the defaults is made where none fits; any setting makes one. */
function takeSetup(draft: Draft, setup: Step): void {
  const image = /^image=([^\s,]+)$/.exec(inputOf(setup, 'driver-opts').trim())?.[1];
  const before = draft.inputs.size;
  moveInputs(draft, ACTION, setup, {
    'driver-opts': () => {
      if (image !== undefined) setInput(draft, 'builder-image', image, ACTION);
      return image !== undefined;
    },
    driver: () => true,
    use: () => true,
    name: () => true,
    version: value => {
      setInput(draft, 'buildx-version', value.trim().replace(/^v/, ''), ACTION);
      return true;
    },
    'keep-state': value => value.trim() === 'false',
    cleanup: value => {
      if (value.trim() === 'false') setInput(draft, 'keep-builder', 'true', ACTION);
      return true;
    },
  });
  draft.dropped.push(
    draft.inputs.size > before
      ? `${ACTION}: a builder with these settings is created`
      : `${ACTION}: a builder is created where none fits`,
  );
}

/** What no input here says. */
function needs(setup: Step): string[] {
  const typed = (name: string): string => inputOf(setup, name).trim();
  const version = typed('version').replace(/^v/, '');
  return [
    ...(['', 'docker-container'].includes(typed('driver')) ? [] : [`driver ${typed('driver')}`]),
    ...['endpoint', 'append'].filter(name => typed(name) !== ''),
    ...(version !== '' && !Object.hasOwn(BUILDX.rows, version) ? [`version ${typed('version')}`] : []),
  ];
}

/** What else uses it: steps of the user's own, and builds that stay. */
function readers(setup: Step, { steps, users }: Job): string[] {
  return [
    ...steps
      .filter(step => actionOf(step) === undefined && readsOutput(JSON.stringify(step), setup))
      .map(step => `read by ${describeStep(step)}`),
    ...users.map(step => `needed by ${describeStep(step)}, which stays`),
  ];
}

/** Emulators are registered where a platform needs one; what cleans up before stays. */
export function mergeQemu(draft: Draft, setups: readonly Step[], job: Job): void {
  for (const step of setups) {
    const reads = readers(step, job);
    if (inputOf(step, 'reset').trim() === 'true') reads.unshift('reset');
    if (reads.length > 0) {
      draft.kept.set(step, `${reads.join(', ')}; emulators that are there are not registered again`);
      continue;
    }
    moveInputs(draft, 'docker/setup-qemu-action', step);
    draft.dropped.push(
      'docker/setup-qemu-action: emulators are registered where a platform that is built needs one (qemu: auto)',
    );
  }
}
