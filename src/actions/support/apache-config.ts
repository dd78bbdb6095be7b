/** What `apache2 -t -D DUMP_RUN_CFG -D DUMP_MODULES` says. */
export interface ApacheConfig {
  /** False for Apache 2.2, and for a configuration that does not parse: all else is empty then. */
  readonly printed: boolean;
  readonly errorLog: string;
  readonly user: { readonly name: string; readonly uid: number } | undefined;
  /** By type, such as `default` and `mpm-accept`; `undefined`: as the default. */
  readonly mutexes: ReadonlyMap<string, Mutex | undefined>;
  readonly defines: ReadonlySet<string>;
  readonly modules: ReadonlySet<string>;
}

export interface Mutex {
  readonly directory: string;
  readonly mechanism: string;
}

// What Apache says before, or besides, the line that tells what is wrong.
const REMARK =
  /^(?:AH00558|AH00557|AH00112|AH00548|AH10073|Included configuration files:|\s*\([0-9*]+\) \/)|\[[^\s[]*(?:warn|notice|info)\]/;

export function readApacheConfig(lines: readonly string[]): ApacheConfig {
  const mutexes = new Map<string, Mutex | undefined>();
  const defines = new Set<string>();
  const modules = new Set<string>();
  let errorLog = '';
  let user: ApacheConfig['user'];
  for (const line of lines) {
    const [, mutex, directory, mechanism] =
      /^Mutex (\S+): (?:dir="(.*)" mechanism=(\S+)|using_defaults|none)/.exec(line) ?? [];
    if (mutex !== undefined && line.endsWith(' none')) mutexes.set(mutex, { directory: '', mechanism: 'none' });
    else if (mutex !== undefined)
      mutexes.set(mutex, mechanism === undefined ? undefined : { directory: directory ?? '', mechanism });
    const [, define] = /^Define: (\S+)/.exec(line) ?? [];
    if (define !== undefined) defines.add(define);
    const [, module] = /^ (\w+_module) \((?:static|shared)\)$/.exec(line) ?? [];
    if (module !== undefined) modules.add(module);
    errorLog = /^Main ErrorLog: "(.*)"$/.exec(line)?.[1] ?? errorLog;
    const [, name, uid] = /^User: name="(.*)" id=(\d+)/.exec(line) ?? [];
    if (name !== undefined) user = { name, uid: Number(uid) };
  }
  const printed = lines.some((line) => line.startsWith('ServerRoot: '));
  return { printed, errorLog, user, mutexes, defines, modules };
}

/** What is wrong, on one line, of a configuration test that failed. */
export function complaintOf(lines: readonly string[]): string {
  const said = lines.filter((line) => line.trim() !== '');
  const first = said.findIndex((line) => !REMARK.test(line));
  if (first === -1) return said.at(-1)?.trim() ?? 'the configuration test failed without a word';
  const line = said[first]?.trim() ?? '';
  return line.endsWith(':') ? `${line} ${said[first + 1]?.trim() ?? ''}`.trimEnd() : line;
}

// Registered by their modules, but made only when a directive asks for them: measured on 2.4 with one module after the other.
const ON_DEMAND = new Set([
  'default',
  'mpm-accept',
  'watchdog-callback',
  'rewrite-map',
  'cache-socache',
  'ssl-stapling',
  'ssl-stapling-refresh',
  'proxy-balancer-shm',
]);

/** The mutex that serialises `accept`: its own, or else the default. `needed`: Apache creates one of that kind when it starts. */
export function acceptMutex(config: ApacheConfig, listeners: number): Mutex & { readonly needed: boolean } {
  const own = config.mutexes.get('mpm-accept');
  const accepts = config.mutexes.has('mpm-accept') && listeners > 1;
  const mutex = own ?? config.mutexes.get('default') ?? { directory: '', mechanism: 'default' };
  const others = [...config.mutexes].some(([name, other]) => other === undefined && !ON_DEMAND.has(name));
  return { ...mutex, needed: accepts || (own === undefined && others) };
}
