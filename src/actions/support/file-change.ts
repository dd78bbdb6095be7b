import type { FileDifference, Preparation, UndoStep } from '../../model/action.ts';
import { fileChangeScript } from './file-change-script.ts';
import type { FileOperation } from './file-operation.ts';

export interface FileChange<Output> {
  /** One line for people. */
  readonly summary: string;
  /** In the order in which they are put in place; none, and nothing in `also`: all is as wanted. */
  readonly operations: readonly FileOperation[];
  /** A program with its arguments that must accept the first file while it is new and not in place; `%s` is its path. */
  readonly validate?: readonly string[] | undefined;
  /** Shell source with a function `confirm`, as `fileChangeScript` has it. */
  readonly confirm?: string;
  /** What `confirm` changes by itself when all files are in place, and undoes by itself when it objects. */
  readonly also?: { readonly difference: FileDifference; readonly undo: UndoStep } | undefined;
  /** Variables that `confirm` reads; their names do not begin with `file`. */
  readonly variables?: Readonly<Record<string, string>>;
  readonly output: Output;
}

/** Pure: one script that makes all changes or none, and what undoes them, the last one first. */
export function prepareFileChange<Output>(change: FileChange<Output>): Preparation<Output> {
  const { summary, operations, validate = [], confirm, also, variables, output } = change;
  const [first] = operations;
  if (first === undefined && also === undefined) return { kind: 'none', output };
  const newPath = first === undefined ? undefined : madeReady(first);
  const checked = validate.length > 0 && newPath !== undefined;
  const others = also === undefined ? [] : [also];
  const numbered = operations.flatMap((operation, index) =>
    Object.entries(operation.variables).map(([name, value]) => [`file${index}_${name}`, value] as const),
  );
  return {
    kind: 'change',
    script: {
      summary,
      text: fileChangeScript(confirm),
      variables: {
        files: `${operations.length}`,
        ...Object.fromEntries(numbered),
        ...(checked && { file0_validated: 'yes' }),
        ...variables,
      },
      ...(checked && { args: validate.map((word) => word.replaceAll('%s', newPath)) }),
    },
    differences: [...operations, ...others].map(({ difference }) => difference),
    output,
    undo: [...operations, ...others].map(({ undo }) => undo).toReversed(),
  };
}

/** Where the new file lies before it is put in place. */
function madeReady({ variables }: FileOperation): string | undefined {
  const { kind, path, temp = '' } = variables;
  const cut = path.lastIndexOf('/') + 1;
  return kind === 'write' ? `${path.slice(0, cut)}${temp}/${path.slice(cut)}` : undefined;
}
