import { activeLines, type Conditions } from './apache-lines.ts';

export interface Listener {
  /** As a host part of a URL: IPv6 in brackets. Any address: the loopback one. */
  readonly address: string;
  readonly port: number;
  readonly secure: boolean;
}

export interface Directives {
  readonly listeners: readonly Listener[];
  /** The last one outside of virtual hosts, by name in lower case; variables filled in. */
  readonly server: ReadonlyMap<string, string>;
}

/** Reads directives of Apache's configuration files, with a line `= FILE` before each. A `Listen` whose variable is unknown is left out. */
export function readDirectives(lines: readonly string[], conditions: Conditions): Directives {
  const listens = new Map<string, Listener>();
  const server = new Map<string, string>();
  const securePorts = new Set<number>();
  for (const file of filesOf(lines)) {
    for (const { name, words, ports } of activeLines(file, conditions)) {
      const value = words.join(' ').replace(/^"(.*)"$/, '$1');
      if (name === 'listen') addListener(words, listens);
      else if (name === 'sslengine' && /^(?:on|optional)$/i.test(value))
        ports?.forEach((port) => securePorts.add(port));
      else if (ports === undefined) server.set(name, value);
    }
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

function filesOf(lines: readonly string[]): readonly (readonly string[])[] {
  const files: string[][] = [[]];
  for (const line of lines) {
    if (line.startsWith('= ')) files.push([]);
    else files.at(-1)?.push(line);
  }
  return files;
}
