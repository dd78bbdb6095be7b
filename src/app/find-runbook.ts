import { readdirSync, realpathSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { ErrorInfo } from '../model/error.ts';
import { err, ok, type Result } from '../util/result.ts';
import { suggest } from '../util/suggest.ts';
import type { ShownValue } from './shown-value.ts';
import { currentDirectory, ROOT, type Site, type Surroundings } from './surroundings.ts';

/** A place where runbooks are looked for by name. */
interface Place {
  /** As shown to people. */
  readonly origin: string;
  readonly directory: string;
}

export interface FoundRunbook {
  readonly name: string;
  readonly path: string;
  readonly origin: string;
  /** The origin of the one that is taken instead. */
  readonly shadowedBy?: string;
}

const EXTENSION = '.yaml';

/** From the first that wins to the last. */
function places(here: Site): readonly Place[] {
  const ofSite = join(here.siteDirectory, 'runbooks');
  return [
    { origin: './runbooks', directory: fromHere('runbooks', here) },
    ...here.configuration.runbooks.map(({ value }) => ({ origin: value, directory: value })),
    { origin: ofSite, directory: ofSite },
    { origin: 'shipped', directory: join(ROOT, 'runbooks') },
  ];
}

/** Where runbooks are looked for by name, the first that has one wins; and who says so, in words. */
export function runbookFolders(here: Site): readonly ShownValue[] {
  const { runbooks } = here.configuration;
  return distinct(places(here)).map(({ origin, directory }) => {
    const at = runbooks.find(({ value }) => value === directory)?.at;
    return {
      value: directory,
      from: at?.file ?? (origin === 'shipped' ? 'the program' : origin),
      ...(at !== undefined && { at }),
    };
  });
}

/** All runbooks that can be named, in the order of their names; those that are shadowed right after the one that wins. */
export function findRunbooks(surroundings: Site): readonly FoundRunbook[] {
  const first = new Map<string, FoundRunbook>();
  const all: FoundRunbook[] = [];
  for (const { origin, directory } of distinct(places(surroundings))) {
    for (const file of filesIn(directory)) {
      const name = basename(file, EXTENSION);
      const winner = first.get(name);
      const found = { name, path: join(directory, file), origin };
      all.push(winner === undefined ? found : { ...found, shadowedBy: winner.origin });
      if (winner === undefined) first.set(name, found);
    }
  }
  return all.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** The path of a runbook that is given by name, or by a path: anything with a `/` or ending in `.yaml` or `.yml`. */
export function findRunbook(given: string, surroundings: Site): Result<string, ErrorInfo> {
  if (given.includes('/') || /\.ya?ml$/.test(given)) return ok(fromHere(given, surroundings));
  const known = findRunbooks(surroundings);
  const found = known.find((runbook) => runbook.name === given);
  if (found !== undefined) return ok(found.path);
  const nearest = suggest(given, new Set(known.map((runbook) => runbook.name)));
  const looked = places(surroundings)
    .map(({ origin, directory }) => (origin === 'shipped' ? `${directory} (shipped)` : origin))
    .join(', ');
  return err({
    code: 'usage',
    message: `there is no runbook ${JSON.stringify(given)}`,
    hint: `${nearest === undefined ? 'see runbook list' : `did you mean ${nearest}?`}\nlooked in ${looked}; a path works too`,
  });
}

/** A path stays as it was written where that is possible: it is shown in every diagnostic. */
export function fromHere(path: string, { directory }: Surroundings): string {
  return path.startsWith('/') || directory === currentDirectory() ? path : resolve(directory, path);
}

/** In the package's own folder `./runbooks` is what is shipped: nothing shadows itself. */
function distinct(all: readonly Place[]): readonly Place[] {
  const seen = new Set<string>();
  return all.filter(({ directory }) => {
    const real = realPath(directory);
    return real !== undefined && !seen.has(real) && seen.add(real);
  });
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

function filesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory)
      .filter((file) => file.endsWith(EXTENSION) && !file.startsWith('.'))
      .filter((file) => statSync(join(directory, file), { throwIfNoEntry: false })?.isDirectory() === false);
  } catch {
    return [];
  }
}
