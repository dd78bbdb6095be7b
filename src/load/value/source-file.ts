import type { FileContent } from '../../model/type.ts';
import type { Place } from '../place.ts';
import { hasSpan } from '../spans.ts';
import type { YamlNode } from '../yaml/node.ts';
import { literalTree, type Tree } from './tree.ts';

/** The path of a file, written out, which is read now: what is checked is what is sent. */
export function readSourceFile(node: YamlNode, key: string, place: Place): Tree | undefined {
  const file = namedFile(node, key, place);
  return file === undefined ? undefined : literalTree(file);
}

/** The file that a param names; undefined after reporting why there is none. */
export function namedFile(node: YamlNode, key: string, { report, files }: Place): FileContent | undefined {
  if (node.kind !== 'scalar' || typeof node.value !== 'string') {
    const found = node.kind === 'scalar' ? node.text : `a ${node.kind}`;
    const hint = 'write a path; a relative one begins in the folder of the runbook';
    return void report.error('E_TYPE', node.at, `${key}: expected the path of a file, found ${found}`, hint);
  }
  if (hasSpan(node.value)) {
    const hint = 'the file is read before any host is known: write the path out, and choose between steps with when';
    return void report.error('E_TYPE', node.at, `${key}: the path of a file cannot be computed`, hint);
  }
  const path = node.value;
  const file = files?.read(path);
  if (file === undefined) {
    return void report.error(
      'E_TYPE',
      node.at,
      `${key}: no file can be named here`,
      'only a param of a step takes one',
    );
  }
  if (file.ok) return file.value;
  const { code, message, hint } = file.error;
  return void report.error(code, node.at, `${key}: ${JSON.stringify(path)}: ${message}`, hint);
}
