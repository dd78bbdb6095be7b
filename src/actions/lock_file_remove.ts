import { defineAction, type Answer, type Preparation, type UndoStep } from '../model/action.ts';
import { commandLine } from '../util/command-line.ts';
import { lastLine } from './support/failure.ts';
import { prepareFileChange } from './support/file-change.ts';
import { removeOperation } from './support/file-entries.ts';
import { PUT_BACK } from './support/file-fields.ts';
import { lookAtFiles } from './support/file-look.ts';
import { cannot, readSeenFile } from './support/file-seen.ts';
import { LOCK_PARAMS } from './support/lock-fields.ts';
import { LOCK_OWNER_SH } from './support/lock-owner.ts';
import { readLockSurvey } from './support/lock-verdict.ts';

const END = '\nend\n';

const STILL_STALE_SH = `
seen_lock=$(lock_survey) || refuse 'who has files open is hidden from this login: become root'
seen_pid=\${seen_lock#*"$line_break"kind file } seen_pid=\${seen_pid%%"$line_break"*} seen_pid=\${seen_pid##* }
case $seen_pid:$seen_lock in
  "$lock_pid:"*"$line_break"'verdict gone'* | "$lock_pid:"*"$line_break"'verdict reused'* | "$lock_pid:"*"$line_break"'verdict unclaimed'*) ;;
  *) refuse "$lock_path is no longer the stale file that was found" ;;
esac
confirm() { :; }
`;

export const action = defineAction({
  name: 'lock_file_remove',
  summary: 'Removes a pid or lock file that is still stale.',
  notes: `
Takes what \`lock_file\` found. Right before the removal all of it is tested anew on the host: that the file is stale by the same rules, that it still
holds that pid, and that it is still the same file. A file that is not stale is left alone, and \`reason\` says why; one that stopped being so at
the last moment fails the step. The very file is kept for a week, and undo brings it back, unless
there is another one in its place by then.
`.trim(),
  effect: 'changes',
  risk: 'destructive',
  undo: PUT_BACK,
  idempotent: true,
  params: {
    ...LOCK_PARAMS,
    pid: { type: { kind: 'int', minimum: 0 }, description: 'What the file held when it was found; 0: no pid.' },
  },
  output: {
    removed: { type: { kind: 'bool' }, description: 'Whether it was removed.' },
    reason: { type: { kind: 'string' }, description: 'Why it was stale, or why it was left alone.' },
  },
  examples: [{ title: 'As it was found', params: { path: '/var/lib/mysql/db01.pid', process: 'mariadbd', pid: 812 } }],
  work: {
    kind: 'prepared',
    look({ path, process = '' }) {
      const look = lookAtFiles([{ path, content: false, follow: false, anyOwner: true }]);
      return {
        ...look,
        text: `${LOCK_OWNER_SH}lock_survey || exit\n${look.text}`,
        variables: { lock_path: path, lock_process: process },
      };
    },
    prepare(seen, { process = '', pid }): Preparation<Output> {
      if (seen.code === 69) return cannot('cannot-check', lastLine(seen.stderr.text));
      const [survey, rest] = partsOf(seen);
      const lock = readLockSurvey(survey, process);
      if (!lock.ok) return cannot('output', lock.error);
      const { path, stale, reason } = lock.value;
      if (!stale) return left(reason);
      if (lock.value.pid !== pid) return left(`it holds ${lock.value.pid} by now, not ${pid}`);
      const file = readSeenFile(rest);
      if (!file.ok) return file.error;
      const operation = removeOperation(file.value);
      const prepared = prepareFileChange({
        summary: `remove ${commandLine([path])}: ${reason}`,
        operations: operation === undefined ? [] : [operation],
        confirm: `${LOCK_OWNER_SH}${STILL_STALE_SH}`,
        variables: { lock_path: path, lock_process: process, lock_pid: String(pid) },
        output: { removed: true, reason },
      });
      return prepared.kind === 'change' ? { ...prepared, undo: prepared.undo.map(unlessReplaced) } : prepared;
    },
  },
});

interface Output {
  readonly removed: boolean;
  readonly reason: string;
}

/** A daemon that was started since has written its own. */
function unlessReplaced({ action: name, params }: UndoStep): UndoStep {
  return { action: name, params: { ...params, unless_replaced: true } };
}

function left(reason: string): Preparation<Output> {
  return { kind: 'none', output: { removed: false, reason } };
}

/** The lines of the survey, and what the look at the file answered. */
function partsOf(answer: Answer): readonly [readonly string[], Answer] {
  const { text } = answer.stdout;
  const cut = text.indexOf(END);
  if (cut < 0) return [text.split('\n'), answer];
  const rest = { ...answer.stdout, text: text.slice(cut + END.length) };
  return [text.slice(0, cut).split('\n'), { ...answer, stdout: rest }];
}
