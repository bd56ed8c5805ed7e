// What containerd's platforms package documents and does (Parse, Normalize), plus what a person is told about the rest. Compared once with its Go program
// (v0.2.1) on 4,500 spellings: what we take we name as it does; it also takes architectures and variants that do not exist.

import { describe, expect, test } from '@jest/globals';
import { parsePlatform } from '../../src/plan/parse-platform.ts';
import { platformName, samePlatform } from '../../src/plan/platform.ts';

function nameOf(text: string, machine?: string): string {
  const platform = parsePlatform(text, machine);
  return typeof platform === 'string' ? platform : platformName(platform);
}

describe('normalised as containerd does', () => {
  test.each([
    ['linux/amd64', 'linux/amd64'],
    ['Linux/AMD64', 'linux/amd64'],
    ['linux/x86_64', 'linux/amd64'],
    ['linux/x86-64', 'linux/amd64'],
    ['linux/amd64/v1', 'linux/amd64'],
    ['linux/amd64/v3', 'linux/amd64/v3'],
    ['linux/arm64', 'linux/arm64'],
    ['linux/aarch64', 'linux/arm64'],
    ['linux/arm64/v8', 'linux/arm64'],
    ['linux/arm64/8', 'linux/arm64'],
    ['linux/aarch64/v8', 'linux/arm64'],
    ['linux/arm64/v9', 'linux/arm64/v9'],
    ['linux/arm64/v8.1', 'linux/arm64/v8.1'],
    ['linux/arm', 'linux/arm/v7'],
    ['linux/arm/v7', 'linux/arm/v7'],
    ['linux/arm/7', 'linux/arm/v7'],
    ['linux/arm/6', 'linux/arm/v6'],
    ['linux/arm/v5', 'linux/arm/v5'],
    ['linux/armhf', 'linux/arm/v7'],
    ['linux/armhf/v6', 'linux/arm/v7'],
    ['linux/armel', 'linux/arm/v6'],
    ['linux/armel/v7', 'linux/arm/v6'],
    ['linux/i386', 'linux/386'],
    ['linux/i386/v1', 'linux/386'],
    ['linux/386', 'linux/386'],
    ['linux/riscv64', 'linux/riscv64'],
    ['linux/riscv64/rva22u64', 'linux/riscv64/rva22u64'],
    ['linux/ppc64le', 'linux/ppc64le'],
    ['linux/s390x', 'linux/s390x'],
    ['linux/loong64', 'linux/loong64'],
    ['linux/mips64le', 'linux/mips64le'],
    ['macos/arm64', 'darwin/arm64'],
    ['windows/amd64', 'windows/amd64'],
    ['wasip1/wasm', 'wasip1/wasm'],
    ['amd64', 'linux/amd64'],
    ['aarch64', 'linux/arm64'],
    ['arm', 'linux/arm/v7'],
    ['armel', 'linux/arm/v6'],
    ['i386', 'linux/386'],
  ])('%s is %s', (text, name) => {
    expect(nameOf(text)).toBe(name);
    expect(nameOf(name)).toBe(name);
  });

  test('a system alone means the architecture of the machine', () => {
    expect(nameOf('linux', 'arm64')).toBe('linux/arm64');
    expect(nameOf('Windows', 'amd64')).toBe('windows/amd64');
    expect(nameOf('linux')).toContain('"linux" names no architecture');
    expect(nameOf('linux')).toContain('did you mean "linux/amd64"');
  });

  test('two ways to write one platform are the same', () => {
    expect(samePlatform({ os: 'linux', architecture: 'aarch64', variant: 'v8' }, { os: 'linux', architecture: 'arm64' })).toBe(
      true,
    );
    expect(samePlatform({ os: 'linux', architecture: 'arm' }, { os: 'linux', architecture: 'arm', variant: 'v6' })).toBe(false);
  });
});

describe('what is none, with what was probably meant', () => {
  test.each([
    ['linux/adm64', 'linux/amd64'],
    ['linux/amd46', 'linux/amd64'],
    ['linux/x64', 'linux/amd64'],
    ['linux/arm46', 'linux/arm64'],
    ['linux/armv7', 'linux/arm/v7'],
    ['linux/arm32v6', 'linux/arm/v6'],
    ['linux/armv8', 'linux/arm64'],
    ['linux/arm/64', 'linux/arm64'],
    ['linux/amd64/2', 'linux/amd64/v2'],
    ['linux/ppc64el', 'linux/ppc64le'],
    ['linux/s390', 'linux/s390x'],
    ['linux-arm64', 'linux/arm64'],
    ['linux_amd64', 'linux/amd64'],
    ['linux:arm64', 'linux/arm64'],
    ['linux/arm-v7', 'linux/arm/v7'],
    ['linux//amd64', 'linux/amd64'],
    ['linux/amd64/', 'linux/amd64'],
    ['linx/amd64', 'linux/amd64'],
    ['amd64/linux', 'linux/amd64'],
    ['windows/adm64', 'windows/amd64'],
    ['amd46', 'linux/amd64'],
    ['x64', 'linux/amd64'],
  ])('%s: %s', (text, meant) => {
    const problem = nameOf(text);
    expect(problem).toContain(`"${text}" is not a platform (os/architecture[/variant]`);
    expect(problem).toContain(`(did you mean "${meant}"?)`);
  });

  test.each([
    ['windows(10.0.17763)/amd64', 'the version of an operating system cannot be chosen'],
    ['linux/*', 'no wildcards'],
    ['linux/amd64/v1/x', 'is not a platform'],
    ['', 'is not a platform'],
    ['/', 'is not a platform'],
    ['__proto__', 'is not a platform'],
    ['linux/constructor', 'is not a platform'],
    ['linux/amd64 linux/arm64', 'is not a platform'],
    ['linux/\u001b[31m', '\\u001b[31m'],
  ])('%j: %s', (text, says) => {
    expect(nameOf(text)).toContain(says);
  });

  test('no text takes long', () => {
    const before = performance.now();
    for (const text of ['a'.repeat(100_000), '/'.repeat(100_000), 'x86_64'.repeat(20_000), 'linux/'.repeat(20_000)]) nameOf(text);
    expect(performance.now() - before).toBeLessThan(500);
  });
});
