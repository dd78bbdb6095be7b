import { isDeepStrictEqual } from 'node:util';
import { Answers } from './answers.ts';
import { compare } from './cases.ts';
import { debianAnsible } from './debian-ansible.ts';
import { MEANT } from './odd-inventories.ts';
import { allCases, digestsOf, writeRecord } from './record.ts';

// npm run compare-ansible: asks the real Ansible about all cases, tells where we say something else, and records its answers.
const ansible = await debianAnsible();
if ('missing' in ansible) {
  process.stderr.write(`${ansible.missing}\n`);
  process.exitCode = 1;
} else {
  process.exitCode = await compareAll(new Answers(ansible));
}

async function compareAll(answers: Answers): Promise<number> {
  const cases = allCases();
  const recorded = new Map<string, readonly string[]>();
  const unexplained: string[] = [];
  let patterns = 0;
  let refused = 0;
  for (const each of cases) {
    const { ours, theirs } = await compare(each, answers);
    if (theirs === undefined) throw new Error('Ansible said nothing');
    recorded.set(each.title, digestsOf(theirs));
    patterns += theirs.patterns.length;
    refused += theirs.patterns.filter((hosts) => hosts === 'refused').length;
    if (!isDeepStrictEqual(ours, theirs) && MEANT[each.title] === undefined) unexplained.push(each.title);
  }
  await answers.end();
  writeRecord(cases, recorded);
  const meant = Object.keys(MEANT).length;
  process.stdout.write(
    `${cases.length} inventories, ${patterns} patterns (${refused} refused), ${meant} meant differences\n`,
  );
  process.stdout.write(unexplained.length === 0 ? 'no other difference\n' : `other: ${unexplained.join(', ')}\n`);
  return unexplained.length === 0 ? 0 : 1;
}
