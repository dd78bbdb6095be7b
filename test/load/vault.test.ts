import assert from 'node:assert/strict';
import { isSealed, openSealed, readSealed } from '../../src/load/vault.ts';
import { Secret } from '../../src/util/secret.ts';
import { DAMAGED, HUNTER2, INVENTORY, PASSWORD, UMLAUTS, VARIABLES } from './vaulted.ts';

describe('a vault of ansible-vault', () => {
  const open = async (text: string, password: string): Promise<string | undefined> => {
    const sealed = readSealed(text);
    assert.ok(sealed.ok, sealed.ok ? '' : sealed.error);
    return (await openSealed(sealed.value, new Secret(password)))?.toString();
  };

  it('is opened with its password, a text, a file, and an inventory alike', async () => {
    assert.equal(await open(HUNTER2, PASSWORD), 'hunter2');
    assert.equal(await open(UMLAUTS, 'other'), 'grün €\n');
    assert.match((await open(VARIABLES, PASSWORD)) ?? '', /^vault_user: deploy\n/);
    assert.match((await open(INVENTORY, PASSWORD)) ?? '', /^\[web\]\n/);
  });

  it('is opened whatever its line ends and indentation are', async () => {
    assert.equal(await open(HUNTER2.replaceAll('\n', '\r\n    '), PASSWORD), 'hunter2');
  });

  it('stays closed for another password', async () => {
    assert.equal(await open(HUNTER2, 'swordfish '), undefined);
    assert.equal(await open(HUNTER2, ''), undefined);
  });

  it('stays closed when anything in it was changed', async () => {
    assert.equal(await open(DAMAGED, PASSWORD), undefined);
  });

  it('has an id since format 1.2', () => {
    const idOf = (text: string) => {
      const sealed = readSealed(text);
      return sealed.ok ? sealed.value.id : sealed.error;
    };
    assert.equal(idOf(HUNTER2), undefined);
    assert.equal(idOf(VARIABLES), 'prod');
  });

  it('is known by its first words', () => {
    assert.equal(isSealed(HUNTER2), true);
    assert.equal(isSealed('---\na: 1\n'), false);
  });

  const wrong: readonly (readonly [title: string, text: string, error: RegExp])[] = [
    ['another format', HUNTER2.replace('1.1', '1.0'), /^vaults of format 1\.0 are not known$/],
    ['another cipher', HUNTER2.replace('AES256', 'AES'), /^vaults with the cipher AES are not known$/],
    ['no header', 'hello', /^this does not begin with \$ANSIBLE_VAULT$/],
    ['a header alone', '$ANSIBLE_VAULT;1.1;AES256\n', /^this vault is damaged/],
    ['half a digit', HUNTER2.slice(0, -2), /^this vault is damaged/],
    ['digits that are none', HUNTER2.replace('6633', '66xx'), /^this vault is damaged/],
  ];
  for (const [title, text, error] of wrong) {
    it(`is refused with ${title}`, () => {
      const sealed = readSealed(text);
      assert.match(sealed.ok ? '' : sealed.error, error);
    });
  }
});
