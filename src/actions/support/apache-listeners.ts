export interface Listener {
  /** As a host part of a URL: IPv6 in brackets. Any address: the loopback one. */
  readonly address: string;
  readonly port: number;
  readonly secure: boolean;
}

/** What decides about `<IfModule>`, `<IfDefine>` and `<IfVersion>`. */
export interface Conditions {
  readonly modules: ReadonlySet<string>;
  readonly defines: ReadonlySet<string>;
  readonly variables: ReadonlyMap<string, string>;
  readonly version: string;
}

export interface Directives {
  readonly listeners: readonly Listener[];
  /** The last one outside of virtual hosts, by name in lower case; variables filled in. */
  readonly server: ReadonlyMap<string, string>;
}

/**
 * Reads directives of Apache's configuration files, with a line `= FILE` before each. Ends a block with the file, as Apache does.
 * `<IfFile>` counts as true. A `Listen` whose variable is unknown is left out.
 */
export function readDirectives(lines: readonly string[], conditions: Conditions): Directives {
  const listens = new Map<string, Listener>();
  const server = new Map<string, string>();
  const securePorts = new Set<number>();
  let blocks: { readonly open: boolean; readonly ports?: readonly number[] }[] = [];
  for (const raw of lines) {
    if (raw.startsWith('= ')) {
      blocks = [];
      continue;
    }
    const line = fill(raw.trim(), conditions.variables);
    if (line.startsWith('</')) {
      blocks.pop();
      continue;
    }
    const [, block, argument = ''] = /^<(\w+)\s*([^>]*)>?/.exec(line) ?? [];
    const open = blocks.every((outer) => outer.open);
    if (block !== undefined) {
      if (block.toLowerCase() === 'virtualhost') blocks.push({ open: true, ports: portsOf(argument) });
      else blocks.push({ open: holds(block.toLowerCase(), argument.trim(), conditions) });
      continue;
    }
    if (!open) continue;
    const [name = '', ...words] = line.split(/\s+/);
    const value = words.join(' ').replace(/^"(.*)"$/, '$1');
    const host = blocks.find(({ ports }) => ports !== undefined);
    if (name.toLowerCase() === 'listen') addListener(words, listens);
    else if (name.toLowerCase() === 'sslengine' && /^(?:on|optional)$/i.test(value))
      host?.ports?.forEach((port) => securePorts.add(port));
    else if (host === undefined) server.set(name.toLowerCase(), value);
  }
  const encrypts = conditions.modules.has('ssl_module') || conditions.modules.has('gnutls_module');
  const listeners = [...listens.values()].map((listener) => ({
    ...listener,
    secure: encrypts && (listener.secure || securePorts.has(listener.port)),
  }));
  return { listeners, server };
}

export function urlOf({ address, port, secure }: Listener): string {
  return `${secure ? 'https' : 'http'}://${address}:${port}/`;
}

function addListener([place = '', protocol = '']: readonly string[], listens: Map<string, Listener>): void {
  const [, host = '', digits] = /^(?:(.*):)?(\d{1,5})$/.exec(place.replaceAll('"', '')) ?? [];
  if (digits === undefined) return;
  const port = Number(digits);
  const any = host === '' || host === '*' || host === '0.0.0.0';
  const address = any ? '127.0.0.1' : host === '[::]' ? '[::1]' : host.replace(/%[^\]]*/, '');
  listens.set(`${address}:${port}`, {
    address,
    port,
    secure: protocol === 'https' || (protocol === '' && port === 443),
  });
}

function portsOf(argument: string): readonly number[] {
  return argument.split(/\s+/).flatMap((place) => {
    const port = /:(\d{1,5})$/.exec(place)?.[1];
    return port === undefined ? [] : [Number(port)];
  });
}

function fill(text: string, variables: ReadonlyMap<string, string>): string {
  return text.replace(/\$\{(\w+)\}/g, (span, name: string) => variables.get(name) ?? span);
}

function holds(block: string, argument: string, conditions: Conditions): boolean {
  const negated = argument.startsWith('!');
  const name = argument.replace(/^!/, '').replace(/^"(.*)"$/, '$1');
  switch (block) {
    case 'ifmodule':
      return isLoaded(name, conditions.modules) !== negated;
    case 'ifdefine':
      return conditions.defines.has(name) !== negated;
    case 'ifversion':
      return versionHolds(argument, conditions.version);
    default:
      return true;
  }
}

/** By identifier (`ssl_module`) or by source file (`mod_ssl.c`, `prefork.c`). */
function isLoaded(name: string, modules: ReadonlySet<string>): boolean {
  const stem = name.replace(/^mod_/, '').replace(/\.c$/, '');
  return modules.has(name) || modules.has(`${stem}_module`) || modules.has(`mpm_${stem}_module`);
}

function versionHolds(argument: string, version: string): boolean {
  const [, negated, operator = '=', wanted = ''] = /^(!?)(>=|<=|==|=|>|<)?\s*([\d.]+)$/.exec(argument) ?? [];
  if (wanted === '') return true;
  const order = compareVersions(version, wanted);
  const met =
    operator === '>'
      ? order > 0
      : operator === '<'
        ? order < 0
        : operator === '>='
          ? order >= 0
          : operator === '<='
            ? order <= 0
            : order === 0;
  return met !== (negated === '!');
}

function compareVersions(left: string, right: string): number {
  const [a, b] = [left, right].map((text) => text.split('.').map(Number));
  for (let index = 0; index < 3; index++) {
    const difference = (a?.[index] ?? 0) - (b?.[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
