/** A directive in force, outside of blocks whose condition does not hold. */
export interface ActiveLine {
  /** Of the line among those given. */
  readonly index: number;
  /** In lower case. */
  readonly name: string;
  /** What follows the name, variables filled in. */
  readonly words: readonly string[];
  /** The ports of the virtual host around it. */
  readonly ports?: readonly number[];
}

/** What decides about `<IfModule>`, `<IfDefine>` and `<IfVersion>`. */
export interface Conditions {
  readonly modules: ReadonlySet<string>;
  readonly defines: ReadonlySet<string>;
  readonly variables: ReadonlyMap<string, string>;
  readonly version: string;
}

/**
 * The directives of one file that are in force, in its order. `<IfFile>` counts as true, and a block ends with its file, as in Apache.
 */
export function* activeLines(lines: readonly string[], conditions: Conditions): Generator<ActiveLine> {
  const blocks: { readonly open: boolean; readonly ports?: readonly number[] }[] = [];
  for (const [index, raw] of lines.entries()) {
    const line = fill(raw.trim(), conditions.variables);
    if (line.startsWith('</')) {
      blocks.pop();
      continue;
    }
    const [, block, argument = ''] = /^<(\w+)\s*([^>]*)>?/.exec(line) ?? [];
    if (block !== undefined) {
      if (block.toLowerCase() === 'virtualhost') blocks.push({ open: true, ports: portsOf(argument) });
      else blocks.push({ open: holds(block.toLowerCase(), argument.trim(), conditions) });
      continue;
    }
    if (line === '' || line.startsWith('#') || !blocks.every((outer) => outer.open)) continue;
    const [name = '', ...words] = line.split(/\s+/);
    const ports = blocks.find((outer) => outer.ports !== undefined)?.ports;
    yield { index, name: name.toLowerCase(), words, ...(ports !== undefined && { ports }) };
  }
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
