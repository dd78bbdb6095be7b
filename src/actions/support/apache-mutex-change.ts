import { err, ok, type Result } from '../../util/result.ts';
import { readApacheConfig, type ApacheConfig } from './apache-config.ts';
import { readApache } from './apache-facts.ts';
import { readIncludes } from './apache-includes.ts';
import type { ApacheInfo } from './apache-info.ts';
import type { Conditions } from './apache-lines.ts';
import { acceptMutexEdits, mutexEdits, type MutexEdit, type NewPlace } from './apache-mutex-edits.ts';
import { mutexLines, type ConfigFile } from './apache-mutex-lines.ts';
import { readLockPlace, whyNoLock } from './apache-mutex-place.ts';
import {
  acceptMutexArgument,
  isAsWanted,
  lockFileArgument,
  locksFile,
  mutexArgument,
  type MutexParams,
} from './apache-mutex-wish.ts';
import type { Sections } from './sections.ts';

/** What the look of `apache_mutex` comes to, on a host whose Apache parses its configuration. */
export interface MutexChange {
  readonly apache: ApacheInfo;
  /** Mechanism of the default mutex as it was. */
  readonly before: string;
  /** The files to write; none when all is as wanted. */
  readonly edits: readonly MutexEdit[];
  /** What they make Apache do, as a directive. */
  readonly directive: string;
  /** The mutexes that change. */
  readonly types: readonly string[];
  /** Apache 2.4 tells how its mutexes are set, 2.2 does not. */
  readonly tells: boolean;
}

/** Pure. `files` are those with a line in them that may set the mutex, by their real paths. An error is why nothing can be changed. */
export function mutexChange(
  sections: Sections,
  files: ReadonlyMap<string, string>,
  place: NewPlace,
  params: MutexParams,
): Result<MutexChange, string> {
  const read = readApache(sections);
  if (!read.ok) return read;
  const apache = read.value;
  if (!apache.config_ok)
    return err(`Apache's configuration does not parse, and that comes first: ${apache.config_error}`);
  const config = readApacheConfig(linesOf(sections, 'config'));
  const world: World = {
    config,
    conditions: conditionsOf(config, linesOf(sections, 'variables'), apache.version),
    files: configFiles(linesOf(sections, 'config'), linesOf(sections, 'mutex_files'), files),
    environment: linesOf(sections, 'environment')[2] ?? '',
    apache,
    place,
  };
  const wanted = config.printed ? wantedMutex(world, params) : wantedAcceptMutex(world, params);
  const problem =
    wanted.edits.length > 0 && locksFile(params.mechanism) ? whyNoLock(readLockPlace(sections)) : undefined;
  return problem === undefined ? ok({ ...wanted, apache, tells: config.printed }) : err(problem);
}

interface World {
  readonly config: ApacheConfig;
  readonly conditions: Conditions;
  readonly files: readonly ConfigFile[];
  /** `APACHE_LOCK_DIR`. */
  readonly environment: string;
  readonly apache: ApacheInfo;
  readonly place: NewPlace;
}

type Wanted = Pick<MutexChange, 'before' | 'edits' | 'directive' | 'types'>;

function wantedMutex({ config, conditions, files, environment, place }: World, params: MutexParams): Wanted {
  const now = config.mutexes.get('default') ?? { mechanism: 'default', directory: '' };
  const own = config.mutexes.get('mpm-accept');
  const types = [
    ...(isAsWanted(now, params) ? [] : (['default'] as const)),
    ...(own === undefined || isAsWanted(own, params) ? [] : (['mpm-accept'] as const)),
  ];
  const argument = mutexArgument(params, environment, now);
  return {
    before: now.mechanism,
    edits: types.length === 0 ? [] : mutexEdits(files, conditions, { argument, types }, place),
    directive: `Mutex ${argument} ${types.join(' ')}`,
    types,
  };
}

function wantedAcceptMutex({ conditions, files, environment, apache, place }: World, params: MutexParams): Wanted {
  const before = apache.mutex.mechanism;
  const lockFileIsSet = mutexLines(files, conditions).some(({ name }) => name === 'lockfile');
  const wish = {
    mechanism: acceptMutexArgument(params.mechanism),
    lockFile: lockFileArgument(params, environment, lockFileIsSet),
  };
  return {
    before,
    edits: isAsWanted({ mechanism: before, directory: apache.lock_dir }, params)
      ? []
      : acceptMutexEdits(files, conditions, wish, place),
    directive: `AcceptMutex ${wish.mechanism}`,
    types: ['default'],
  };
}

function conditionsOf(config: ApacheConfig, variables: readonly string[], version: string): Conditions {
  const values = variables.map(
    (line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)] as const,
  );
  return { modules: config.modules, defines: config.defines, variables: new Map(values), version };
}

/** Each as often as it is included, in the order of reading; without a list of what is included, in that of their names. */
function configFiles(
  config: readonly string[],
  found: readonly string[],
  texts: ReadonlyMap<string, string>,
): readonly ConfigFile[] {
  const realPaths = new Map<string, string>();
  for (let index = 0; index + 1 < found.length; index += 2) realPaths.set(found[index] ?? '', found[index + 1] ?? '');
  const listed = readIncludes(config);
  const included =
    listed.length > 0 ? listed : [...realPaths.keys()].map((path, index) => ({ path, at: [index] as const }));
  const read = included.flatMap(({ path, at }) => {
    const real = realPaths.get(path);
    const text = real === undefined ? undefined : texts.get(real);
    return real === undefined || text === undefined ? [] : [{ path: real, text, at }];
  });
  const rest = [...texts].filter(([path]) => !read.some((file) => file.path === path));
  return [...read, ...rest.map(([path, text]) => ({ path, text, at: [] }))];
}

function linesOf(sections: Sections, name: string): readonly string[] {
  return sections.get(name)?.lines ?? [];
}
