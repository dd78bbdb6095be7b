import assert from 'node:assert/strict';
import { parseSshArguments, withoutUnchecked } from '../../src/load/inventory/connection/ssh-arguments.ts';

describe("the arguments of ssh in Ansible's inventories", () => {
  const optionsOf = (text: string): readonly string[] => {
    const read = parseSshArguments(text);
    assert.ok(read.ok, text);
    return read.value.options;
  };

  it('become options in one form, whatever the spelling', () => {
    for (const text of [
      '-o ProxyJump=b',
      '-oProxyJump=b',
      '-o "ProxyJump b"',
      "-o 'ProxyJump = b'",
      '-J b',
      '-Jb',
      '-CJ b',
    ])
      assert.deepEqual(
        optionsOf(text).filter((option) => option !== 'Compression=yes'),
        ['ProxyJump=b'],
        text,
      );
  });

  it('keep their order and their quotes', () => {
    assert.deepEqual(optionsOf(`-o ProxyCommand="ssh -W %h:%p -q bastion" -i '/k y' -l ops -p2222 -4`), [
      'ProxyCommand=ssh -W %h:%p -q bastion',
      'IdentityFile=/k y',
      'User=ops',
      'Port=2222',
      'AddressFamily=inet',
    ]);
  });

  it('may name a configuration file', () => {
    const read = parseSshArguments('-F ssh.config -o BatchMode=yes');
    assert.deepEqual(read, { ok: true, value: { options: [], ignored: [], configFile: 'ssh.config' } });
  });

  it('say nothing where it is decided here anyway, and forward nothing', () => {
    const usual =
      '-C -o ControlMaster=auto -o ControlPersist=60s -o ControlPath=/x -o StrictHostKeyChecking=yes -v -tt';
    assert.deepEqual(optionsOf(usual), ['Compression=yes']);
    assert.deepEqual(parseSshArguments('-A -o ForwardAgent=yes -o ForwardX11=no'), {
      ok: true,
      value: { options: [], ignored: ['-A', 'ForwardAgent=yes'] },
    });
  });

  it('take a new key once', () => {
    assert.deepEqual(optionsOf('-o StrictHostKeyChecking=accept-new'), ['StrictHostKeyChecking=accept-new']);
  });

  it('are refused where they would trust any host', () => {
    for (const text of [
      '-o StrictHostKeyChecking=no',
      '-oStrictHostKeyChecking=off',
      '-o "stricthostkeychecking no"',
      '-o StrictHostKeyChecking="no"',
      '-o UserKnownHostsFile=/dev/null',
      '-o UserKnownHostsFile=none',
      '-o UserKnownHostsFile=//dev/../dev/full',
      '-o "UserKnownHostsFile /dev/null /etc/known"',
      `-o 'UserKnownHostsFile="/dev/null" /etc/known'`,
      '-o NoHostAuthenticationForLocalhost=yes',
    ]) {
      const read = parseSshArguments(text);
      assert.equal(read.ok ? '' : read.error.code, 'E_HOST_KEY', text);
    }
  });

  it('are refused where they are none, or would forward a port or run in the background', () => {
    const texts = [
      'bastion',
      '-o',
      '-o x',
      '-o __proto__=',
      '-L 1:h:2',
      '-D 1080',
      '-W h:1',
      '-f',
      '-N',
      '-w 0',
      "-o 'a",
      '-',
    ];
    for (const text of [...texts, '-o LocalForward=1:h:2']) {
      const read = parseSshArguments(text);
      assert.equal(read.ok ? '' : read.error.code, 'E_UNSUPPORTED', text);
    }
  });
});

describe('withoutUnchecked', () => {
  const cases: readonly (readonly [text: string, kept: string, left: readonly string[]])[] = [
    ['-o ControlMaster=auto -C', '-o ControlMaster=auto -C', []],
    ['-o StrictHostKeyChecking=no -C', '-C', ['StrictHostKeyChecking=no']],
    ['-C -oStrictHostKeyChecking=no', '-C', ['StrictHostKeyChecking=no']],
    [
      "-o 'ProxyCommand=ssh -W %h:%p b' -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no",
      "-o 'ProxyCommand=ssh -W %h:%p b'",
      ['UserKnownHostsFile=/dev/null', 'StrictHostKeyChecking=no'],
    ],
    ['-o StrictHostKeyChecking=accept-new', '-o StrictHostKeyChecking=accept-new', []],
    ["-o 'unclosed", "-o 'unclosed", []],
  ];
  for (const [text, kept, left] of cases)
    it(`keeps ${JSON.stringify(kept)} of ${text}`, () => {
      assert.deepEqual(withoutUnchecked(text), { text: kept, left });
    });
});
