import { defineAction } from '../model/action.ts';
import type { Script } from '../model/script.ts';
import { err, ok, type Result } from '../util/result.ts';
import { commandLine } from '../util/command-line.ts';
import { failed, unexpectedOutput } from './support/failure.ts';
import { excerpt, readSections, type Section } from './support/sections.ts';
import { readSet, SEMAPHORE_SET, type ReadSet, type SemaphoreSet } from './support/semaphore-set.ts';
import { SEMAPHORE_SURVEY_SH } from './support/semaphore-survey.ts';

export const action = defineAction({
  name: 'semaphores',
  summary: 'Lists the System V semaphore sets of a host, and which of one user are left over from dead processes.',
  notes: `
A set is orphaned only if all of this holds: it is private (key 0), has one semaphore, mode 0600 and the given owner; its last process is
gone, or its pid was reused by one that started after the set's last operation; no process waits on it; and it was made before the running
parent of Apache, or of \`service\`, started. What cannot be told is taken as "in use". All sets are listed, each with the reason.

Sets, owners and times come from \`/proc/sysvipc/sem\` or \`ipcs\`, last processes from \`semctl\` (perl) or \`ipcs -s -i\`. Only the sets of the
host's own IPC namespace are seen. To read the last process of another user's set takes root.
`.trim(),
  effect: 'reads',
  risk: 'none',
  idempotent: true,
  params: {
    owner: { type: { kind: 'string' }, description: 'The user, by name or uid, whose sets may be orphaned.' },
    service: {
      type: { kind: 'string' },
      description: 'Unit whose running parent protects the sets made after its start.',
      optional: true,
    },
  },
  output: {
    limits: {
      type: {
        kind: 'object',
        name: 'SemaphoreLimits',
        fields: {
          semmsl: { type: { kind: 'int' }, description: 'Most semaphores in one set.' },
          semmns: { type: { kind: 'int' }, description: 'Most semaphores in all.' },
          semopm: { type: { kind: 'int' }, description: 'Most operations in one semop.' },
          semmni: { type: { kind: 'int' }, description: 'Most sets.' },
        },
      },
      description: 'The four numbers of `kernel.sem`.',
    },
    sets_used: { type: { kind: 'int' }, description: 'How many sets there are.' },
    semaphores_used: { type: { kind: 'int' }, description: 'How many semaphores all sets hold.' },
    exhausted: {
      type: { kind: 'string' },
      description: 'The limit that leaves no room for one more set of one semaphore: `semmni`, `semmns` or empty.',
    },
    top_owner: {
      type: { kind: 'string' },
      description: 'Who owns most sets, or most semaphores when `semmns` is exhausted.',
    },
    sets: { type: { kind: 'list', of: SEMAPHORE_SET }, description: 'All sets.' },
    orphans: { type: { kind: 'list', of: SEMAPHORE_SET }, description: 'Those that a dead process of the owner left.' },
  },
  examples: [
    { title: 'Sets that Apache left over', params: { owner: 'www-data', service: 'apache2.service' } },
    { title: 'Sets of any user, by uid', params: { owner: '1501' } },
  ],
  work: {
    kind: 'script',
    compose({ owner, service }): Script {
      return {
        summary: `list semaphore sets and judge those of ${owner === '' ? 'nobody' : commandLine([owner])}`,
        text: SEMAPHORE_SURVEY_SH,
        variables: { owner, service: service ?? '' },
      };
    },
    interpret(answer) {
      if (answer.code !== 0)
        return failed('exit', `the semaphore sets could not be read: ${answer.stderr.text.trim()}`);
      const read = readAnswer(answer.stdout.text);
      if (!read.ok) return unexpectedOutput(read.error, answer);
      const { limits, sets } = read.value;
      const all = sets.map(({ set }) => set);
      const used = { sets: all.length, semaphores: all.reduce((sum, { semaphores }) => sum + semaphores, 0) };
      const exhausted = used.sets >= limits.semmni ? 'semmni' : used.semaphores >= limits.semmns ? 'semmns' : '';
      return {
        status: 'ok',
        output: {
          limits,
          sets_used: used.sets,
          semaphores_used: used.semaphores,
          exhausted,
          top_owner: topOwner(all, exhausted === 'semmns' ? ({ semaphores }) => semaphores : () => 1),
          sets: all,
          orphans: sets.filter(({ orphan }) => orphan).map(({ set }) => set),
        },
      };
    },
  },
});

interface Survey {
  readonly limits: Limits;
  readonly sets: readonly ReadSet[];
}

interface Limits {
  readonly semmsl: number;
  readonly semmns: number;
  readonly semopm: number;
  readonly semmni: number;
}

function readAnswer(stdout: string): Result<Survey, string> {
  const sections = readSections(stdout);
  if (!sections.ok) return sections;
  const now = Number(sections.value.get('clock')?.lines[0]);
  if (!(now > 0)) return err('the host did not say what time it is');
  const limits = readLimits(sections.value.get('limits'));
  if (!limits.ok) return limits;
  const users = readUsers(sections.value.get('users'));
  if (!users.ok) return users;
  const sets: ReadSet[] = [];
  const table = sections.value.get('sets');
  if (table?.code !== 0) return err('the semaphore sets could not be read');
  for (const line of table.lines) {
    const set = readSet(line, now, users.value);
    if (!set.ok) return set;
    sets.push(set.value);
  }
  return ok({ limits: limits.value, sets });
}

function readLimits(section: Section | undefined): Result<Limits, string> {
  const [, semmsl, semmns, semopm, semmni] =
    /^(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*$/.exec(section?.lines.join('\n') ?? '') ?? [];
  if (semmni === undefined) return err(`not the limits of semaphores: ${excerpt(section?.lines[0] ?? '(nothing)')}`);
  return ok({ semmsl: Number(semmsl), semmns: Number(semmns), semopm: Number(semopm), semmni: Number(semmni) });
}

function readUsers(section: Section | undefined): Result<ReadonlyMap<number, string>, string> {
  const users = new Map<number, string>();
  for (const line of section?.lines ?? []) {
    const [, uid, name] = /^(\d+) (\S+)$/.exec(line) ?? [];
    if (uid === undefined || name === undefined) return err(`not a user: ${excerpt(line)}`);
    users.set(Number(uid), name);
  }
  return ok(users);
}

/** The first in the order of uids among equals, so that two readings agree. */
function topOwner(sets: readonly SemaphoreSet[], weight: (set: SemaphoreSet) => number): string {
  const totals = new Map<string, number>();
  for (const set of sets.toSorted((a, b) => a.uid - b.uid))
    totals.set(set.owner, (totals.get(set.owner) ?? 0) + weight(set));
  let top = '';
  for (const [owner, total] of totals) if (total > (totals.get(top) ?? 0)) top = owner;
  return top;
}
