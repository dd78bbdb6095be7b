import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { ErrorInfo } from '../../model/error.ts';
import { mapLimited } from '../../util/map-limited.ts';
import { ok, type Result } from '../../util/result.ts';
import { valueOf, type Answer } from './answer.ts';
import { likenessBy, plainAddress, type Likeness } from './likeness.ts';
import { OWN_OPTIONS, type Answered, type Question } from './question.ts';

const AT_ONCE = 4;

export type Ask = (question: Question) => Promise<Result<Answered, ErrorInfo>>;

/**
 * What `ssh -G` answers to each, in order. Hosts that the configuration does not tell apart share one question: with a process
 * for each, to ask for a thousand hosts would take longer than to reach them.
 */
export async function askTogether(
  questions: readonly Question[],
  ask: Ask,
  directory: string,
): Promise<Result<readonly Answer[], ErrorInfo>> {
  const groups = new Map<string, Promise<Group>>();
  let failed: Awaited<ReturnType<Ask>> | undefined;
  const answered = await mapLimited(questions, AT_ONCE, async (question) => {
    const result = failed ?? (await answerTo(question));
    if (!result.ok) failed = result;
    return result;
  });
  const answers: Answer[] = [];
  for (const result of answered) {
    if (!result.ok) return result;
    answers.push(result.value.answer);
  }
  return ok(answers);

  async function answerTo(question: Question): ReturnType<Ask> {
    const shape = shapeOf(question);
    const group = groups.get(shape);
    if (group !== undefined) return (await group).answerTo(question);
    const first = ask(question);
    groups.set(
      shape,
      first.then(async (result) => new Group(ask, question, result, await likenessOf(result, directory))),
    );
    return first;
  }
}

/** Questions that differ in nothing but the destination and the values of their own words. */
class Group {
  readonly #ask: Ask;
  readonly #likeness: Likeness;
  readonly #files: string;
  readonly #asked = new Map<string, { question: Question; answered: ReturnType<Ask> }>();

  constructor(ask: Ask, first: Question, answered: Awaited<ReturnType<Ask>>, likeness: Likeness) {
    this.#ask = ask;
    this.#likeness = likeness;
    this.#files = filesOf(answered);
    const like = likeness(first);
    if (like !== undefined) this.#asked.set(like, { question: first, answered: Promise.resolve(answered) });
  }

  async answerTo(question: Question): ReturnType<Ask> {
    const like = this.#likeness(question);
    if (like === undefined) return this.#ask(question);
    const other = this.#asked.get(like);
    if (other === undefined) {
      const answered = this.#ask(question);
      this.#asked.set(like, { question, answered });
      return answered;
    }
    const answered = await other.answered;
    if (!answered.ok || filesOf(answered) !== this.#files) return this.#ask(question);
    const answer = forAnother(answered.value.answer, other.question, question);
    return answer === undefined ? this.#ask(question) : ok({ ...answered.value, answer });
  }
}

/** `undefined`: the answer to the first holds what can't be told apart from its own name. */
function forAnother(answer: Answer, from: Question, to: Question): Answer | undefined {
  const address = plainAddress(to.destination);
  if (address === undefined || valueOf(answer, 'hostname') !== plainAddress(from.destination)) return undefined;
  const own = OWN_OPTIONS.flatMap((name): [string, readonly string[]][] => {
    const value = to.own[name];
    if (value === undefined) return [];
    const key = name.toLowerCase();
    return [[key, name === 'IdentityFile' ? [value, ...(answer.get(key)?.slice(1) ?? [])] : [value]]];
  });
  return new Map([...answer, ['host', [to.destination]], ['hostname', [address]], ...own]);
}

const shapeOf = ({ own, options, configFile }: Question): string =>
  JSON.stringify([OWN_OPTIONS.map((name) => shapeOfWord(own[name])), options, configFile]);

/** Words with tokens are for `ssh` to read. */
const shapeOfWord = (value: string | undefined): string | boolean =>
  value !== undefined && /[%~$"\\\s]/.test(value) ? value : value !== undefined;

const filesOf = (answered: Awaited<ReturnType<Ask>>): string =>
  answered.ok ? (answered.value.files?.join('\n') ?? '') : '';

async function likenessOf(answered: Awaited<ReturnType<Ask>>, directory: string): Promise<Likeness> {
  if (!answered.ok || answered.value.files === undefined) return () => undefined;
  try {
    return likenessBy(
      await Promise.all(answered.value.files.map((file) => readFile(resolve(directory, file), 'utf8'))),
    );
  } catch {
    return () => undefined;
  }
}
