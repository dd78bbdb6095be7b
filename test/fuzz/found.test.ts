import assert from 'node:assert/strict';
import { startCpuClock } from '../support/cpu-clock.ts';
import { inTime } from '../support/in-time.ts';
import { PARSERS } from './parsers.ts';

/** Texts that once did harm, each as small as it was found: a parser threw, hung, or believed what no host can be. */
const FOUND: readonly (readonly [parser: string, what: string, text: string])[] = [
  ['greeting', 'a memory larger than any', '/:MemTotal 999999999999999989\n=uid 0\n=shell 1'],
  ['greeting', 'a memory below nothing', '/:MemTotal -1\n=uid 0\n=shell 1'],
  ['greeting', 'a process larger than any', '=uid 0\n=shell 9007199254740993'],
  ['greeting', 'a user larger than any', `=uid ${'9'.repeat(400)}\n=shell 3`],
  ['greeting', 'a kernel of half a megabyte', `=uid 0\n=shell 3\n=uname Linux ${'x'.repeat(500_000)} y\n`],
  ['shell of a host', 'a last line without an end', `@NONCE:begin\n\n@NONCE:end:${'0'.repeat(190_000)}`],
  ['shell of a host', 'a process that has no number', '\n@TOKEN:pid:1:x\na\n@TOKEN:exit:b\n\n@NONCE:end:3:\n'],
  ['kept output', 'a process larger than any', `\n@${'0123456789abcdef'.repeat(2)}:pid:9007199254740993:12\n`],
  [
    'kept output',
    'an exit with a word for its status',
    `\n@${'0123456789abcdef'.repeat(2)}:pid:8:8\n\n@${'0123456789abcdef'.repeat(2)}:exit:no\n@${'0123456789abcdef'.repeat(2)}:end:0`,
  ],
  ['answer of ssh -G', 'one option again and again', 'identityfile a\n'.repeat(70_000)],
  ['shell text', 'a long word in quotes', `f; do echo "$f${';;2>&1G'.repeat(70_000)}" \${{ svc.unit }}; done\n`],
  ['shell text', 'su without a command', `${'su '.repeat(200_000)}\${{ svc.unit }}`],
  ['lexer of the shell', 'backquotes in backquotes', '`$('.repeat(100_000) + '"x'.repeat(100_000)],
  ['lexer of the shell', 'as many here-documents as fit', `x=$(${'<<E '.repeat(200_000)})`],
  ['duration', 'more days than can be counted', '429496729d'],
  ['pattern of names', 'brackets that nobody closes', `${'['.repeat(500_000)}*`],
  ['host pattern', 'a term of brackets', `~${'a{'.repeat(60_000)}`],
  ['ansible.cfg', 'a hundred thousand passwords', `[defaults]\nvault_identity_list = ${'a@b,'.repeat(200_000)}`],
  [
    'what a login or sudo says instead of a shell',
    'a list of rules without rules',
    'User  may run the following commands on '.repeat(2400),
  ],
  ['ssh_config', 'tabs in a line', `Host a${'\t'.repeat(60_000)}b\n`],
  ['arguments of ssh', 'blanks in an option', `-o "A=a${' '.repeat(60_000)}b"`],
  [
    'log of ssh',
    'a changed key whose file has a long name',
    `REMOTE HOST IDENTIFICATION HAS CHANGED\nOffending RSA key in ${'/x'.repeat(7000)}:1\n`,
  ],
  ['log of ssh', 'a login that is refused again and again', `${'e@'.repeat(300_000)}: Permission denied (publickey`],
  [
    'answer to copy',
    'a file without its content',
    'store b/runbook/kept\nuser 0\nfile /etc/app.conf\nowner 0\ngroup \ndirectory /etc\nname app.conf\nkind file\nmetadata 106 0640 0 0 10\nend\n',
  ],
  [
    'answer to apache_former_config',
    'a time that is none',
    '@binary 0\n|/a\n@test 1\n|n\n@former 0\n|broken\t/n\n|tried\t\tf \n@end 0\n',
  ],
  [
    'answer to apache_former_config',
    'as many versions as files',
    `@binary 0\n|/a\n@test 1\n|n\n@former 0\n${'|broken\t/a\n|tried\tv\t1\tx\tpass\n'.repeat(9000)}|all\tpass\n@end 0\n`,
  ],
  [
    'answer to deleted_files',
    'a device that is none',
    `@mounts 0\n|1 1 0:50 / / rw - tmpfs tmpfs rw\n@deleted 0\n|1 1 ${'9'.repeat(400)}\n|a\n|/\n|/b\n|end\n@end 0\n`,
  ],
  [
    'answer to find',
    'a time after all times',
    '@mounts 0\n|1 1 0:50 / / rw - fs fs rw\n@clock 0\n|4\n@found 0\n|1 18\n|4 0 9999999999999 0 a /s\n@users 0\n@end 0\n',
  ],
];

describe('What texts of chance found', function () {
  this.timeout(30_000);
  for (const [name, what, text] of FOUND) {
    it(`does no harm to the ${name}: ${what}`, async () => {
      const parser = PARSERS.find((one) => one.name === name) ?? assert.fail(name);
      const spent = startCpuClock();
      await parser.check(text);
      assert.ok(spent() < inTime(1500), 'it takes too long');
    });
  }
});
