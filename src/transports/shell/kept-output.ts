import type { Output } from '../../model/script.ts';
import { sha256 } from '../../util/sha256.ts';
import { Capture } from '../output.ts';
import { readPids, readExit } from './step-words.ts';

/** What a relay kept of one stream of a change: our own lines in it, and what daemons of the step wrote after its end. */
export interface KeptStream {
  readonly head: Buffer;
  /** Between the two. */
  readonly missing: number;
  readonly tail: Buffer;
}

export interface KeptOutput {
  /** The step's own, as a live connection would have had it. */
  readonly output: Output;
  /** Our line that ends it is there: nothing of it is still to be kept. */
  readonly isWhole: boolean;
  /** The step's own shell said so: see `Report`. */
  readonly pid?: number;
  readonly ownExit?: number;
}

const EMPTY = Buffer.alloc(0);
const NONCE = '[0-9a-f]{32}';
/** A line of ours is no longer. */
const LONGEST_LINE = 128;

/** `ending`: SHA-256 of the nonce by which the line that ends the output is known. */
export function outputOfKept(kept: KeptStream, ending: string): KeptOutput {
  const lead = new RegExp(`^\\n@(${NONCE}):pid:(\\d+:\\d+)\\n`).exec(textOf(kept.head.subarray(0, LONGEST_LINE)));
  const head = kept.head.subarray(lead?.[0].length ?? 0);
  const pieces = kept.missing === 0 ? [Buffer.concat([head, kept.tail])] : [head, kept.tail];
  const ends = pieces.map((piece) => endOf(piece, ending));
  const last = ends.findIndex((end) => end >= 0);
  const isWhole = last >= 0;
  const own = isWhole ? [...pieces.slice(0, last), pieces[last]?.subarray(0, ends[last])] : pieces;
  const exit = lead === null ? undefined : ownExitOf(own.at(-1) ?? EMPTY, lead[1] ?? '');
  const pids = readPids(lead?.[2] ?? '');
  const capture = new Capture();
  own.forEach((piece = EMPTY, index) => {
    if (index > 0) capture.skip(kept.missing);
    capture.add(index === own.length - 1 ? piece.subarray(0, exit?.at) : piece);
  });
  const output = capture.finish();
  return {
    output: isWhole ? output : withoutEnd(output),
    isWhole,
    ...(pids !== undefined && { pid: pids.pid }),
    ...(exit?.status !== undefined && { ownExit: exit.status }),
  };
}

/** Where the line begins that ends the output; -1: it is not there. The step may have printed what looks like one. */
function endOf(bytes: Buffer, ending: string): number {
  for (const match of textOf(bytes).matchAll(new RegExp(`\\n@(${NONCE}):end:`, 'g')))
    if (sha256(match[1] ?? '') === ending) return match.index;
  return -1;
}

interface OwnExit {
  /** Undefined: what it said is no status. */
  readonly status: number | undefined;
  /** Where the line begins that says so. */
  readonly at: number;
}

function ownExitOf(last: Buffer, token: string): OwnExit | undefined {
  const from = Math.max(0, last.length - LONGEST_LINE);
  const text = textOf(last.subarray(from));
  const mark = `\n@${token}:exit:`;
  const at = text.lastIndexOf(mark);
  return at < 0 ? undefined : { status: readExit(text.slice(at + mark.length)), at: from + at };
}

/** Its end was never kept: the disk was full, or what keeps it was ended. */
const withoutEnd = ({ text, bytes }: Output): Output => ({
  text: `${text}\n[... what followed was not kept ...]\n`,
  bytes,
  sha256: '',
  truncated: true,
});

// One character for each byte.
const textOf = (bytes: Buffer): string => bytes.toString('latin1');
