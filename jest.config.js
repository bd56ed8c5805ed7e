// One configuration, three layers by file name: *.test.ts (pure and stories), *.real.test.ts (needs the testbed), *.bundle.test.ts (dist as a process).
export default {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': '<rootDir>/scripts/jest-transform.js' },
  testMatch: ['<rootDir>/__tests__/**/*.test.ts'],
  testTimeout: 20_000,
};
