import type { ErrorInfo } from '../../model/error.ts';
import type { CommandResult } from '../../model/script.ts';
import type { Claim, Settled } from '../../model/transport.ts';
import { err, ok, type Result } from '../../util/result.ts';
import { endedWithoutOutput } from '../output.ts';
import { outputOfKept, type KeptOutput } from './kept-output.ts';
import { CHUNK_BYTES } from './change-source.ts';
import { resultOf } from './outcome.ts';
import { quote } from './quote.ts';
import type { CommandLine, Report } from './command.ts';
import { within } from './within.ts';

/** Sends one line to the shell that has the lock. `bytes`: what it prints is taken as latin1, one character for each byte. */
export type AskShell = (line: CommandLine, as?: 'bytes') => Promise<Report>;

const ANSWER_MS = 30_000;
/** What a step has printed may be written down a moment after its end is. */
const KEEP_MS = 3000;
const LOOK_AGAIN_MS = 150;

/** Asks a shell that has the lock what became of a change that was sent through it or another one. */
export async function settleClaim(
  ask: AskShell,
  claim: Claim,
  signal: AbortSignal,
): Promise<Result<Settled, ErrorInfo>> {
  const name = [claim.runId, `${claim.step}.${claim.attempt}`].map(quote).join(' ');
  const late = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]);
  const report = await within(
    ask(({ nonce }) => `rb_settle ${nonce} ${name}`),
    late,
  );
  if (report?.status === undefined) return err(unanswered(signal));
  const said = fieldsOf(report.stdout.text);
  if (said.get('state') !== 'ended') return ok(withoutEnd(said, claim));
  const answer = await answerOf(ask, name, said, late);
  return answer === undefined ? err(unanswered(signal)) : ok({ state: 'ended', answer });
}

function withoutEnd(said: ReadonlyMap<string, string>, claim: Claim): Settled {
  switch (said.get('state')) {
    case 'absent':
      return Number(said.get('from')) <= claim.epoch
        ? { state: 'not-started' }
        : unknown(
            'its claim is not there any more: the host was restarted since, or the claims of the run were removed',
          );
    case 'runs':
      return unknown(`it still runs, as process ${said.get('pid') ?? ''}`);
    case 'restarted':
      return unknown('the host was restarted before it ended');
    case 'outlived':
      return unknown(`${UNATTENDED}; what it started still runs, as process ${said.get('pid') ?? ''}`);
    case 'left':
      return unknown(UNATTENDED);
    default:
      return unknown('the host gave no answer that can be understood');
  }
}

const UNATTENDED = 'it began, and what waited for its end there was killed';

const unknown = (why: string): Settled => ({ state: 'unknown', why });

/** `undefined`: the connection broke. */
async function answerOf(
  ask: AskShell,
  name: string,
  said: ReadonlyMap<string, string>,
  signal: AbortSignal,
): Promise<CommandResult | undefined> {
  const ending = said.get('ending') ?? '';
  const [, code = '', flag = ''] = /^(-|\d{1,3}) ?(.*)$/.exec(said.get('rc') ?? '') ?? [];
  if (code === '-') return endedWithoutOutput({ how: 'not-started', why: flag });
  const whole = AbortSignal.any([signal, AbortSignal.timeout(KEEP_MS)]);
  const stdout = await keptOf(ask, `${name} stdout`, ending, whole, signal);
  const stderr = await keptOf(ask, `${name} stderr`, ending, whole, signal);
  if (stdout === undefined || stderr === undefined) return undefined;
  const { ownExit } = stderr;
  // Where not all was kept, what its shell said first may be lost; a change that has a status then counts as begun.
  const pid = stderr.pid ?? (stderr.isWhole ? undefined : 0);
  const durationMs = Math.round((Number(said.get('ended')) - Number(said.get('started'))) * 1000);
  return resultOf({
    status: `${code}:${flag}`,
    begun: true,
    stdout: stdout.output,
    stderr: stderr.output,
    ...(pid !== undefined && { process: { pid, shell: pid, mark: said.get('mark') ?? '' } }),
    ...(ownExit !== undefined && { ownExit }),
    durationMs: Number.isFinite(durationMs) ? Math.max(0, durationMs) : 0,
  });
}

/** Until its end is there, or `whole` aborts: then as much as was kept. */
async function keptOf(
  ask: AskShell,
  what: string,
  ending: string,
  whole: AbortSignal,
  signal: AbortSignal,
): Promise<KeptOutput | undefined> {
  for (;;) {
    const report = await within(
      ask(({ nonce }) => `rb_kept ${nonce} ${what}`, 'bytes'),
      signal,
    );
    const [, dropped, size] = /^(\d+):(\d+)$/.exec(report?.status ?? '') ?? [];
    if (report === undefined || dropped === undefined) return undefined;
    const head = Buffer.from(report.stdout.text, 'latin1');
    const tail = Buffer.from(report.stderr.text, 'latin1');
    const missing = Number(dropped) * CHUNK_BYTES + Number(size) - tail.length;
    const kept = outputOfKept({ head, missing, tail }, ending);
    if (kept.isWhole || whole.aborted) return kept;
    await within(new Promise(() => undefined), AbortSignal.any([whole, AbortSignal.timeout(LOOK_AGAIN_MS)]));
  }
}

function fieldsOf(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split('\n').map((line) => {
      const at = line.indexOf(' ');
      return at < 0 ? [line, ''] : [line.slice(0, at), line.slice(at + 1).trim()];
    }),
  );
}

const unanswered = (signal: AbortSignal): ErrorInfo =>
  signal.aborted
    ? { code: 'interrupted', message: 'cancelled before the host had said what became of it' }
    : { code: 'connection-lost', message: 'the connection was lost before the host had said what became of it' };
