import type { EvaluationError, Scope } from '../../model/expression.ts';
import type { ShellText } from '../../model/type.ts';
import { err, ok, type Result } from '../../util/result.ts';
import type { Compiled } from '../expression/compile.ts';
import { mergeReferences } from '../expression/references.ts';
import { partsOf, type ASTNode } from '../expression/syntax.ts';
import { textForm } from '../expression/values.ts';
import type { Place } from '../place.ts';
import { placeIn } from '../source-text.ts';
import type { Span } from '../line-map.ts';
import type { Piece } from '../spans.ts';
import { compilePiece, hasTextForm, readPieces } from '../text.ts';
import type { Tree } from '../value/tree.ts';
import type { YamlNode, YamlScalar } from '../yaml/node.ts';
import { contextsOf, type ShellContext } from './lexer.ts';

interface Variable {
  readonly name: string;
  readonly compiled: Compiled;
}

/** An escape in a YAML text can make one; line ends and tabs are no control characters of a shell. */
const CONTROL = /[^\P{Cc}\t\n\r]/u;

/** A character that no accepted text holds: it stands for a span while the shell source is followed. */
const MARK = '\u0001';

const REFUSED: Readonly<Partial<Record<ShellContext, readonly [message: string, hint: string]>>> = {
  single: ['a span inside single quotes would not be replaced', 'use double quotes'],
  comment: ['a span inside a comment does nothing', 'remove it'],
  'here-document': [
    'a span inside a quoted here-document would not be replaced',
    'leave out the quotes around its delimiter',
  ],
  'here-delimiter': ['a span cannot be the delimiter of a here-document', 'write the delimiter out'],
  backquote: ['a span inside backquotes cannot be quoted safely', 'use $( ) instead of the backquotes'],
  escaped: ['the backslash before this span would take its quote', 'remove the backslash'],
  name: ['a span cannot be the name of a variable', 'write the name out'],
  unclear: [
    'shells differ in how they read what stands before this span',
    'put the value into a variable first: value=${{ ... }}',
  ],
};

/** Shell source: each span becomes a variable of the text's own and is put in as one quoted word, never as code. */
export function readShellText(node: YamlNode, place: Place): Tree | undefined {
  const { report } = place;
  if (node.kind !== 'scalar' || typeof node.value !== 'string') {
    const found = node.kind === 'scalar' ? node.text : `a ${node.kind}`;
    return void report.error(
      'E_TYPE',
      node.at,
      `expected shell text, found ${found}`,
      'write shell: |, and the commands below it',
    );
  }
  const control = CONTROL.exec(node.text);
  if (control !== null) {
    const span = placeIn(node, report, control.index, control.index + 1);
    return void report.error(
      'E_CONTROL',
      span,
      'a control character cannot stand in shell text',
      'let the shell make it, such as printf "\\033"',
    );
  }
  const pieces = readPieces(node, place);
  if (pieces === undefined) return undefined;
  const marked = pieces.map((piece) => (piece.kind === 'span' ? MARK : piece.text)).join('');
  const marks = [...marked.matchAll(/\u0001/g)].map((match) => match.index);
  const { contexts, unclosed } = contextsOf(marked, new Set(marks));
  if (unclosed !== undefined) {
    const start = textOffset(pieces, unclosed.start);
    return void report.error(
      'E_SHELL_SYNTAX',
      placeIn(node, report, start, start + 1),
      `${unclosed.what} is not closed`,
      'close it',
    );
  }
  warnOfSecondShell(marked, node, place);
  return replaceSpans(
    pieces,
    marks.map((mark) => contexts.get(mark) ?? 'unclear'),
    marked,
    node,
    place,
  );
}

function replaceSpans(
  pieces: readonly Piece[],
  contexts: readonly ShellContext[],
  marked: string,
  node: YamlScalar,
  place: Place,
): Tree | undefined {
  const names = new VariableNames(marked);
  const variables: Variable[] = [];
  let text = '';
  let spans = 0;
  for (const piece of pieces) {
    if (piece.kind === 'text') {
      text += piece.text;
      continue;
    }
    const context = contexts[spans++] ?? 'unclear';
    const compiled = compilePiece(piece, node, place);
    if (
      compiled === undefined ||
      !hasTextForm(compiled, place) ||
      isRefused(context, compiled, placeIn(node, place.report, piece.start, piece.end), place)
    ) {
      continue;
    }
    const name = names.of(compiled.root);
    variables.push({ name, compiled });
    text += context === 'word' ? `"\${${name}}"` : `\${${name}}`;
  }
  return variables.length < spans ? undefined : shellTree(text, variables);
}

function isRefused(context: ShellContext, compiled: Compiled, span: Span, place: Place): boolean {
  const refused = REFUSED[context];
  if (refused !== undefined) place.report.error('E_SHELL', span, ...refused);
  // An arithmetic expression evaluates what a variable holds: only digits are sure to be no code.
  const code = context === 'arithmetic' && compiled.shape.kind !== 'int';
  if (code)
    place.report.error(
      'E_SHELL',
      span,
      'only an int may stand where the shell evaluates arithmetic',
      'use int(x), or put the value into a variable first',
    );
  return refused !== undefined || code;
}

/** What a second shell is given is its source, whatever the quotes around it. */
function warnOfSecondShell(marked: string, node: YamlScalar, place: Place): void {
  if (!marked.split(/[\n;|&]/).some(startsSecondShell)) return;
  place.report.warning(
    'W_SHELL_CODE',
    node.at,
    'a value is given to a second shell, which reads it as source',
    'give it as an argument: sh -c \'echo "$1"\' sh ${{ ... }}',
  );
}

const SECOND_SHELL = /(?:^|[\s(])(?:eval|(?:[^\s(]*\/)?(?:ba|da|k|z)?sh\s+-\w*c|ssh)\s/;

/** Before the last value of the command. Each look takes time linear in its length. */
function startsSecondShell(command: string): boolean {
  const before = command.slice(0, command.lastIndexOf(MARK) + 1);
  const su = before.search(/(?:^|[\s(])su\s/);
  return SECOND_SHELL.test(before) || (su >= 0 && /-c\s/.test(before.slice(su)));
}

function shellTree(text: string, variables: readonly Variable[]): Tree {
  return {
    references: mergeReferences(variables.map(({ compiled }) => compiled.references)),
    evaluate: (scope) => {
      const values: Record<string, string> = {};
      for (const { name, compiled } of variables) {
        const value = shellValue(compiled, scope);
        if (!value.ok) return value;
        values[name] = value.value;
      }
      return ok({ text, variables: values } satisfies ShellText);
    },
  };
}

function shellValue(compiled: Compiled, scope: Scope): Result<string, EvaluationError> {
  const value = compiled.run(scope);
  if (!value.ok) return value;
  const text = textForm(value.value) ?? '';
  return text.includes('\0')
    ? err({ kind: 'error', message: `${compiled.source.text} holds a NUL, which no shell variable can` })
    : ok(text);
}

/** Names of variables that say what they hold and that the text itself does not use. */
class VariableNames {
  readonly #text: string;
  readonly #taken = new Map<string, string>();

  constructor(text: string) {
    this.#text = text;
  }

  /** The same expression has the same name. */
  of(root: ASTNode): string {
    const source = root.input;
    const words = identifiersIn(root).join('_').slice(0, 40);
    for (let count = 1; ; count++) {
      const name = `rb_${words === '' ? 'value' : words}${count === 1 ? '' : `_${count}`}`;
      const owner = this.#taken.get(name);
      if (owner === source) return name;
      if (owner !== undefined || this.#text.includes(name)) continue;
      this.#taken.set(name, source);
      return name;
    }
  }
}

function identifiersIn(node: ASTNode): readonly string[] {
  const own = node.op === 'id' ? [node.args] : [];
  const field = node.op === '.' ? [node.args[1]] : [];
  return [...own, ...partsOf(node).flatMap(identifiersIn), ...field];
}

function textOffset(pieces: readonly Piece[], marked: number): number {
  let before = 0;
  for (const piece of pieces) {
    const length = piece.kind === 'span' ? 1 : piece.text.length;
    if (marked < before + length) return piece.start + (marked - before);
    before += length;
  }
  return Math.max(0, (pieces.at(-1)?.end ?? 1) - 1);
}
