import type { Plugin } from 'vite';

const SHARED = 'svelte/src/internal/client/constants.js';
const ERROR_MADE_AT_LOAD =
  /new \(class StaleReactionError extends Error \{\s*name = ('\w+');\s*message = ('[^']+');\s*\}\)\(\)/;

/** What keeps the first screen waiting besides the code itself. */
export function quickToLoad(): Plugin {
  return {
    name: 'quick-to-load',
    apply: 'build',
    // An error that Svelte makes as it loads: for its stack, browsers whose work is recorded read
    // the whole file once more. One without a stack does the same.
    transform(code, id) {
      if (!id.includes(SHARED)) return null;
      if (!ERROR_MADE_AT_LOAD.test(code)) this.error('Svelte makes its error another way now.');
      return code.replace(
        ERROR_MADE_AT_LOAD,
        'Object.assign(Object.create(Error.prototype), { name: $1, message: $2 })',
      );
    },
    // Nearly all of a file runs when it comes: Chromium then compiles it beside the page's work.
    // Last of all, because the line must be the first.
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        for (const file of Object.values(bundle)) {
          if (file.type === 'chunk') file.code = `//# allFunctionsCalledOnLoad\n${file.code}`;
        }
      },
    },
  };
}
