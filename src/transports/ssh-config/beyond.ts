import type { LoginSettings } from '../../model/ssh-settings.ts';
import { isOn, setValueOf, valueOf, type Answer } from './answer.ts';
import type { Controller } from './controller.ts';
import type { Files } from './files.ts';

/** What of the configuration only the program `ssh` can do. No process and no network: files are looked at. */
export function beyondOf(
  answer: Answer,
  login: LoginSettings,
  pathOf: (text: string) => readonly string[],
  controller: Controller,
  files: Files,
): readonly string[] {
  return [
    ...keysOf(answer, login, pathOf, files),
    ...OPTIONS.flatMap(([option, why]) => (isOn(setValueOf(answer, option)) ? [why] : [])),
    ...(wantsKerberos(answer) && hasTicket(controller, files)
      ? ['GSSAPIAuthentication is on and there is a Kerberos ticket']
      : []),
    ...(setValueOf(answer, 'proxycommand') === '-' ? ['ProxyCommand is "-"'] : []),
    ...(Number(valueOf(answer, 'requiredrsasize') ?? 0) > RSA_BITS
      ? [`RequiredRSASize is ${valueOf(answer, 'requiredrsasize')}`]
      : []),
  ];
}

/** OpenSSH's own RequiredRSASize, and what is kept to here. */
const RSA_BITS = 1024;

const OPTIONS = [
  ['pkcs11provider', 'PKCS11Provider is set'],
  ['knownhostscommand', 'KnownHostsCommand is set'],
  ['proxyusefdpass', 'ProxyUseFdpass is on'],
  ['hostbasedauthentication', 'HostbasedAuthentication is on'],
  ['verifyhostkeydns', 'VerifyHostKeyDNS is on'],
  ['bindinterface', 'BindInterface is set'],
] as const;

/** A certificate goes with a key that has one beside it, unless others are named. */
function keysOf(
  answer: Answer,
  { keyFiles }: LoginSettings,
  pathOf: (text: string) => readonly string[],
  files: Files,
): readonly string[] {
  const present = keyFiles.filter(({ path }) => files.has(path));
  const named = (answer.get('certificatefile') ?? []).filter((file) => file.toLowerCase() !== 'none');
  const beside = keyFiles.map(({ path }) => `${path}-cert.pub`);
  const certificates = named.length > 0 ? named.flatMap(pathOf) : beside;
  return [
    ...certificates.filter((file) => files.has(file)).map((file) => `there is the certificate ${file}`),
    ...present.filter(({ path }) => path.endsWith('_sk')).map(({ path }) => `the key ${path} is on a FIDO token`),
  ];
}

function wantsKerberos(answer: Answer): boolean {
  return isOn(valueOf(answer, 'gssapiauthentication')) || isOn(valueOf(answer, 'gssapikeyexchange'));
}

function hasTicket({ environment }: Controller, files: Files): boolean {
  const [, kind, name] = /^(?:([A-Z]+):)?(.*)$/.exec(environment['KRB5CCNAME'] ?? '') ?? [];
  if (name === undefined || name === '') return files.has(`/tmp/krb5cc_${process.getuid?.() ?? 0}`);
  return kind === undefined || kind === 'FILE' || kind === 'DIR' ? files.has(name) : true;
}
