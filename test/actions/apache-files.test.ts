import assert from 'node:assert/strict';
import type { Conditions } from '../../src/actions/support/apache-lines.ts';
import { readDirectives, urlOf } from '../../src/actions/support/apache-listeners.ts';
import { readRemoveIpc } from '../../src/actions/support/remove-ipc.ts';

const CONDITIONS: Conditions = {
  modules: new Set(['ssl_module', 'mpm_prefork_module', 'http_module']),
  defines: new Set(['STAGING']),
  variables: new Map([['PORT', '9000']]),
  version: '2.4.68',
};

const urls = (...lines: string[]): readonly string[] =>
  readDirectives(['= /etc/apache2/ports.conf', ...lines], CONDITIONS).listeners.map(urlOf);

describe('listeners in the files of Apache', () => {
  it('are reached over the loopback address when they listen on all', () => {
    assert.deepEqual(urls('Listen 80', 'listen *:81', 'Listen 0.0.0.0:82', 'Listen [::]:83', 'Listen "84"'), [
      'http://127.0.0.1:80/',
      'http://127.0.0.1:81/',
      'http://127.0.0.1:82/',
      'http://[::1]:83/',
      'http://127.0.0.1:84/',
    ]);
  });

  it('are reached at their own address when they have one', () => {
    assert.deepEqual(urls('Listen 10.0.0.1:80', 'Listen [fd00::1]:80', 'Listen [fe80::1%eth0]:80'), [
      'http://10.0.0.1:80/',
      'http://[fd00::1]:80/',
      'http://[fe80::1]:80/',
    ]);
  });

  it('are secure by protocol, by port 443, or by SSLEngine in a virtual host of the port', () => {
    assert.deepEqual(
      urls(
        'Listen 443',
        'Listen 444 https',
        'Listen 445',
        'Listen 446',
        '<VirtualHost *:445 10.0.0.1:447>',
        'SSLEngine on',
        '</VirtualHost>',
        '<VirtualHost *:446>',
        'SSLEngine off',
        '</VirtualHost>',
      ),
      ['https://127.0.0.1:443/', 'https://127.0.0.1:444/', 'https://127.0.0.1:445/', 'http://127.0.0.1:446/'],
    );
  });

  it('are never secure without a module for it', () => {
    const { listeners } = readDirectives(['Listen 443 https'], { ...CONDITIONS, modules: new Set() });
    assert.deepEqual(listeners.map(urlOf), ['http://127.0.0.1:443/']);
  });

  it('count only where all conditions around them hold', () => {
    assert.deepEqual(
      urls(
        '<IfModule mod_ssl.c>',
        'Listen 1',
        '<IfModule !ssl_module>',
        'Listen 2',
        '</IfModule>',
        '</IfModule>',
        '<IfModule prefork.c>',
        'Listen 3',
        '</IfModule>',
        '<IfDefine STAGING>',
        'Listen 4',
        '</IfDefine>',
        '<IfDefine !STAGING>',
        'Listen 5',
        '</IfDefine>',
        '<IfVersion >= 2.4.7>',
        'Listen 6',
        '</IfVersion>',
        '<IfVersion < 2.4>',
        'Listen 7',
        '</IfVersion>',
        '<IfModule absent_module>',
        'Listen 8',
      ).map((url) => url.slice(17, -1)),
      ['1', '3', '4', '6'],
    );
  });

  it('end their conditions with the file', () => {
    assert.deepEqual(urls('<IfModule absent_module>', '= /etc/apache2/other.conf', 'Listen 80'), [
      'http://127.0.0.1:80/',
    ]);
  });

  it('may come from variables; one that is unknown is left out', () => {
    assert.deepEqual(urls('Listen ${PORT}', 'Listen ${NOBODY}'), ['http://127.0.0.1:9000/']);
  });
});

describe('RemoveIPC of logind', () => {
  it('is yes when no file says otherwise', () => assert.equal(readRemoveIpc(['= /etc/systemd/logind.conf']), true));

  it('is what the last drop-in by name says, wherever it is', () => {
    const lines = ['= /etc/systemd/logind.conf', 'yes', '= /etc/systemd/logind.conf.d/10-a.conf', 'yes'];
    assert.equal(readRemoveIpc([...lines, '= /usr/lib/systemd/logind.conf.d/20-b.conf', 'no']), false);
    assert.equal(readRemoveIpc([...lines, '= /usr/lib/systemd/logind.conf.d/05-b.conf', 'no']), true);
  });

  it('is not read from a file that one of the same name in /etc hides', () => {
    const hidden = ['= /usr/lib/systemd/logind.conf.d/ipc.conf', 'no', '= /etc/systemd/logind.conf.d/ipc.conf'];
    assert.equal(readRemoveIpc(hidden), true);
  });

  it('ignores what is no boolean', () =>
    assert.equal(readRemoveIpc(['= /etc/systemd/logind.conf', 'off', 'perhaps']), false));
});
