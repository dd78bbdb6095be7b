import { mergeReferences } from '../expression/references.ts';
import type { Place } from '../place.ts';
import type { Report } from '../report.ts';
import { readValue } from '../value/read-value.ts';
import { mapTree, type Tree } from '../value/tree.ts';
import type { YamlMap } from '../yaml/node.ts';
import { treeAt, type Level } from './levels.ts';

/** Variables that change what a shell does before it reads a line, or that are its own. */
const REFUSED: ReadonlySet<string> = new Set([
  'IFS',
  'PATH',
  'ENV',
  'BASH_ENV',
  'SHELLOPTS',
  'PS4',
  'LD_PRELOAD',
  'LD_LIBRARY_PATH',
  'LD_AUDIT',
]);

/** The `env` of a step and of the groups around it; the inner one wins. */
export function readEnv(levels: readonly Level[], allowed: boolean, report: Report): Tree | undefined {
  const own = levels.at(-1)?.node.entries.get('env');
  if (!allowed) {
    if (own !== undefined) report.error('E_ENV', own.key, 'env is for command, shell and script only', 'remove it');
    return undefined;
  }
  const trees = levels.map(readLevel).filter((tree) => tree !== undefined);
  if (trees.length === 0) return undefined;
  return {
    references: mergeReferences(trees.map((tree) => tree.references)),
    evaluate: (scope) => {
      let all: Record<string, unknown> = {};
      for (const tree of trees) {
        const value = tree.evaluate(scope);
        if (!value.ok) return value;
        all = { ...all, ...(value.value as Record<string, unknown>) };
      }
      return { ok: true, value: all };
    },
  };
}

function readLevel(level: Level): Tree | undefined {
  const env = level.node.entries.get('env')?.value;
  const tree = env?.kind === 'map' ? readMap(env, level.place) : undefined;
  return tree === undefined ? undefined : treeAt(level, tree);
}

function readMap(node: YamlMap, place: Place): Tree | undefined {
  const entries: (readonly [string, Tree])[] = [];
  for (const [name, entry] of node.entries) {
    if (!/^[A-Za-z_][A-Za-z0-9_]{0,127}$/.test(name) || REFUSED.has(name)) {
      const hint = REFUSED.has(name) ? 'set it inside the shell text' : 'letters, digits and _';
      place.report.error('E_ENV', entry.key, `${JSON.stringify(name.slice(0, 80))} cannot be set in env`, hint);
      continue;
    }
    const secretName = /(?:password|passwd|secret|token|api_?key)$/i.test(name);
    const { value } = entry;
    if (
      secretName &&
      value.kind === 'scalar' &&
      typeof value.value === 'string' &&
      value.value !== '' &&
      !value.value.includes('${{')
    ) {
      place.report.error(
        'E_PLAINTEXT_SECRET',
        value.at,
        `${name} looks like a secret in clear text`,
        'declare a param of type secret and write "${{ params.x }}"',
      );
      continue;
    }
    const tree = readValue(
      { kind: 'map', of: { kind: 'string' } },
      { ...node, entries: new Map([[name, entry]]) },
      { key: 'env', secretToo: true },
      place,
    );
    if (tree !== undefined) entries.push([name, { ...tree, evaluate: (scope) => only(tree.evaluate(scope), name) }]);
  }
  return mapTree(entries);
}

function only(result: ReturnType<Tree['evaluate']>, name: string): ReturnType<Tree['evaluate']> {
  return result.ok ? { ok: true, value: (result.value as Record<string, unknown>)[name] } : result;
}
