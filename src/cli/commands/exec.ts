import { exec as execEngine, prepareExec } from '../../app/exec.ts';
import { stateDirectory } from '../../app/surroundings.ts';
import { because } from '../../app/trouble.ts';
import { pageOf } from '../../app/views.ts';
import type { ExecCommand } from '../../plan/exec-runbook.ts';
import { ExecStories, execLines, renderExec } from '../../reporters/exec-text.ts';
import { openSqliteStore } from '../../stores/sqlite.ts';
import { attend } from '../attend.ts';
import { siteToChange } from '../open-site.ts';
import type { ExecOptions } from '../options.ts';
import { printTrouble } from '../print-trouble.ts';
import { withTypedPasswords } from '../typed-password.ts';
import type { Terminal } from '../terminal.ts';

const READ_MS = 30_000;
const CHANGE_MS = 5 * 60_000;

/** `runbook exec PATTERN -- COMMAND`. */
export async function exec(
  pattern: string,
  command: ExecCommand['command'],
  options: ExecOptions,
  terminal: Terminal,
): Promise<number> {
  const site = siteToChange(terminal, options);
  if (!site.ok) return site.error;
  const here = site.value;
  const json = options.json === true;
  const selection = { ...options, hosts: pattern, local: options.local === true };
  const checked = await prepareExec(commandOf(command, options), selection, here);
  if (!checked.ok) return printTrouble(checked.error, terminal, json);
  const prepared = await withTypedPasswords(checked.value, options, terminal);
  if (!prepared.ok) return printTrouble(prepared.error, terminal, json);

  const store = openSqliteStore(stateDirectory(here));
  if (!store.ok) return printTrouble(because(store.error), terminal, json);
  const stories = new ExecStories();
  try {
    const work = {
      prepared: prepared.value,
      store: store.value,
      options,
      onlyReads: options.reads === true,
      reporters: [stories],
    };
    const { ended } = await attend(work, here, terminal, ({ request, parts }) =>
      execEngine(prepared.value, request, parts),
    );
    if (!ended.ok) return printTrouble(because(ended.error), terminal, json);
    const { runId, finished } = ended.value;
    if (!json) print(stories, () => renderExec(stories, finished, runId, pageFor(options, terminal)), terminal);
    return finished.exitCode;
  } finally {
    await store.value.close();
  }
}

function commandOf(command: ExecCommand['command'], options: ExecOptions): ExecCommand {
  const { reads = false, become = false, becomeUser, timeout, batches, maxFailures } = options;
  return {
    command,
    reads,
    become: becomeUser ?? become,
    timeoutMs: timeout ?? (reads ? READ_MS : CHANGE_MS),
    limits: { ...(batches !== undefined && { batches }), ...(maxFailures !== undefined && { maxFailures }) },
  };
}

const pageFor = ({ quiet = false, verbose = false }: ExecOptions, { out }: Terminal) => ({
  ...pageOf(out),
  quiet,
  verbose,
});

/** A person sees hosts together, and how they ended; a pipe gets what they printed, stream by stream, each line with its host. */
function print(stories: ExecStories, render: () => string, { out, err }: Terminal): void {
  if (out.stream.isTTY) return out.print(`\n${render()}`);
  out.print(execLines(stories, 'stdout'));
  err.print(execLines(stories, 'stderr'));
}
