import { defineConfig } from 'eslint/config';
import hooks from 'eslint-plugin-react-hooks';
import { readdirSync } from 'node:fs';
import tseslint from 'typescript-eslint';

const pages = readdirSync(new URL('./src/pages', import.meta.url));

// A page never imports another page: what two pages share is a part.
const apart = pages.map((page) => ({
  files: [`src/pages/${page}/**/*.{ts,tsx}`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          {
            group: pages
              .filter((other) => other !== page)
              .flatMap((other) => [`~/pages/${other}/**`, `../${other}/**`]),
            message: 'A page never imports another page; move what is shared to parts or lib.',
          },
        ],
      },
    ],
  },
}));

const layers = [
  { files: ['src/lib/**/*.{ts,tsx}'], rules: forbid(['~/pages/**', '~/parts/**', '~/api/**']) },
  { files: ['src/api/**/*.{ts,tsx}'], rules: forbid(['~/pages/**', '~/parts/**']) },
  { files: ['src/parts/**/*.{ts,tsx}'], rules: forbid(['~/pages/**']) },
];

function forbid(group) {
  return {
    'no-restricted-imports': ['error', { patterns: [{ group, message: 'pages → parts → lib, pages → api.' }] }],
  };
}

export default defineConfig(
  { ignores: ['dist', 'node_modules', 'src/api/schema.d.ts', 'e2e/shots', 'test-results'] },
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  { languageOptions: { parserOptions: { projectService: { allowDefaultProject: ['eslint.config.js'] } } } },
  hooks.configs.flat.recommended,
  {
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/consistent-type-definitions': 'off',
      // The console is not compiled by React Compiler; the virtualizer's functions are used in the component that made them.
      'react-hooks/incompatible-library': 'off',
      'max-lines': ['error', { max: 300 }],
    },
  },
  { files: ['src/lib/i18n/*.ts'], rules: { 'max-lines': 'off' } },
  { files: ['eslint.config.js'], extends: [tseslint.configs.disableTypeChecked] },
  ...layers,
  ...apart,
);
