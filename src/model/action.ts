import type { Duplex } from 'node:stream';
import type { JsonObject } from '../util/json.ts';
import type { Result } from '../util/result.ts';
import type { ErrorInfo } from './error.ts';
import type { HostFacts } from './host.ts';
import type { StepReason } from './result.ts';
import type { CommandResult, Script } from './script.ts';
import type { Asker } from './transport.ts';
import type { Fields, ValuesOf } from './type.ts';

export const RISKS = ['none', 'reload', 'restart', 'destructive'] as const;
/** From harmless to what cannot be undone. A runbook may only raise an action's own. */
export type Risk = (typeof RISKS)[number];

/** Pure. */
export function isBeyond(risk: Risk, most: Risk): boolean {
  return RISKS.indexOf(risk) > RISKS.indexOf(most);
}

/** What undoes the action when the proof fails. */
export type UndoPolicy =
  /** `interpret` or `prepare` returns the steps that undo it. `how`, for people: `the file is put back, byte for byte`. */
  | { readonly kind: 'builtin'; readonly how: string }
  /** Nothing can; the reason is reported. */
  | { readonly kind: 'none'; readonly reason: string }
  /** Only the author knows: a runbook must say `undo:`. */
  | { readonly kind: 'declare' };

/**
 * One thing that can be done on a host, declared once. Params and outputs are checked against their declarations before an
 * action sees them and before anything else sees what it returned. An action never touches a connection itself, except a probe.
 */
export interface Action {
  /** As in a runbook; the file's name, `_` for `-`. */
  readonly name: string;
  /** One sentence. */
  readonly summary: string;
  /** Markdown for its page: what it looks at, what it leaves alone, its limits. */
  readonly notes?: string;
  readonly effect: 'reads' | 'changes';
  readonly risk: Risk;
  /** Of changing actions. */
  readonly undo?: UndoPolicy;
  /** Of reading actions: fails when things are not as its params want them, and not only when it could not look. */
  readonly judges?: true;
  /** May be repeated when its result got lost. Reading actions are. */
  readonly idempotent: boolean;
  readonly params: Fields;
  /**
   * Pure. Why params that are right one by one do not go together, and what to do; undefined: they do. Asked when a runbook is checked,
   * as far as they are written out (a computed text stands there as `${{ }}`), and again of their values before anything is sent.
   */
  conflict?(params: never): string | undefined;
  readonly output: Fields;
  readonly examples: readonly Example[];
  readonly work: ScriptWork | PreparedWork | ProbeWork;
}

export interface Example {
  readonly title: string;
  /** As written in a runbook. */
  readonly params: JsonObject;
}

/** One script out, one answer in: one round trip. What `compose` returns is exactly what a plan shows and hashes. */
export interface ScriptWork {
  readonly kind: 'script';
  /** Pure. */
  compose(params: never, context: ComposeContext): Script;
  /** Pure. Called when the script exited, whatever its code; the engine judges all other ends. */
  interpret(answer: Answer, params: never, context: ComposeContext): Interpretation<JsonObject>;
  /**
   * It lets the host restart, which may end the script and the connection at any moment. When the script has not failed by itself, the step
   * ends when the host is there again with another boot id, and not before: `interpret` is then given code 0, the time that all of it
   * took, and the host as it is now. Otherwise the step ends `unknown` after its `timeout`.
   */
  readonly restarts?: true;
}

/**
 * A change that depends on what is there: one script looks and only reads, and from what it saw the change is composed. A plan
 * makes the same look, so it shows the very command and the difference it makes.
 */
export interface PreparedWork {
  readonly kind: 'prepared';
  /** What the look prints is not recorded, only its size and hash: it is files as a whole, with whatever secrets are in them. */
  readonly seesContents?: true;
  /** Pure. */
  look(params: never, context: ComposeContext): Script;
  /** Pure. Called when the look exited, whatever its code; the engine judges all other ends. */
  prepare(seen: Answer, params: never, context: ComposeContext): Preparation;
}

/** What a look came to. */
export type Preparation<Output = JsonObject, Told = FileDifference> =
  | PreparedChange<Output, Told>
  /** All is as wanted; nothing is sent. */
  | { readonly kind: 'none'; readonly output: Output }
  | {
      readonly kind: 'failed';
      readonly reason: StepReason;
      readonly error: string;
      /** Something is not there that a step before it may make, such as a directory: only when that one ran can it be known. */
      readonly missing?: true;
    };

/**
 * The script tests on the host, in the same breath, that all is still as it was seen, and exits with `UNTOUCHED` when it is not or
 * when it fails before it changed anything. It exits with 0 when all was done; any other end may have left a part done.
 * The last line it prints on stderr says what went wrong.
 */
export interface PreparedChange<Output = JsonObject, Told = FileDifference> {
  readonly kind: 'change';
  readonly script: Script;
  /** What people are shown: one for each file. */
  readonly differences: readonly Told[];
  /** The step's output once the script has exited with 0. */
  readonly output: Output;
  /** Undoes it in this order, however far it came. Known before the script is sent, so that a change that was cut off can be undone. */
  readonly undo: readonly UndoStep[];
}

/** Exit code of a prepared change that changed nothing (EX_TEMPFAIL of sysexits.h). */
export const UNTOUCHED = 75;

/** As it is planned, carried out and recorded: no secret is in the differences. */
export type ShownPreparation = Preparation<JsonObject, Difference>;
export type ShownChange = PreparedChange<JsonObject, Difference>;

/** How one file will differ, as an action tells it: with whatever secrets are in the file. */
export interface FileDifference {
  readonly path: string;
  /** The whole text before and after, `undefined` where there is no file. Absent: it stays, or it is told in `lines`. */
  readonly content?: { readonly before: string | undefined; readonly after: string | undefined };
  /** Such as `mode 0644 -> 0600`, for what has no text. */
  readonly lines: readonly string[];
}

/** How people are told that one file will differ: a unified diff, cut when it is long, and lines for what has no text. */
export interface Difference {
  readonly path: string;
  readonly text: string;
}

/** Looks through the connection from the controller; reads only. */
export interface ProbeWork {
  readonly kind: 'probe';
  /** Pure. One line for people, as that of a script; shown in plans. */
  summary(params: never): string;
  probe(params: never, context: ProbeContext): Promise<Interpretation<JsonObject>>;
  /** Pure. A deadline in milliseconds that a param sets; it holds instead of the step's own `timeout`. */
  deadline?(params: never): number;
}

export interface ComposeContext {
  readonly host: HostFacts;
  /** The host's clock, RFC 3339. */
  readonly now: string;
  /** The step has `expect`, which alone decides: an exit code other than 0 is no failure then. */
  readonly judged: boolean;
}

/** A script that exited. */
export interface Answer extends Pick<CommandResult, 'stdout' | 'stderr' | 'durationMs'> {
  readonly code: number;
}

export interface ProbeContext extends ComposeContext {
  /** On whose behalf it looks, for who keeps or plays a record; actions look at nothing of it. */
  readonly asker: Asker;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  dial(address: string, port: number): Promise<Result<Duplex, ErrorInfo>>;
  /** For hosts that refuse forwarding. */
  read(script: Script): Promise<CommandResult>;
}

/** A step in waiting: what a `builtin` undo would do. Plain data, kept with the step's result. */
export interface UndoStep {
  readonly action: string;
  readonly params: JsonObject;
}

/** `undo`: what a rollback runs, in this order; for a failed step, what undoes the part that was done. */
export type Interpretation<Output> =
  | { readonly status: 'ok' | 'changed'; readonly output: Output; readonly undo?: readonly UndoStep[] }
  | {
      readonly status: 'failed';
      readonly reason: StepReason;
      readonly error: string;
      readonly undo?: readonly UndoStep[];
    };

interface Declaration<P extends Fields, O extends Fields> extends Omit<
  Action,
  'params' | 'conflict' | 'output' | 'work'
> {
  readonly params: P;
  conflict?(params: ValuesOf<P>): string | undefined;
  readonly output: O;
  readonly work:
    | {
        readonly kind: 'script';
        compose(params: ValuesOf<P>, context: ComposeContext): Script;
        interpret(answer: Answer, params: ValuesOf<P>, context: ComposeContext): Interpretation<ValuesOf<O>>;
        readonly restarts?: true;
      }
    | {
        readonly kind: 'prepared';
        readonly seesContents?: true;
        look(params: ValuesOf<P>, context: ComposeContext): Script;
        prepare(seen: Answer, params: ValuesOf<P>, context: ComposeContext): Preparation<ValuesOf<O>>;
      }
    | {
        readonly kind: 'probe';
        summary(params: ValuesOf<P>): string;
        probe(params: ValuesOf<P>, context: ProbeContext): Promise<Interpretation<ValuesOf<O>>>;
        deadline?(params: ValuesOf<P>): number;
      };
}

/** Ties the types of an action's code to its declaration, then forgets them: the registry holds all actions alike. */
export function defineAction<const P extends Fields, const O extends Fields>(declaration: Declaration<P, O>): Action {
  return declaration;
}
