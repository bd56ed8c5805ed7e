// The walls between the rooms are lint rules: see ARCHITECTURE.md, "Who may import whom".
import js from '@eslint/js';
import tseslint from 'typescript-eslint';

const rooms = ['plan', 'preflight', 'build', 'scan', 'gate', 'deliver', 'publish', 'report'];

/** What a room must not reach for: rooms are handed what they need as typed values. */
const outside = {
  patterns: [
    { group: ['@actions/*'], message: 'Rooms do not know GitHub Actions: put it into runner/ and pass a value.' },
    { group: ['node:*'], message: 'Rooms do no input or output: put it into tools/, runner/ or bundle/ and pass an interface.' },
    {
      group: ['**/tools/*', '**/tools/**', '**/runner/*', '**/runner/**'],
      message: 'Rooms declare the interface they need; main.ts connects it.',
    },
    { group: ['**/main.ts', '**/pipeline.ts'], message: 'Rooms do not know who calls them.' },
  ],
};
/** Rooms see only rooms that come before them in the flow. */
const earlier = room => ({
  patterns: [
    ...outside.patterns,
    ...rooms
      .slice(rooms.indexOf(room) + 1)
      .map(later => ({ group: [`**/${later}/*`], message: `${room}/ comes before ${later}/ in the flow.` })),
  ],
});

export default tseslint.config(
  { ignores: ['dist/', 'lib/', 'node_modules/', 'coverage/', '.demo/'] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked.map(config => ({ ...config, files: ['**/*.ts'] })),
  {
    files: ['**/*.ts'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: 'only-allowed-literals' }],
    },
  },
  { files: ['**/*.cjs'], languageOptions: { sourceType: 'commonjs', globals: { module: 'writable', require: 'readonly' } } },
  { files: ['**/*.js', '**/*.mjs'], languageOptions: { globals: { console: 'readonly', process: 'readonly' } } },
  {
    files: ['src/**/*.ts'],
    rules: {
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 70, skipBlankLines: true, skipComments: true }],
      complexity: ['error', 15],
    },
  },
  ...rooms.map(room => ({ files: [`src/${room}/**/*.ts`], rules: { 'no-restricted-imports': ['error', earlier(room)] } })),
  {
    // The one artefact reads and writes files, but starts nothing and knows no tool.
    files: ['src/bundle/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: [
                '@actions/*',
                '**/tools/**',
                '**/runner/**',
                '**/main.ts',
                '**/pipeline.ts',
                'node:child_process',
                'node:http',
                'node:https',
                'node:net',
              ],
            },
          ],
        },
      ],
    },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/tools/command.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        { selector: "ImportDeclaration[source.value='node:child_process']", message: 'Only tools/command.ts starts processes.' },
        { selector: "ImportDeclaration[source.value='@actions/exec']", message: 'Only tools/command.ts starts processes.' },
        {
          selector: 'ImportExpression',
          message: 'Only what takes long to load and is often not needed is imported late: see connect.ts and runner/github.ts.',
        },
        {
          selector: "MemberExpression[object.name='process'][property.name='exit']",
          message: 'Set process.exitCode in main.ts.',
        },
      ],
    },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/main.ts'],
    rules: { 'no-restricted-properties': ['error', { property: 'setFailed', message: 'Only main.ts decides the exit status.' }] },
  },
);
