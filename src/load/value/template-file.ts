import { dirname, isAbsolute, join } from 'node:path';
import type { FileContent } from '../../model/type.ts';
import { ok } from '../../util/result.ts';
import { compile } from '../expression/compile.ts';
import type { Place } from '../place.ts';
import { Report } from '../report.ts';
import { scanSpans, type Piece } from '../spans.ts';
import { hasTextForm, type TextPart } from '../text.ts';
import type { YamlNode } from '../yaml/node.ts';
import { namedFile } from './source-file.ts';
import { mapped, textTree, type Tree } from './tree.ts';

/** The path of a template, which is read and checked now. What is wrong with its expressions is reported at their places in it. */
export function readTemplateFile(node: YamlNode, key: string, place: Place): Tree | undefined {
  const file = namedFile(node, key, place);
  if (file === undefined) return undefined;
  const { path, content } = file;
  const shown = isAbsolute(path) ? path : join(dirname(place.report.source.file), path);
  const source = { file: shown, text: content };
  const report = new Report(source);
  const parts = readParts(content, { ...place, report });
  place.files?.note(source, report.diagnostics);
  if (parts === undefined) return undefined;
  const tree = mapped(textTree(parts, { kind: 'string' }), (text) =>
    ok({ path, content: String(text) } satisfies FileContent),
  );
  return { ...tree, written: { value: file } };
}

function readParts(content: string, place: Place): readonly TextPart[] | undefined {
  const pieces = scanSpans(content);
  if (!pieces.ok) {
    const { start, end, message, hint } = pieces.error;
    return void place.report.error('E_TEMPLATE', { start, end }, message, hint);
  }
  const parts = pieces.value.map((piece) => (piece.kind === 'text' ? piece.text : readSpan(piece, place)));
  const known = parts.filter((part) => part !== undefined);
  return known.length === parts.length ? known : undefined;
}

function readSpan(piece: Piece & { readonly kind: 'span' }, place: Place): TextPart | undefined {
  const { source: text, sourceStart } = piece;
  const at = { text, place: (start: number, end: number) => ({ start: sourceStart + start, end: sourceStart + end }) };
  const compiled = compile(at, place.typed, place.report);
  return compiled !== undefined && hasTextForm(compiled, place) ? compiled : undefined;
}
