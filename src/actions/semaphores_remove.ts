import { defineAction } from '../model/action.ts';
import type { Script } from '../model/script.ts';
import { failed, firstLine, unexpectedOutput } from './support/failure.ts';
import { excerpt } from './support/sections.ts';
import { SEMAPHORE_REMOVAL_SH } from './support/semaphore-removal.ts';
import { readSet } from './support/semaphore-set.ts';
import { secondsOf } from './support/timestamps.ts';

export const action = defineAction({
  name: 'semaphores_remove',
  summary: 'Removes System V semaphore sets that are still orphaned.',
  notes: `
Takes elements of \`semaphores.orphans\`. Right before each \`ipcrm\` the set is read again, at most 20 at a time, and the rules of \`semaphores\` are
tested anew on the host. A set that was used or changed since it was found (its \`otime\` or \`ctime\` differs), that a running Apache may use, or of which anything
cannot be told is kept, and \`kept\` says why. The evidence of each set is printed before its removal: nothing can bring one back.
`.trim(),
  effect: 'changes',
  risk: 'destructive',
  undo: { kind: 'none', reason: 'a removed semaphore set cannot be made again; its evidence was kept' },
  idempotent: true,
  params: {
    sets: {
      type: {
        kind: 'list',
        of: {
          kind: 'object',
          name: 'OrphanedSet',
          key: 'id',
          fields: {
            id: { type: { kind: 'int', minimum: 0 }, description: 'Its semid.' },
            otime: { type: { kind: 'timestamp' }, description: 'Its last semop when it was found orphaned.' },
            ctime: { type: { kind: 'timestamp' }, description: 'Its last change when it was found orphaned.' },
          },
        },
      },
      description: 'The sets, as `semaphores.orphans` has them.',
    },
  },
  output: {
    removed: { type: { kind: 'list', of: { kind: 'int' } }, description: 'Ids of the sets that were removed.' },
    kept: {
      type: {
        kind: 'list',
        of: {
          kind: 'object',
          name: 'KeptSet',
          key: 'id',
          fields: {
            id: { type: { kind: 'int' }, description: 'Its semid.' },
            reason: { type: { kind: 'string' }, description: 'Why it was left alone.' },
          },
        },
      },
      description: 'Sets that were left alone.',
    },
  },
  examples: [
    {
      title: 'One set',
      params: { sets: [{ id: 4, otime: '2026-01-31T08:00:00Z', ctime: '2026-01-31T08:00:00Z' }] },
    },
    { title: 'None', params: { sets: [] } },
  ],
  work: {
    kind: 'script',
    compose({ sets }): Script {
      return {
        summary: sets.length === 0 ? 'ipcrm: no set to remove' : `ipcrm ${sets.map(({ id }) => `-s ${id}`).join(' ')}`,
        text: SEMAPHORE_REMOVAL_SH,
        args: sets.map(({ id, otime, ctime }) => `${id}:${secondsOf(otime)}:${secondsOf(ctime)}`),
      };
    },
    interpret(answer) {
      const complaint = firstLine(answer.stderr.text).replace(/^runbook: /, '');
      if (answer.code === 69) return failed('cannot-start', complaint);
      const read = readRemovals(answer.stdout.text);
      if (answer.code !== 0) {
        const done = read.removed.length === 0 ? 'nothing was removed' : `removed before: ${read.removed.join(', ')}`;
        return failed(answer.code === 70 ? 'output' : 'exit', `${complaint || `exit code ${answer.code}`}; ${done}`);
      }
      const { removed, kept, refused, problem } = read;
      if (problem !== undefined) return unexpectedOutput(problem, answer);
      if (refused !== undefined && removed.length === 0) return failed('exit', refused);
      return { status: removed.length > 0 ? 'changed' : 'ok', output: { removed, kept } };
    },
  },
});

interface Removals {
  readonly removed: readonly number[];
  readonly kept: readonly { readonly id: number; readonly reason: string }[];
  /** What ipcrm said about the first set that it refused to remove. */
  readonly refused: string | undefined;
  /** Why the output is not what the script prints. */
  readonly problem: string | undefined;
}

const HEADER = 'orphan ID UID OTIME CTIME LAST_PID VERDICT, with key 0, mode 600, 1 semaphore, 0 waiting';

function readRemovals(stdout: string): Removals {
  const removed: number[] = [];
  const kept: { id: number; reason: string }[] = [];
  const evidence = new Map<number, string>();
  let refused: string | undefined;
  let ended = false;
  let tried: number | undefined;
  let problem: string | undefined;
  const [header, ...lines] = stdout.replace(/\n$/, '').split('\n');
  for (const line of lines) {
    const [word, number = ''] = line.split(' ', 2);
    const id = Number(number);
    const rest = line.slice(`${word} ${number} `.length);
    if (tried !== undefined && !(word === 'kept' && id === tried)) removed.push(tried);
    tried = undefined;
    if (word === 'end') ended = true;
    else if (word === 'orphan') tried = id;
    else if (word === 'set') evidence.set(id, line.slice('set '.length));
    else if (word === 'kept' && rest !== '') {
      if (rest.startsWith('refused'))
        refused ??= `set ${id}: ${rest.slice('refused '.length) || 'ipcrm failed without a word'}`;
      kept.push({ id, reason: describeKept(rest, evidence.get(id)) });
    } else problem ??= `unexpected output: ${excerpt(line)}`;
  }
  if (header !== HEADER) problem = `unexpected output: ${excerpt(header ?? '')}`;
  else if (!ended) problem ??= 'the output is cut short';
  return { removed, kept, refused, problem };
}

function describeKept(code: string, evidence: string | undefined): string {
  if (code === 'absent') return 'it is no longer there';
  if (code === 'changed') return 'it was used or changed since it was found orphaned';
  if (code.startsWith('refused')) return `it could not be removed: ${code.slice('refused '.length)}`;
  const set = evidence === undefined ? undefined : readSet(evidence, 0, new Map());
  return set?.ok === true ? set.value.set.reason : code;
}
