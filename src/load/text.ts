import type { Scope, Text } from '../model/expression.ts';
import { compile, type Compiled } from './expression/compile.ts';
import { mergeReferences } from './expression/references.ts';
import { shapeInWords, type Shape } from './expression/shape.ts';
import { textForm } from './expression/values.ts';
import type { Place } from './place.ts';
import { placeIn, refuseComment, sourceTextOf } from './source-text.ts';
import { hasSpan, scanSpans, type Piece } from './spans.ts';
import type { YamlNode, YamlScalar } from './yaml/node.ts';

export type TextPart = string | Compiled;

/** Text for people: what cannot be evaluated shows as `(unknown)`. */
export function readText(node: YamlNode, key: string, place: Place): Text | undefined {
  // The structure check has said so.
  if (node.kind !== 'scalar' || typeof node.value !== 'string') return undefined;
  if (node.text.trim() === '')
    return void place.report.error('E_STRING', node.at, `${key} is empty`, 'write what a person should read');
  const parts = readParts(node, place);
  return parts === undefined ? undefined : textOf(node.text, parts);
}

export function plainText(text: string): Text {
  return { source: text, references: { steps: [], findings: [] }, render: () => text };
}

export function joinTexts(texts: readonly Text[], separator: string): Text {
  return {
    source: texts.map(({ source }) => source).join(separator),
    references: mergeReferences(texts.map(({ references }) => references)),
    render: (scope) => texts.map((text) => text.render(scope)).join(separator),
  };
}

function textOf(source: string, parts: readonly TextPart[]): Text {
  const render = (part: TextPart, scope: Scope): string => {
    if (typeof part === 'string') return part;
    const value = part.run(scope);
    return (value.ok ? textForm(value.value) : undefined) ?? '(unknown)';
  };
  return {
    source,
    references: mergeReferences(parts.filter((part) => typeof part !== 'string').map((part) => part.references)),
    render: (scope) => parts.map((part) => render(part, scope)).join(''),
  };
}

/** The literal parts and the checked spans of a text in which every span must have a text form. */
export function readParts(node: YamlScalar, place: Place): readonly TextPart[] | undefined {
  const pieces = readPieces(node, place);
  if (pieces === undefined) return undefined;
  const parts: TextPart[] = [];
  let failed = false;
  for (const piece of pieces) {
    if (piece.kind === 'text') {
      parts.push(piece.text);
      continue;
    }
    const compiled = compilePiece(piece, node, place);
    if (compiled !== undefined && hasTextForm(compiled, place)) parts.push(compiled);
    else failed = true;
  }
  return failed ? undefined : parts;
}

export function readPieces(node: YamlScalar, place: Place): readonly Piece[] | undefined {
  const { report } = place;
  if (hasSpan(node.text) && refuseComment(node, report)) return undefined;
  const pieces = scanSpans(node.text);
  if (pieces.ok) return pieces.value;
  const { start, end, message, hint } = pieces.error;
  return void report.error('E_TEMPLATE', placeIn(node, report, start, end), message, hint);
}

export function compilePiece(
  piece: Piece & { readonly kind: 'span' },
  node: YamlScalar,
  place: Place,
): Compiled | undefined {
  const source = sourceTextOf(node, place.report, piece.sourceStart, piece.sourceStart + piece.source.length);
  return compile(source, place.typed, place.report);
}

export function hasTextForm(compiled: Compiled, place: Place): boolean {
  const complaint = textComplaint(compiled.shape);
  if (complaint === undefined) return true;
  const span = compiled.source.place(0, compiled.source.text.length);
  place.report.error(complaint.code, span, complaint.message, complaint.hint);
  return false;
}

function textComplaint(
  shape: Shape,
): { readonly code: string; readonly message: string; readonly hint: string } | undefined {
  switch (shape.kind) {
    case 'list':
    case 'map':
    case 'object': {
      const hint = shape.kind === 'list' ? 'use .join(", "), or give it as the whole value' : 'name one of its fields';
      return { code: 'E_TYPE', message: `${shapeInWords(shape)} cannot stand inside text`, hint };
    }
    case 'secret':
      return {
        code: 'E_SECRET',
        message: 'a secret cannot stand inside text',
        hint: 'give it whole, as "${{ params.x }}", to env, to stdin or to a secret param',
      };
    default:
      return undefined;
  }
}
