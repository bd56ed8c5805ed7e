// One configuration, three layers by file name: *.test.ts (pure and stories), *.real.test.ts (needs the testbed), *.bundle.test.ts (dist as a process).
export default {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': '<rootDir>/scripts/jest-transform.js' },
  testMatch: ['<rootDir>/__tests__/**/*.test.ts'],
  roots: ['<rootDir>/__tests__', '<rootDir>/src', '<rootDir>/testbed'],
  setupFiles: ['<rootDir>/scripts/jest-setup.js'],
  testTimeout: 20_000,
};
