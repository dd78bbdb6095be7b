import { registerHooks } from 'node:module';

/*
 * Loaded before the real program by `--import`: what it imports as its store and its transports are those that may kill it. The
 * program itself knows nothing of that.
 */
const INSTEAD = new Map([
  [here('../../../src/stores/sqlite.ts'), here('store.ts')],
  [here('../../../src/app/transports.ts'), here('transports.ts')],
]);

registerHooks({
  resolve: (specifier, context, next) => {
    const found = next(specifier, context);
    const instead = INSTEAD.get(found.url);
    return instead === undefined || context.parentURL === instead ? found : { ...found, url: instead };
  },
});

function here(file: string): string {
  return new URL(file, import.meta.url).href;
}
