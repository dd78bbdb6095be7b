import type { Json, JsonObject } from '../util/json.ts';
import type { Difference, UndoStep } from './action.ts';
import type { PhaseName } from './runbook.ts';
import type { StepReason, StepStatus } from './result.ts';
import type { Output } from './script.ts';

/** `exec`: the command of an exec. */
export type SentPhase = PhaseName | 'exec';

/** A reading step, or the look of a prepared change, is about to be sent; `plan`: a look made to show what a fix would do. */
export interface StepStarted {
  readonly type: 'step-started';
  readonly host: string;
  readonly phase: SentPhase | 'retest' | 'proof' | 'plan';
  readonly step: string;
  /** Unique in the run and host: names one execution of one step, also as `execution` of what follows. */
  readonly execution: string;
  readonly name: string;
  readonly action: string;
  /** The other host on which it is carried out. Absent: `host` itself. */
  readonly on?: string;
  /** Which item of each loop around it, outermost first, from 0: `0.2`. Absent outside of loops. */
  readonly lap?: string;
}

/** A changing step is about to be sent: durable before its first byte leaves. Holds what a resume must ask the host. */
export interface StepIntended {
  readonly type: 'step-intended';
  readonly host: string;
  readonly phase: SentPhase;
  readonly step: string;
  readonly execution: string;
  readonly name: string;
  readonly action: string;
  /** The other host on which it is carried out; `incarnation` and `bootId` are of that one then. Absent: `host` itself. */
  readonly on?: string;
  readonly summary: string;
  /** The source and data as sent, secrets masked. */
  readonly text: string;
  readonly sha256: string;
  readonly attempt: number;
  readonly incarnation: string;
  readonly bootId: string;
  /** Of the connection: see `LockNote`. Absent in records from before it was kept. */
  readonly epoch?: number;
  /** Which item of each loop around it, outermost first, from 0: `0.2`. Absent outside of loops. */
  readonly lap?: string;
  readonly item?: Json;
  /** Of a step that one host carries out for the whole run: its items of the loops around it, outermost first. */
  readonly items?: readonly Json[];
  /** The declared undo, as far as it does not depend on the step's result. */
  readonly undo?: readonly PlannedUndo[];
  /** Of a prepared change: its result if it succeeds, its built-in undo, and how files will differ. */
  readonly output?: JsonObject;
  readonly builtinUndo?: readonly UndoStep[];
  readonly differences?: readonly Difference[];
}

/** A change that was sent through an earlier connection still runs there; its end is awaited. */
export interface StepAwaited {
  readonly type: 'step-awaited';
  readonly host: string;
  readonly step: string;
  readonly execution: string;
  readonly on?: string;
}

/**
 * The host was asked what became of a change whose answer never came. Its end follows once more: as if it had just answered, or
 * `failed` and never begun, or `unknown`.
 */
export interface StepSettled {
  readonly type: 'step-settled';
  readonly host: string;
  readonly step: string;
  readonly execution: string;
  readonly on?: string;
  readonly state: 'not-started' | 'ended' | 'unknown';
  /** In words; empty when it ended. */
  readonly why: string;
}

/** A step of a declared undo, composed before the step that it would undo was sent. */
export interface PlannedUndo {
  readonly step: string;
  readonly action: string;
  readonly summary: string;
  /** The source and data as it would be sent, secrets masked. */
  readonly text: string;
  readonly sha256: string;
  readonly item?: Json;
  readonly on?: string;
}

/** What one execution printed. With `no_log` the text is empty, size and hash are there. */
export interface Evidence {
  readonly type: 'evidence';
  readonly host: string;
  readonly step: string;
  readonly execution: string;
  readonly stream: 'stdout' | 'stderr';
  readonly output: Output;
}

export interface StepEnded {
  readonly type: 'step-ended';
  readonly host: string;
  readonly phase: SentPhase | 'retest' | 'proof';
  readonly step: string;
  /** Empty when it was skipped before it was sent. */
  readonly execution: string;
  readonly name: string;
  readonly action: string;
  /** The other host on which it was carried out. Absent: `host` itself. */
  readonly on?: string;
  /** Which item of each loop around it, outermost first, from 0: `0.2`. Absent outside of loops. */
  readonly lap?: string;
  /** Of a step that one host carries out for the whole run: its items of the loops around it, outermost first. */
  readonly items?: readonly Json[];
  /** The host that carried it out for the whole run: this one was sent nothing, and has that result. */
  readonly onceBy?: string;
  readonly status: StepStatus;
  readonly reason?: StepReason;
  readonly error: string;
  /** It failed because its `until` does not hold yet: it is tried again after its delay. */
  readonly again?: true;
  /** It surely never began; it had changed something when it failed; it was ended from outside: see `StepEnd`. */
  readonly notStarted?: true;
  readonly changed?: true;
  readonly cutOff?: true;
  readonly output?: JsonObject;
  readonly durationMs: number;
  /** The built-in undo that a rollback would run, in this order. */
  readonly undo?: readonly UndoStep[];
}
