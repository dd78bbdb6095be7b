import assert from 'node:assert/strict';
import { skip } from '../support/skip.ts';
import { Answers } from './answers.ts';
import { compare, digestOf, GENERATED_CASES, ODD_CASES, type Case } from './cases.ts';
import { debianAnsible } from './debian-ansible.ts';
import { MEANT } from './odd-inventories.ts';
import { allCases, digestsOf, readRecord, type AnsibleRecord } from './record.ts';

/** Asked anew in every run; `npm run compare-ansible` asks about all. */
const ASKED_ANEW = 60;

const NOTHING: readonly string[] = [];

describe('inventories and patterns', () => {
  let record: AnsibleRecord;
  let cases: readonly Case[];
  before(() => {
    record = readRecord();
    cases = allCases();
    assert.equal(digestOf(cases), record.cases, 'the cases are not those of the record: npm run compare-ansible');
  });

  it(`are understood as Ansible does, by its recorded answers to ${GENERATED_CASES} inventories with five patterns each`, async function () {
    this.timeout(120_000);
    const other: string[] = [];
    for (const each of cases) {
      const { ours } = await compare(each);
      const isSame = digestsOf(ours).join() === record.answers[each.title]?.join();
      if (isSame === (MEANT[each.title] !== undefined)) other.push(each.title);
    }
    assert.deepEqual(other, NOTHING);
  });

  describe('and the real Ansible', () => {
    let answers: Answers;
    before(async function () {
      this.timeout(240_000);
      const ansible = await debianAnsible();
      if ('missing' in ansible) skip(this, ansible.missing);
      answers = new Answers(ansible);
    });
    after(async () => {
      await answers?.end();
    });

    it(`agree on ${ASKED_ANEW} generated inventories, and its answers are those of the record`, async function () {
      this.timeout(120_000);
      for (const each of cases.slice(ODD_CASES.length, ODD_CASES.length + ASKED_ANEW)) {
        const { ours, theirs } = await compare(each, answers);
        assert.ok(theirs !== undefined);
        assert.deepEqual(ours, theirs, each.title);
        assert.deepEqual(digestsOf(theirs), record.answers[each.title], each.title);
      }
    });

    for (const each of ODD_CASES) {
      const meant = MEANT[each.title];
      it(`${meant === undefined ? 'agree on' : 'are meant to differ in'} ${each.title}${meant === undefined ? '' : `: ${meant}`}`, async () => {
        const { ours, theirs } = await compare(each, answers);
        assert.ok(theirs !== undefined);
        if (meant === undefined) assert.deepEqual(ours, theirs);
        else assert.notDeepEqual(ours, theirs);
      });
    }
  });
});
