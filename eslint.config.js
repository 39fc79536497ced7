// SPDX-License-Identifier: GPL-3.0-or-later
// Undefined names are tsc's to find; here are habits, sizes, and what must never be written.

const dangerous = ['innerHTML', 'outerHTML', 'insertAdjacentHTML', 'srcdoc', 'createContextualFragment', 'parseFromString']
  .map((property) => ({ property, message: 'Text reaches a page by textContent or the escaping template only.' }));

const everywhere = {
  eqeqeq: ['error', 'always', { null: 'ignore' }],
  'max-lines': ['error', 350],
  'max-lines-per-function': ['error', { max: 60, skipComments: true, skipBlankLines: true }],
  'no-constant-binary-expression': 'error',
  'no-duplicate-imports': 'error',
  'no-empty': 'error',
  'no-eval': 'error',
  'no-fallthrough': 'error',
  'no-implied-eval': 'error',
  'no-new-func': 'error',
  'no-promise-executor-return': 'off',
  'no-redeclare': 'error',
  'no-self-compare': 'error',
  'no-shadow': 'error',
  'no-throw-literal': 'error',
  'no-unreachable': 'error',
  'no-unused-vars': ['error', { argsIgnorePattern: '^_', caughtErrors: 'none' }],
  'no-var': 'error',
  'object-shorthand': 'error',
  'prefer-const': 'error',
  'prefer-template': 'error',
  'require-atomic-updates': 'off',
};

export default [
  { ignores: ['build/', 'node_modules/', 'html/vendor/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['html/js/**/*.js'],
    rules: {
      ...everywhere,
      // What a page knows about people does not go to a console.
      'no-console': 'error',
      'no-restricted-properties': ['error', ...dangerous],
      'no-restricted-globals': ['error', 'event', 'name', 'localStorage'],
    },
  },
  {
    files: ['tests/**/*.mjs', 'tools/**/*.mjs'],
    // A suite is one long function of many small ones.
    rules: { ...everywhere, 'max-lines-per-function': 'off' },
  },
];
