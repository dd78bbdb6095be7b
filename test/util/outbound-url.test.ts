import assert from 'node:assert/strict';
import { isThisMachine, readOutboundUrl } from '../../src/util/outbound-url.ts';

const TAKEN = [
  ...[
    'https://hooks.example.org/services/T0/B0/x',
    'https://hooks.example.org',
    'https://hooks.example.org:8443/a?b=c#d',
  ],
  ...[
    'https://HOOKS.example.org/A',
    'https://xn--mnchen-3ya.example/',
    'https://8.8.8.8/',
    'https://[2606:4700::1111]/',
  ],
  ...[
    'https://hooks.example.org:443/',
    'https://10.0.0.1/hook',
    'https://example.org/a%20b',
    'https://example.org/@here',
  ],
  ...[
    'http://localhost:9000/',
    'http://127.0.0.1/',
    'http://127.8.9.10:80/x',
    'http://[::1]:9000/',
    'HTTPS://example.org/',
  ],
];

/** As they came from others' reports of requests that were led astray. */
const REFUSED = [
  // no URL, or of another kind
  ...['', ' ', 'example.org', '//example.org/', 'https:', 'https://', 'https:///', 'http://', 'javascript:alert(1)'],
  ...[
    'file:///etc/passwd',
    'ftp://example.org/',
    'gopher://127.0.0.1:6379/_x',
    'dict://127.0.0.1:11211/',
    'data:text/plain,x',
  ],
  ...[
    'ws://example.org/',
    'wss://example.org/',
    'unix:/run/docker.sock',
    'ldap://127.0.0.1/',
    'blob:https://example.org/x',
  ],
  // not encrypted, and not to this machine
  ...[
    'http://example.org/',
    'http://8.8.8.8/',
    'http://10.0.0.1/',
    'http://169.254.169.254/latest/meta-data/',
    'http://0.0.0.0/',
  ],
  ...[
    'http://[::]/',
    'http://[::ffff:127.0.0.1]/',
    'http://localhost.example.org/',
    'http://localhost./',
    'http://127.0.0.1.nip.io/',
  ],
  ...[
    'http://metadata.google.internal/',
    'http://[fd00:ec2::254]/',
    'http://[fe80::1]/',
    'http://0/',
    'http://128.0.0.1/',
  ],
  // a user, or what looks like one
  ...['https://user@example.org/', 'https://user:pass@example.org/', 'https://example.org@169.254.169.254/'],
  ...['https://example.org%40169.254.169.254/', 'https://:pass@example.org/', 'https://a:b@c@example.org/'],
  ...['https://hooks.example.org:443@10.0.0.1/', 'http://127.0.0.1@example.org/', 'https://example.org#@10.0.0.1\\@x/'],
  // addresses in other forms
  ...[
    'http://2130706433/',
    'http://017700000001/',
    'http://0x7f000001/',
    'http://0x7f.1/',
    'http://127.1/',
    'http://127.0.1/',
  ],
  ...[
    'http://0177.0.0.1/',
    'http://127.000.000.001/',
    'http://0x7f.0x0.0x0.0x1/',
    'http://0300.0250.0.1/',
    'http://127.0.0.1./',
  ],
  ...[
    'https://3232235521/',
    'https://0xa9fea9fe/',
    'https://2852039166/',
    'https://0251.0376.0251.0376/',
    'https://10.1/',
  ],
  ...[
    'https://[::ffff:10.0.0.1]/',
    'https://[0:0:0:0:0:0:0:1]/',
    'https://[::127.0.0.1]/',
    'https://[::1%25lo]/',
    'https://[::1/',
  ],
  ...['https://256.256.256.256/', 'https://1.2.3.4.5/', 'https://0x/', 'https://[v1.x]/', 'https://%31%30.0.0.1/'],
  // other letters for the same name, and names that only look alike
  ...[
    'http://１２７.0.0.1/',
    'http://127。0。0。1/',
    'https://ⓛocalhost/',
    'https://ｅxample.org/',
    'https://exa\u00admple.org/',
  ],
  ...[
    'https://münchen.example/',
    'https://еxample.org/',
    'https://example。org/',
    'https://ﬁle.example/',
    'https://exam\u200bple.org/',
  ],
  ...[
    'https://①⑥⑨.254.169.254/',
    'https://example.org\u2024evil.example/',
    'https://ℋooks.example/',
    'https://faß.example/',
  ],
  // what one reader takes for the host and another does not
  ...[
    'https:\\\\example.org/',
    'https:/\\example.org/',
    'https:example.org',
    'https:/example.org',
    'https:///example.org/',
  ],
  ...['https://example.org\\@10.0.0.1/', 'https://example.org\\.evil.example/', 'https://10.0.0.1\\x.example.org/'],
  ...[
    'https://exa%6dple.org/',
    'https://example.org%00.evil.example/',
    'https://example.org%2f.evil.example/',
    'https://exa mple.org/',
  ],
  ...[
    'https://example.org:/',
    'https://example.org:0443/',
    'https://example.org:65536/',
    'https://example.org:-1/',
    'https://:443/',
  ],
  ...[
    'https://example.org:80:443/',
    'https://example..org:x/',
    'https://a<b>.example/',
    'https://a|b.example/',
    'https://a^b.example/',
  ],
  // what would begin another line of the request
  ...[
    'https://example.org/\r\nHost: evil.example',
    'https://example.org/\r\n\r\nGET / HTTP/1.1',
    'https://example.org/a\tb',
  ],
  ...[
    'https://example.org/\n',
    '\nhttps://example.org/',
    'https://exa\nmple.org/',
    'https://exa\tmple.org/',
    'ht\ntps://example.org/',
  ],
  ...[
    ' https://example.org/',
    'https://example.org/ ',
    'https://example.org/a b',
    'https://example.org/\u0000',
    'https://example.org/\u007f',
  ],
  ...[
    'https://example.org/\u2028',
    'https://example.org/ä',
    'https://example.org/\ud800',
    'https://example.org/?q=\u{1f600}',
  ],
];

const OF_MESSAGE = ['localhost', '127.0.0.1'];

describe('readOutboundUrl', () => {
  for (const text of TAKEN) it(`takes ${text}`, () => assert.ok(readOutboundUrl(text).ok));
  for (const text of REFUSED) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      const read = readOutboundUrl(text);
      assert.ok(!read.ok);
      // What it refuses may be a secret.
      const parts = text.split(/[^a-z0-9.]+/i).filter((part) => part.length > 8 && !OF_MESSAGE.includes(part));
      for (const part of parts) assert.ok(!read.error.includes(part), read.error);
    });
  }

  it('knows what is this machine by the URL alone', () => {
    const near = ['http://localhost/', 'https://127.0.0.1/', 'http://127.9.9.9/', 'http://[::1]/'];
    const far = [
      'https://localhost.example.org/',
      'https://localhost./',
      'https://10.0.0.1/',
      'https://[::ffff:7f00:1]/',
    ];
    assert.deepEqual(
      near.map((url) => isThisMachine(new URL(url))),
      near.map(() => true),
    );
    assert.deepEqual(
      far.map((url) => isThisMachine(new URL(url))),
      far.map(() => false),
    );
  });
});
