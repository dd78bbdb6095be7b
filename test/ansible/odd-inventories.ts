import type { GeneratedInventory } from './generated-inventory.ts';

/** Of the vaults. */
export const VAULT_PASSWORD = 'correct horse';

/** Where we are meant to differ, and why; docs/inventory.md has them. */
export const MEANT: Readonly<Record<string, string>> = {
  'INI: a byte order mark': 'Ansible takes it for a part of the name',
  'INI: a range that ends before it begins': 'Ansible has no host for it, and says nothing',
  'a file that is a vault': 'all in it is secret, and a secret is a text',
  'YAML: keys that are yes': 'names of variables are texts',
  'YAML: a date and a time': 'a date is the text that was written',
  'YAML: a plugin': 'plugins are programs of Ansible',
  'group_vars that are no map': 'a problem of the hosts they are for, and of no others',
  'group_vars that are no YAML': 'a problem of the hosts they are for, and of no others',
};

/** What people write now and then, each for one quirk; the name says which. */
export const ODD_INVENTORIES: Readonly<Record<string, GeneratedInventory>> = {
  'INI: line ends of Windows': ini('[web]\r\nweb01 a=1\r\n[web:vars]\r\nb=two words\r\n'),
  'INI: a byte order mark': ini('\uFEFFweb01 a=1\n[web]\nweb02\n'),
  'INI: tabs': ini('[web]\nweb01\ta=1\tb=2\n\tweb02\n'),
  'INI: an indented section and an indented comment': ini('  [web]\n  # no\n  web01\n'),
  'INI: ; is a comment too': ini('; no\nweb01 ; a=1\n'),
  'INI: a # in a value': ini('web01 a=x#y b="#z" # no\n[web]\nweb01 a=1 #b=2\n'),
  'INI: quotes within words': ini('web01 a=x"y z"w b=\'it\'"\'"\'s\' c="a\\"b" d=a\\\\b\n'),
  'INI: an IPv6 address with a port': ini('[2001:db8::1]:2222 a=1\n[2001:db8::2]\n'),
  'INI: an IPv6 address without brackets': ini('2001:db8::1 a=1\nweb01\n'),
  'INI: a port of its own beats that of the line': ini('web01:2222 ansible_port=22\n'),
  'INI: a host named twice with a port': ini('web01:2222\n[web]\nweb01:3333\n'),
  'INI: children before the group': ini('[prod:children]\nweb\n[web]\nweb01\n'),
  'INI: variables before the group': ini('[web:vars]\na=1\n[web]\nweb01\n'),
  'INI: variables of a group that is nowhere': ini('web01\n[db:vars]\na=1\n'),
  'INI: all as a child': ini('web01\n[prod:children]\nall\n'),
  'INI: ungrouped as a child': ini('web01\n[prod:children]\nungrouped\n'),
  'INI: a circle': ini('[a:children]\nb\n[b:children]\na\n'),
  'INI: itself as a child': ini('[a:children]\na\n[a]\nx\n'),
  'INI: a section that is none': ini('[web:hosts]\nweb01\n'),
  'INI: a space in a section': ini('[web servers]\nweb01\n'),
  'INI: nothing after =': ini('[web]\nweb01 a=\n[web:vars]\nb=\nc = \n'),
  'INI: : between name and value': ini('[web:vars]\na: 1\n[web]\nweb01\n'),
  'INI: a host and a group of one name': ini('[web]\nweb\nweb01\n[web:vars]\na=1\n'),
  'INI: a host as a child': ini('[web]\nweb01\n[prod:children]\nweb01\n'),
  'INI: a range over words': ini('web-[one:two]\n'),
  'INI: a range of capitals': ini('web-[A:C] a=1\n'),
  'INI: a range from capital to small': ini('web-[A:c]\n'),
  'INI: a range that ends before it begins': ini('web01\nweb[3:1]\n'),
  'INI: a range with a step': ini('web[00:20:5]\n'),
  'INI: two ranges and a port': ini('r[1:2]n[a:b]:2200\n'),
  'INI: an international name': ini('bücher.example a=ä\n'),
  'INI: names that are numbers': ini('[1]\n2 a=3\n[1:vars]\n4=5\n'),
  'INI: literals of Python': ini('web01 a=0b11 c=.5 d=1_0 e=0777 f=-0 g=1e400 h=None i="None" j=[] k=()\n'),
  'INI: texts joined like those of Python': ini(
    '[web:vars]\na="x" "y"\nb=\'x\'\nc=u"x"\nd=[1,]\ne=1,2\nf=not True\n[web]\nweb01\n',
  ),
  'INI: escapes of Python': ini('[web:vars]\na="x\\ny"\nb=\'\\x41\'\nc="\\u00e9"\nd=["\\t"]\n[web]\nweb01\n'),
  'INI: a template': ini('web01 a={{b}} b="{{ c }}"\n[web:vars]\nc={{ d | default(1) }}\n[web]\nweb01\n'),
  'INI: the beginning of YAML': ini('---\nweb01\n'),
  'INI: a template without quotes': ini('web01 a={{ b }}\n'),
  'INI: a group that is named after its variables, and again': ini(
    '[web:vars]\na=1\n[web]\nweb01 b=1\n[web]\nweb02 # c=1\n[web:vars]\n;a=2\nc = 3 # 4\n',
  ),
  'INI: all that is in a child, and all that is in all': ini(
    '[all:children]\nweb\n[all]\ndb01\n[web]\nweb01\n[all:vars]\na=1\n',
  ),
  'INI: a priority as a text': ini('[a]\nx\n[b]\nx\n[a:vars]\nansible_group_priority="5"\nv=a\n[b:vars]\nv=b\n'),
  'INI: a priority that is no number': ini('[a]\nx\n[a:vars]\nansible_group_priority=high\n'),
  'YAML: in a file without ending': {
    files: { hosts: plain('all: { hosts: { web01: { a: 1 } } }\n') },
    sources: ['hosts'],
  },
  'YAML: JSON': yaml('{"all": {"hosts": {"web01": {"a": 1.5}}, "vars": {"b": null}}}'),
  'YAML: hosts as one text': yaml('web: { hosts: web01 }\n'),
  'YAML: hosts as a list': yaml('web: { hosts: [web01] }\n'),
  'YAML: children as one text': yaml('web: { hosts: { web01: } }\nprod: { children: web }\n'),
  'YAML: children as a list': yaml('web: { hosts: { web01: } }\nprod: { children: [web] }\n'),
  'YAML: vars as a list': yaml('web: { hosts: { web01: }, vars: [a] }\n'),
  'YAML: an empty group': yaml('web:\nall: { hosts: { web01: } }\n'),
  'YAML: a group that is a text': yaml('web: text\nall: { hosts: { web01: } }\n'),
  'YAML: a section that is none': yaml('web: { hosts: { web01: }, group_vars: { a: 1 } }\n'),
  'YAML: a host that is a text': yaml('web: { hosts: { web01: text } }\n'),
  'YAML: a host that is a list': yaml('web: { hosts: { web01: [a] } }\n'),
  'YAML: all below another group': yaml('prod: { children: { all: { hosts: { web01: } } } }\n'),
  'YAML: ungrouped with hosts': yaml('ungrouped: { hosts: { web01: { a: 1 } } }\nweb: { hosts: { web02: } }\n'),
  'YAML: keys that are numbers': yaml('all: { hosts: { 1: { 2: 3 }, 192.0.2.1: } }\n'),
  'YAML: keys that are yes': yaml('all: { hosts: { web01: { yes: 1, on: 2, ~: 3 } } }\n'),
  'YAML: a group that is a number': yaml('1: { hosts: { web01: } }\n'),
  'YAML: a port in the key': yaml('all: { hosts: { "web01:2222": , "[2001:db8::1]:22": } }\n'),
  'YAML: an anchor': yaml('all: { vars: { a: &x { b: 1 }, c: *x }, hosts: { web01: } }\n'),
  'YAML: a merge': yaml('all:\n  vars:\n    a: &x { b: 1, c: 2 }\n    d: { <<: *x, c: 3 }\n  hosts: { web01: }\n'),
  'YAML: a merge of two': yaml(
    'all:\n  vars:\n    a: &x { b: 1 }\n    c: &y { b: 2, d: 3 }\n    e: { <<: [*x, *y] }\n  hosts: { web01: }\n',
  ),
  'YAML: a key twice': yaml('all: { hosts: { web01: { a: 1, a: 2 } } }\n'),
  'YAML: a host twice in one group': yaml('all: { hosts: { web01: { a: 1 }, web01: { b: 2 } } }\n'),
  'YAML: a host in two groups with variables in both': yaml(
    'a: { hosts: { web01: { v: 1, w: 1 } } }\nb: { hosts: { web01: { v: 2 } } }\n',
  ),
  'YAML: a map twice': yaml(
    'a: { vars: { m: { x: 1 } }, hosts: { web01: } }\nall: { children: { a: { vars: { m: { y: 2 } } } } }\n',
  ),
  'YAML: two documents': yaml('all: { hosts: { web01: } }\n---\nall: { hosts: { web02: } }\n'),
  'YAML: tags of numbers and texts': yaml(
    'all: { vars: { a: !!str 1, b: !!int "2", c: !!float 3, d: !!bool "yes" }, hosts: { web01: } }\n',
  ),
  'YAML: a set': yaml('all: { vars: { a: !!set { x: , y: } }, hosts: { web01: } }\n'),
  'YAML: a date and a time': yaml(
    'all: { vars: { a: 2001-12-14, b: 2001-12-14t21:59:43.10-05:00, c: 2001-12-14 21:59:43 }, hosts: { web01: } }\n',
  ),
  'YAML: binary': yaml('all: { vars: { a: !!binary aGVsbG8= }, hosts: { web01: } }\n'),
  'YAML: a tag that is none': yaml('all: { vars: { a: !what 1 }, hosts: { web01: } }\n'),
  'YAML: a tab': yaml('all:\n\thosts: { web01: }\n'),
  'YAML: nothing': yaml('---\n'),
  'YAML: only comments': yaml('# no\n'),
  'YAML: a plugin': {
    files: { hosts: plain('web01\n'), 'built.yml': plain('plugin: constructed\ngroups: { built: true }\n') },
    sources: ['hosts', 'built.yml'],
  },
  'YAML: passwords by all their names': yaml(
    'all: { hosts: { web01: { ansible_ssh_pass: a, ansible_password: b, ansible_sudo_pass: c, ansible_su_pass: d, ansible_become_pass: "{{ x }}" } } }\n',
  ),
  'YAML: a user before the host': yaml('all: { hosts: { ops@192.0.2.1: { ansible_user: "" } } }\n'),
  'YAML: texts over lines': yaml(
    'all:\n  vars:\n    a: one\n      two\n\n      three\n    b: "one\n      two"\n    c: |+\n      x\n\n  hosts: { web01: }\n',
  ),
  'YAML: numbers that are none': yaml(
    'all: { vars: { a: 1.2.3, b: 0x, c: 1_, d: "0o8", e: 08, f: 1e5, g: 1.5e+5, h: -.5, i: 0., j: ._1 }, hosts: { web01: } }\n',
  ),
  'a list of hosts': { files: {}, sources: ['web01,web02'] },
  'a list of hosts with ports and spaces': { files: {}, sources: ['web01:22, web02 ,'] },
  'a list with a range': { files: {}, sources: ['web[01:03],db1'] },
  'a list and a file': { files: { hosts: plain('[web]\nweb01 a=1\n') }, sources: ['hosts', 'web02,'] },
  'group_vars of a list of hosts': { files: { 'group_vars/all': plain('a: 1\n') }, sources: ['web02,'] },
  'group_vars in several files': {
    files: {
      hosts: plain('[web]\nweb01\n'),
      'group_vars/web/b.yml': plain('a: 1\n'),
      'group_vars/web/a.yml': plain('a: 2\nb: 2\n'),
      'group_vars/web/.hidden.yml': plain('a: 3\n'),
      'group_vars/web/deep/c.yml': plain('c: 4\n'),
      'group_vars/web/old.yml~': plain('a: 5\n'),
      'group_vars/web/note.txt': plain('a: 6\n'),
    },
    sources: ['hosts'],
  },
  'group_vars of one group under two endings': {
    files: {
      hosts: plain('[web]\nweb01\n'),
      'group_vars/web.yml': plain('a: 1\n'),
      'group_vars/web.yaml': plain('a: 2\n'),
      'group_vars/web.json': plain('{"a": 3}\n'),
    },
    sources: ['hosts'],
  },
  'group_vars as a file and as a folder': {
    files: {
      hosts: plain('[web]\nweb01\n'),
      'group_vars/web.yml': plain('a: 1\n'),
      'group_vars/web/a.yml': plain('a: 2\n'),
    },
    sources: ['hosts'],
  },
  'group_vars that are no map': {
    files: { hosts: plain('web01\n'), 'group_vars/all': plain('- a\n') },
    sources: ['hosts'],
  },
  'group_vars that are empty': { files: { hosts: plain('web01\n'), 'group_vars/all': plain('') }, sources: ['hosts'] },
  'group_vars that are no YAML': {
    files: { hosts: plain('web01\n'), 'group_vars/all': plain('a: [1\n') },
    sources: ['hosts'],
  },
  'a priority in group_vars': {
    files: {
      hosts: plain('[a]\nx\n[b]\nx\n'),
      'group_vars/a': plain('ansible_group_priority: 5\nv: a\n'),
      'group_vars/b': plain('v: b\n'),
    },
    sources: ['hosts'],
  },
  'host_vars of a host in no file': {
    files: { hosts: plain('web01\n'), 'host_vars/web02': plain('a: 1\n') },
    sources: ['hosts'],
  },
  'a folder whose files come by name': {
    files: {
      'site/b': plain('[web]\nweb01 v=b\n'),
      'site/a': plain('[web]\nweb01 v=a\nweb02\n'),
      'site/C': plain('[web]\nweb03\n'),
      'site/10': plain('first\n'),
      'site/group_vars/web': plain('g: 1\n'),
      'site/x.ini': plain('never\n'),
      'site/y~': plain('never\n'),
      'site/z.bak': plain('never\n'),
      'site/w.pyc': plain('never\n'),
    },
    sources: ['site'],
  },
  'folders with group_vars of their own': {
    files: {
      'a/hosts': plain('[web]\nweb01\n'),
      'a/group_vars/web': plain('v: a\nw: a\n'),
      'b/hosts': plain('[web]\nweb02\n'),
      'b/group_vars/web': plain('v: b\n'),
    },
    sources: ['a', 'b'],
  },
  'a file in a folder beside group_vars': {
    files: { 'site/hosts': plain('[web]\nweb01\n'), 'site/group_vars/web': plain('v: 1\n') },
    sources: ['site/hosts'],
  },
  'a vault in a value': yaml(
    'all:\n  hosts:\n    web01:\n      a: !vault |\n        $ANSIBLE_VAULT;1.1;AES256\n        38323439333034323565363461383865333734666439663337396433343962366138326337633733\n        3663363432353038633236306562626639353931363437660a346233613636633135653637346261\n        62623361616463353935633265363739306134363734666537383766343663323061633863393533\n        3238383636313731340a663738353039626334636364343861666231313666316537316437333463\n        3861\n',
  ),
  'a vault with an id, and below a list': {
    files: {
      hosts: plain('web01\n'),
      'host_vars/web01': plain(
        'a:\n  - x\n  - !vault |\n    $ANSIBLE_VAULT;1.2;AES256;dev\n    37316139356131663432616664653735383661326136373937616431613638333931396338386637\n    3535643730623063633665393261353730336432653266380a366263663864393431386364313631\n    62623963643536346339323632643239316533383266626637353338616131653965346361333432\n    3336386165623262360a343538633662366138396663623531363366663565613964386435363564\n    3838\n',
      ),
    },
    sources: ['hosts'],
  },
  'a file that is a vault': {
    files: {
      hosts: plain('web01\n'),
      'group_vars/all': plain(
        '$ANSIBLE_VAULT;1.1;AES256\n63363862393439376433396531363764376666623433383535383738666264626566326238653532\n3530313033356234333164303234663231383063356564300a306663313763633863386133393436\n62666163343134326563366638373530663264623137633434623961623165313632613631373466\n3265393162666265330a373438373336363162666137336531393061653561393334363430643830\n65613639363338383262373932336638333833616135343661316136663134633537\n',
      ),
    },
    sources: ['hosts'],
  },
  'an empty folder': { files: { 'site/.keep': plain('') }, sources: ['site'] },
  'a source that is nowhere': { files: {}, sources: ['nowhere'] },
  'a program with variables of hosts': program('{"web": ["web01"], "_meta": {"hostvars": {"web01": {"a": 1}}}}'),
  'a program that prints no JSON': program('no'),
  'a program that prints a list': program('[]'),
  'a program that fails': {
    files: { 'list.sh': { text: '#!/bin/sh\necho no >&2; exit 3\n', isProgram: true } },
    sources: ['list.sh'],
  },
  'a program with children and no hosts': program(
    '{"prod": {"children": ["web"]}, "web": {"hosts": ["web01"]}, "_meta": {}}',
  ),
  'a program with odd groups': program(
    '{"web": {"hosts": ["web01"], "other": 1}, "db": {}, "x": null, "_meta": {"hostvars": {}}}',
  ),
  'a program with a group as a host list': program('{"web": {"hosts": "web01"}, "_meta": {"hostvars": {}}}'),
  'a program that prints variables of a host it does not list': program(
    '{"_meta": {"hostvars": {"web01": {"a": 1}}}, "all": {"hosts": ["web02"]}}',
  ),
  'a program with text after a warning': {
    files: {
      'list.sh': {
        text: '#!/bin/sh\necho careful >&2\necho \'{"web": ["web01"], "_meta": {"hostvars": {}}}\'\n',
        isProgram: true,
      },
    },
    sources: ['list.sh'],
  },
};

function plain(text: string): { readonly text: string; readonly isProgram: boolean } {
  return { text, isProgram: false };
}

function ini(text: string): GeneratedInventory {
  return { files: { hosts: plain(text) }, sources: ['hosts'] };
}

function yaml(text: string): GeneratedInventory {
  return { files: { 'hosts.yml': plain(text) }, sources: ['hosts.yml'] };
}

function program(json: string): GeneratedInventory {
  return {
    files: { 'list.sh': { text: `#!/bin/sh\ncat <<'END'\n${json}\nEND\n`, isProgram: true } },
    sources: ['list.sh'],
  };
}
