import type { StepReason } from '../../model/result.ts';
import type { CommandResult, Script } from '../../model/script.ts';
import { commandLine } from '../../util/command-line.ts';
import { err, ok, type Result } from '../../util/result.ts';
import { NO_KEY, type FoundChain } from './certificate.ts';
import { lastLine } from './failure.ts';
import { readSections, SECTIONS, type Section, type Sections } from './sections.ts';

// Of a file that holds both, only what stands between the marks of a certificate is printed, and whatever cannot be a part of one ends
// it, such as the mark of a key in the line at which a certificate was cut off. 200 certificates are more than any server sends.
const TEXT = `
${SECTIONS}
certificates_of() {
  [ -e "$1" ] || return 2
  [ -f "$1" ] || return 3
  [ -r "$1" ] || return 4
  tr -d '\\r' <"$1" | awk '
    /^-----BEGIN (X509 |TRUSTED )?CERTIFICATE-----$/ { inside = 1; count++ }
    /[^A-Za-z0-9+\\/= \\t]/ && !/^-----(BEGIN|END) (X509 |TRUSTED )?CERTIFICATE-----$/ { inside = 0 }
    inside && count <= 200 && (/^[A-Za-z0-9+\\/=]+$/ || /^-----/) { print }
    /^-----END / { inside = 0 }
  '
}
holds_key() { [ -f "$1" ] && grep -q '^-----BEGIN .*PRIVATE KEY-----' "$1" 2>/dev/null; }
key_of() {
  if [ -n "$2" ]; then
    [ -e "$2" ] && echo "$2"
    return
  fi
  folder=\${1%/*} base=\${1##*/}
  stem=\${base%.*}
  for key in "$1" "$folder/privkey.pem" "$folder/$stem.key" "$folder/$base.key" "\${folder%/*}/private/$stem.key" \\
    "\${folder%/*}/private/$stem.pem" "$folder/private/$stem.key"; do
    case $base:$key in fullchain.pem:*/privkey.pem | cert.pem:*/privkey.pem) ;; *:*/privkey.pem) continue ;; esac
    if holds_key "$key"; then echo "$key"; return; fi
  done
  return 1
}
# The passphrase is given as empty, so that nobody is asked for one.
public_half() {
  [ -r "$1" ] || return 4
  command -v openssl >/dev/null 2>&1 || return 5
  ! grep -q -e 'ENCRYPTED PRIVATE KEY' -e '^Proc-Type: 4,ENCRYPTED' "$1" || return 6
  openssl pkey -in "$1" -passin pass: -pubout 2>/dev/null </dev/null || return 7
}
number=0
while [ $# -gt 0 ]; do
  section "file$number" certificates_of "$1"
  section "key$number" key_of "$1" "$2"
  key=$section_text
  [ "$section_code" -ne 0 ] || section "public$number" public_half "$key"
  number=$((number + 1))
  shift 2
done
sections_end
`;

/** Reads the certificates of files, and the public halves of their keys. */
export function certificateFilesScript(files: readonly string[], keys: readonly string[]): Script {
  return {
    summary: `read the certificates in ${commandLine(files)}`,
    text: TEXT,
    args: files.flatMap((file, index) => [file, keys[index] ?? '']),
  };
}

interface CannotLook {
  readonly reason: StepReason;
  readonly message: string;
}

/** Reads what it printed. An error is that the files could not be looked at. */
export function readCertificateFiles(
  { end, stdout, stderr }: CommandResult,
  files: readonly string[],
): Result<readonly FoundChain[], CannotLook> {
  if (end.how !== 'exit')
    return err({
      reason: end.how === 'not-started' ? 'cannot-start' : end.how,
      message: `reading the files ended by ${end.how}`,
    });
  if (stdout.truncated) return err({ reason: 'output', message: 'there is too much to look at in one step' });
  const sections = readSections(stdout.text);
  if (!sections.ok)
    return err({ reason: 'output', message: [sections.error, lastLine(stderr.text)].filter(Boolean).join(': ') });
  const chains: FoundChain[] = [];
  for (const [index, path] of files.entries()) {
    const section = sections.value.get(`file${index}`);
    if (section === undefined) return err({ reason: 'output', message: `nothing was said about ${path}` });
    if (section.code === 4)
      return err({ reason: 'cannot-check', message: `${path} may not be read by this login; set become: true` });
    const blocks = blocksOf(section.lines);
    chains.push({ path, blocks, key: keyOf(sections.value, index), reason: reasonOf(section, blocks.length) });
  }
  return ok(chains);
}

function reasonOf({ code }: Section, count: number): string {
  if (code === 2) return 'there is no such file';
  if (code === 3) return 'it is no regular file';
  return count === 0 ? 'it holds no certificate in PEM' : '';
}

/** A certificate without its last line ends where the next one begins. */
function blocksOf(lines: readonly string[]): readonly string[] {
  const text = lines.join('\n');
  return text.split(/(?=^-----BEGIN )/m).filter((block) => block.startsWith('-----BEGIN '));
}

const KEY_TROUBLE: Readonly<Record<number, string>> = {
  4: 'it may not be read by this login',
  5: 'the host has no openssl to compare it',
  6: 'it has a passphrase',
  7: 'openssl cannot read it: it may be damaged',
};

function keyOf(sections: Sections, index: number): FoundChain['key'] {
  const [found, half] = [sections.get(`key${index}`), sections.get(`public${index}`)];
  const path = found?.code === 0 ? (found.lines[0] ?? '') : '';
  if (path === '' || half === undefined) return NO_KEY;
  if (half.code !== 0) return { path, publicKey: '', error: KEY_TROUBLE[half.code] ?? 'it could not be read' };
  return { path, publicKey: half.lines.join('\n'), error: '' };
}
