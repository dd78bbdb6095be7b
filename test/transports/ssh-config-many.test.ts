import assert from 'node:assert/strict';
import { askTogether, type Ask } from '../../src/transports/ssh-config/answers.ts';
import type { Answer } from '../../src/transports/ssh-config/answer.ts';
import { askSsh, type Question } from '../../src/transports/ssh-config/question.ts';
import { ok } from '../../src/util/result.ts';
import { Random } from '../support/random.ts';
import { type SshPlace, useSshPlace } from './ssh-config-place.ts';

const NAMES = [
  'web1',
  'WEB2',
  'db1.lan',
  'db2.lan',
  '10.0.0.1',
  '10.0.0.2',
  '10.1',
  '::0001',
  'gate',
  'x',
  'a_b',
  '1a.2',
];

const LINES = [
  ...['User ann', 'Port 2200', 'HostName %h.lan', 'HostName web1', 'ProxyJump gate', 'ProxyCommand nc %h %p'],
  ...['UserKnownHostsFile /k/%h', 'UserKnownHostsFile /k/all', 'IdentityFile ~/.ssh/%h', 'ControlPath ~/.ssh/%C'],
  ...['HostKeyAlias all', 'Ciphers aes256-ctr', 'ConnectTimeout 5', 'User u%%', 'RevokedHostKeys /r/%n'],
];

const HEADS = [
  ...[
    'Host *',
    'Host web*',
    'Host *.lan !db2*',
    'Host 10.0.0.?',
    'Host gate x',
    'Host !web1',
    'Host WEB*',
    'Match all',
  ],
];
const MATCHES = ['Match host web1', 'Match user ann', 'Match originalhost *.lan', 'Host "web1"'];

describe('the settings of many hosts', () => {
  let place: SshPlace;
  useSshPlace((made) => {
    place = made;
  });

  const counted = () => {
    const asked: Question[] = [];
    const ask: Ask = async (question) => {
      asked.push(question);
      const answer = await askSsh(question, { environment: place.environment, directory: place.folder });
      if (answer.ok || answer.error !== 'no-client') return answer as Awaited<ReturnType<Ask>>;
      throw new Error('ssh is gone');
    };
    return { asked, ask };
  };
  const questionsOf = (names: readonly string[], configFile: string): readonly Question[] =>
    names.map((destination, index) => ({
      destination,
      own: index % 3 === 0 ? {} : { Port: String(2000 + index), UserKnownHostsFile: `/own/${index}` },
      options: [],
      configFile,
    }));

  /** How many of them were asked about. */
  const sameAsAlone = async (questions: readonly Question[]): Promise<number> => {
    const { asked, ask } = counted();
    const together = await askTogether(questions, ask, place.folder);
    assert.ok(together.ok);
    const count = asked.length;
    for (const [index, question] of questions.entries()) {
      if (asked.includes(question)) continue;
      const alone = await ask(question);
      assert.ok(alone.ok);
      assert.deepEqual(plain(together.value[index]), plain(alone.value.answer), JSON.stringify(question));
    }
    return count;
  };
  const plain = (answer: Answer | undefined) =>
    [...(answer ?? [])]
      .filter(([name]) => name !== 'controlpath')
      .map(([name, values]) => `${name} ${values.join(' | ')}`)
      .toSorted();

  it('are the same whether each is asked about or not', async () => {
    const random = new Random(4);
    const block = (): string =>
      [random.pick(random.chance(15) ? MATCHES : HEADS), random.pick(LINES), random.pick(LINES)].join('\n');
    let shared = 0;
    for (let round = 0; round < 30; round += 1) {
      place.write('more', `${random.pick(LINES)}\n${block()}\n`);
      const include = random.chance(30) ? `Include ${place.folder}/more\n` : '';
      const preamble = random.chance(30) ? random.pick(LINES) : '';
      const config = place.write('config', `${preamble}\n${block()}\n${include}${block()}\n`);
      if ((await sameAsAlone(questionsOf(NAMES, config))) < NAMES.length) shared += 1;
    }
    assert.ok(shared > 8, `only ${shared} of 30 configurations were asked about less often than once a host`);
  }).timeout(60_000);

  for (const [what, config] of [
    ['a HostName that is the name of another', 'Host web1 web2\n  HostName web1\n'],
    ['a negated pattern', 'Host * !web2\n  User ann\n'],
    ['the case of a name', 'Host WEB2\n  User ann\nHost web2\n  User bob\n'],
    ['a name in a path', 'UserKnownHostsFile /k/%h\n'],
  ] as const)
    it(`are told apart by ${what}`, async () => {
      const file = place.write('config', config);
      const questions = ['web1', 'web2', 'WEB2'].map((destination) => ({
        destination,
        own: {},
        options: [],
        configFile: file,
      }));
      await sameAsAlone(questions);
    });

  it('take one question for a thousand hosts that nothing tells apart', async () => {
    const config = place.write('config', 'Host bastion\n  User keeper\nHost *\n  User ann\n  ControlPath ~/.ssh/%C\n');
    const { asked, ask } = counted();
    const names = Array.from({ length: 1000 }, (_, n) => `web${n}.example.com`);
    const questions = names.map((destination) => ({
      destination,
      own: { Port: '22' },
      options: [],
      configFile: config,
    }));
    const answers = await askTogether(questions, ask, place.folder);
    assert.ok(answers.ok);
    assert.equal(asked.length, 1);
    assert.deepEqual(answers.value[999]?.get('hostname'), ['web999.example.com']);
  });

  it('are not asked for at all once one of them can not be had', async () => {
    place.write('config', 'Nonsense\n');
    const { asked, ask } = counted();
    const names = Array.from({ length: 100 }, (_, n) => `web${n}`);
    const answers = await askTogether(questionsOf(names, `${place.folder}/config`), ask, place.folder);
    assert.ok(!answers.ok);
    assert.ok(asked.length <= 4, `${asked.length} questions`);
  });

  for (const [what, files] of [
    ['a file of the configuration can not be read', ['/none/such']],
    ['ssh does not tell which files it has read', undefined],
  ] as const)
    it(`are asked for one by one where ${what}`, async () => {
      const asked: Question[] = [];
      const answer = ok({ answer: new Map([['hostname', ['a']]]), files });
      const ask: Ask = (question) => {
        asked.push(question);
        return Promise.resolve(answer);
      };
      await askTogether(questionsOf(['a', 'b', 'c', 'd', 'e', 'f'], 'none'), ask, place.folder);
      assert.equal(asked.length, 6);
    });
});
