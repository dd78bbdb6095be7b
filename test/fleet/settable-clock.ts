import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from './cache.ts';
import { script } from './shell.ts';
import { sha256 } from '../../src/util/sha256.ts';

const SOURCE = join(import.meta.dirname, 'settable-clock.c');

// Renamed when it is whole. Without a compiler there is none, and faults of clocks cannot be made.
const COMPILE = `
command -v cc >/dev/null 2>&1 || exit 0
mkdir -p "$FOLDER"
if [ ! -e "$LIBRARY" ]; then
  cc -shared -fPIC -O2 -fvisibility=hidden -o "$LIBRARY.$$" "$SOURCE"
  mv "$LIBRARY.$$" "$LIBRARY"
fi
echo "$LIBRARY"
`;

/** Path of the library that gives a host a clock of its own; empty when this machine has no C compiler. */
export async function settableClock(): Promise<string> {
  const name = `settable-clock-${sha256(readFileSync(SOURCE, 'utf8')).slice(0, 8)}.so`;
  return script(COMPILE, { SOURCE, FOLDER: cacheFolder(), LIBRARY: join(cacheFolder(), name) });
}
