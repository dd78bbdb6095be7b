import type { HostFinished, RunEvent } from '../../model/event.ts';
import type { StepEnded, StepIntended, StepSettled } from '../../model/step-event.ts';
import type { FindingReport } from '../../model/result.ts';
import type { Runbook } from '../../model/runbook.ts';
import { PastDiagnosis } from './past-diagnosis.ts';
import { isFollowed, withoutUnfinished, type PastAttempt, type PastItem, type Seen } from './past-item.ts';

/** What the record of a run says of one host. */
export interface PastHost {
  readonly name: string;
  /** Its last end; absent when it has none, or a later session took it up again. */
  readonly end?: HostFinished;
  /** It was locked, and that session of the run has no end: what it had there may still be there. */
  readonly isHeld: boolean;
  /** A change was sent, or was about to be. */
  readonly attempted: boolean;
  /** A change was sent, whatever came of it. */
  readonly isChanged: boolean;
  /** Findings as they were before the first change. */
  readonly reportsBefore: readonly FindingReport[];
  /** RFC 3339, of this machine's clock: when the first change was sent. */
  readonly fixStarted?: string;
  /** Each in the order in which it was carried out. */
  readonly fix: readonly PastItem[];
  readonly rollback: readonly PastItem[];
  /** It was being undone, or was to be. */
  readonly goesBack: boolean;
  /** Why, in words; empty where the fix itself tells it. */
  readonly why: string;
  /** The highest number that something sent on its behalf was given. */
  readonly executions: number;
  /** As `machineOf` said when the first change was sent. */
  readonly machine?: string;
  /** RFC 3339, of this machine's clock: the last that was sent there, or came back, for a change. */
  readonly sentAt?: string;
}

const NOTHING: Seen = { steps: new Map(), reports: [] };

/** Takes the events of one host, in order. */
export class PastHostReader {
  readonly #name: string;
  readonly #runbook: Runbook;
  #diagnosis: PastDiagnosis;
  #seen = NOTHING;
  #proof: readonly FindingReport[] | undefined;
  #round: readonly string[] = [];
  #end: HostFinished | undefined;
  #isHeld = false;
  #attempted = false;
  #isChanged = false;
  #reportsBefore: readonly FindingReport[] = [];
  #fixStarted: string | undefined;
  #goesBack = false;
  #executions = 0;
  #machine: string | undefined;
  #sentAt: string | undefined;
  #fix: PastItem[] = [];
  readonly #rollback: PastItem[] = [];

  constructor(name: string, runbook: Runbook) {
    this.#name = name;
    this.#runbook = runbook;
    this.#diagnosis = new PastDiagnosis(runbook.diagnose);
  }

  /** Another session goes on with it. Where nothing was sent it begins anew. */
  takeUp(how: 'resume' | 'rollback'): void {
    this.#end = undefined;
    this.#goesBack ||= how === 'rollback' && this.#isChanged;
    if (!this.#isChanged) this.#fix = [];
  }

  /** The session has come to its end: it has closed all that it had opened. */
  free(): void {
    this.#isHeld = false;
  }

  read(event: RunEvent): void {
    if ('execution' in event && event.type !== 'evidence')
      this.#executions = Math.max(this.#executions, numberOf(event));
    switch (event.type) {
      case 'phase-started':
        if (event.phase === 'diagnose' || event.phase === 'retest') {
          this.#diagnosis = new PastDiagnosis(this.#runbook.diagnose);
        }
        this.#goesBack ||= event.phase === 'rollback';
        break;
      case 'findings-evaluated':
        if (event.moment === 'proof') this.#proof = event.findings;
        else this.#seen = this.#diagnosis.seen(event);
        break;
      case 'lock-taken':
        this.#isHeld = true;
        break;
      case 'attempt-begun':
        this.#attempted = true;
        this.#machine = event.machine;
        this.#reportsBefore = this.#seen.reports;
        break;
      case 'step-intended':
        this.#sentAt = event.at;
        this.#intended(event, event.at);
        break;
      case 'step-settled':
        this.#settled(event);
        break;
      case 'step-ended':
        if (this.#isChanged) this.#sentAt = event.at;
        this.#ended(event);
        break;
      case 'proof-round':
        this.#round = event.failures;
        break;
      case 'host-finished':
        this.#end = event;
        break;
      default:
    }
  }

  get past(): PastHost {
    return {
      name: this.#name,
      ...(this.#end !== undefined && { end: this.#end }),
      isHeld: this.#isHeld,
      attempted: this.#attempted,
      isChanged: this.#isChanged,
      reportsBefore: this.#reportsBefore,
      ...(this.#fixStarted !== undefined && { fixStarted: this.#fixStarted }),
      fix: withoutUnfinished(this.#fix),
      rollback: withoutUnfinished(this.#rollback),
      goesBack: this.#goesBack,
      why: this.#why(),
      executions: this.#executions,
      ...(this.#machine !== undefined && { machine: this.#machine }),
      ...(this.#sentAt !== undefined && { sentAt: this.#sentAt }),
    };
  }

  #why(): string {
    if (this.#proof !== undefined) return 'the proof failed';
    return this.#round.length === 0 ? '' : `verify: ${this.#round.join('; ')}`;
  }

  #itemsOf(phase: string): PastItem[] | undefined {
    if (phase === 'fix') return this.#fix;
    return phase === 'rollback' ? this.#rollback : undefined;
  }

  #intended(intent: StepIntended, at: string): void {
    const items = this.#itemsOf(intent.phase);
    if (items === undefined) return;
    if (intent.phase === 'fix') {
      this.#isChanged = true;
      this.#fixStarted ??= at;
    }
    this.#add(items, intent, { intent });
  }

  #ended(end: StepEnded): void {
    if (end.phase === 'diagnose' || end.phase === 'retest') this.#diagnosis.add(end);
    const items = this.#itemsOf(end.phase);
    if (items === undefined) return;
    if (end.execution === '') {
      items.push({ step: end.step, lap: end.lap ?? '', seen: this.#seen, attempts: [], unsent: end });
      return;
    }
    if (!this.#change(items, end.execution, (attempt) => ({ ...attempt, end }))) this.#add(items, end, { end });
  }

  #settled({ execution, state }: StepSettled): void {
    for (const items of [this.#fix, this.#rollback]) {
      this.#change(items, execution, (attempt) => ({ ...attempt, settled: state }));
    }
  }

  #add(items: PastItem[], { step, lap = '' }: Pick<StepEnded, 'step' | 'lap'>, attempt: PastAttempt): void {
    const last = items.at(-1);
    if (last !== undefined && last.step === step && last.lap === lap && isFollowed(last)) {
      items.splice(-1, 1, { ...last, attempts: [...last.attempts, attempt] });
      return;
    }
    items.push({ step, lap, seen: this.#seen, attempts: [attempt] });
  }

  /** Returns whether there is one. */
  #change(items: PastItem[], execution: string, change: (attempt: PastAttempt) => PastAttempt): boolean {
    const isIt = ({ intent, end }: PastAttempt): boolean => (intent ?? end)?.execution === execution;
    const index = items.findLastIndex(({ attempts }) => attempts.some(isIt));
    const item = items[index];
    if (item === undefined) return false;
    items[index] = { ...item, attempts: item.attempts.map((attempt) => (isIt(attempt) ? change(attempt) : attempt)) };
    return true;
  }
}

/** `step.N` on the host itself, `step.N.M` on another one: see `HostRun.nextExecution`. */
function numberOf({ execution, on }: { readonly execution: string; readonly on?: string }): number {
  return Number(execution.split('.').at(on === undefined ? -1 : -2) ?? 0) || 0;
}
