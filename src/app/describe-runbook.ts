import { isDeepStrictEqual } from 'node:util';
import { scanSpans } from '../load/spans.ts';
import { DEFAULT_LIMITS, type Limits, type Param, type Share, type Step } from '../model/runbook.ts';
import type { Severity } from '../model/result.ts';
import { count } from '../util/count.ts';
import { roughDuration } from '../util/rough-duration.ts';

/** What a person has to know of a runbook's parts, in words that the command line and the pages share. */

export const SEVERITY_WORDS: Readonly<Record<Severity, string>> = {
  problem: '',
  blocks: 'blocks every fix',
  info: 'for information',
};

/** As it is written in a runbook; `undefined` when it has to be given. */
export function defaultOf({ type, default: value }: Pick<Param, 'type' | 'default'>): string | undefined {
  if (value === undefined) return undefined;
  if (type.kind === 'size' && typeof value === 'number') return writtenSize(value);
  if (type.kind === 'percent' && typeof value === 'number') return `${value}%`;
  return typeof value === 'string' && type.kind !== 'string' ? value : JSON.stringify(value);
}

const UNITS: readonly (readonly [unit: string, bytes: number])[] = [
  ...[4, 3, 2, 1].flatMap((power): (readonly [string, number])[] => [
    [`${' KMGT'[power]}iB`, 1024 ** power],
    [`${' KMGT'[power]}B`, 1000 ** power],
  ]),
  ['B', 1],
];

/** Exactly, in the largest unit that needs no fraction. */
function writtenSize(bytes: number): string {
  const [unit, size] = UNITS.find((each) => bytes !== 0 && bytes % each[1] === 0) ?? ['B', 1];
  return `${bytes / size}${unit}`;
}

/** What becomes of a fix step when the proof fails. Empty for a step that cannot have an undo. */
export function undoOf(step: Step): string {
  if (step.effect !== 'changes' || step.phase !== 'fix') return '';
  if (step.undo.kind === 'none') return `no undo: ${plainText(step.undo.reason.source)}`;
  const declared = step.action.undo;
  return step.undo.kind === 'builtin' && declared?.kind === 'builtin'
    ? `if the proof fails, ${declared.how}`
    : 'undone if the proof fails, by steps of its own';
}

/**
 * A text with each name in its place, for people who read what a runbook may say: `${{ svc.unit }} is down` is "`svc.unit` is down".
 * What is computed at length is an ellipsis.
 */
export function plainText(source: string): string {
  const pieces = scanSpans(source);
  if (!pieces.ok) return source;
  return pieces.value
    .map((piece) => {
      if (piece.kind === 'text') return piece.text;
      return SIMPLE.test(piece.source) ? `\`${piece.source}\`` : '…';
    })
    .join('')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/…+/g, '…')
    .trim();
}

const SIMPLE = /^(?:size\()?[a-z_][a-z0-9_]*(?:\.[a-z_][a-z0-9_]*)*\)?$/;

/** The limits that a runbook sets itself, one sentence each. */
export function ownLimits(limits: Limits): readonly string[] {
  const own = (name: keyof Limits): boolean => !isDeepStrictEqual(limits[name], DEFAULT_LIMITS[name]);
  const { attempts, keep } = limits;
  return [
    own('batches') ? `Batches: ${limits.batches.map(shareText).join(', then ')}.` : '',
    own('maxFailures') ? `No new host once ${shareText(limits.maxFailures)} failed.` : '',
    own('maxUnreachable')
      ? `Nothing is changed when more than ${shareText(limits.maxUnreachable)} cannot be reached.`
      : '',
    own('brakePercent') ? brakeText(limits.brakePercent) : '',
    keep === undefined ? '' : `${count(keep.healthy, 'other host')} of \`${keep.group}\` must be healthy.`,
    own('cooldownMs') ? `A host is left alone for ${roughDuration(limits.cooldownMs)} after an attempt.` : '',
    own('attempts') ? `${count(attempts.max, 'attempt')} in ${roughDuration(attempts.perMs)} at most.` : '',
    own('runTimeoutMs') ? `No new host after ${roughDuration(limits.runTimeoutMs)}.` : '',
  ].filter((sentence) => sentence !== '');
}

function brakeText(percent: number): string {
  if (percent >= 100) return 'Hosts are repaired however many have the same finding.';
  return `Nothing is changed when more than ${percent} % have the same finding.`;
}

function shareText(share: Share): string {
  return share.kind === 'hosts' ? count(share.hosts, 'host') : `${share.percent} % of the hosts`;
}
