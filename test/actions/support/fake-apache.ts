import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * An httpd with the layout of Red Hat that knows `Include`, `Mutex` (2.4) and `AcceptMutex` (2.2), and answers `-v`, `-V` and `-t` with
 * its dumps, as the real one does. 2.2 has no dumps. `NoSuchDirective` is the one error that it tells the place of.
 */
export function fakeApache(folder: string, root: string, version: '2.4.57' | '2.2.15'): void {
  mkdirSync(folder, { recursive: true });
  for (const place of ['conf', 'run']) mkdirSync(join(root, place), { recursive: true });
  const program = join(folder, 'httpd');
  writeFileSync(program, `#!/bin/sh\nroot='${root}' version=${version}\n${FAKE}`);
  chmodSync(program, 0o755);
}

export function writeFiles(root: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

const FAKE = `
case $1 in
  -v) echo "Server version: Apache/$version (Unix)"; exit ;;
  -V)
    printf 'Server version: Apache/%s (Unix)\\nServer MPM:     Prefork\\n' "$version"
    printf ' -D HTTPD_ROOT="%s"\\n -D DEFAULT_PIDLOG="run/httpd.pid"\\n -D SERVER_CONFIG_FILE="conf/httpd.conf"\\n' "$root"
    exit ;;
esac
dumps=no trial=
while [ $# -gt 0 ]; do
  case $1 in
    -D) [ "$version" = 2.2.15 ] || dumps=yes; shift ;;
    -c) trial=$2; shift ;;
  esac
  shift
done
mutex=default accept= included="  (*) $root/conf/httpd.conf" error=
newline='
'
mutex_is() {
  case $1 in
    file:* | fcntl:* | flock:*) [ -d "\${1#*:}" ] || error="Invalid Mutex directory in argument $1" ;;
    default | sysvsem | posixsem | file | fcntl | flock) ;;
    *) error="Invalid Mutex argument $1" ;;
  esac
  value=$1
  shift
  case $# in 0) set -- default ;; esac
  for type; do
    case $type in default) mutex=$value ;; mpm-accept) accept=$value ;; esac
  done
}
one() {
  set -f
  set -- $1
  set +f
  case \${1-} in
    NoSuchDirective) [ -n "$error" ] || where=$place; error="Invalid command '$1'" ;;
    Mutex) shift; mutex_is "$@" ;;
  esac
}
main() {
  number=0
  while IFS= read -r line || [ -n "$line" ]; do
    number=$((number + 1)) place="line $number of $root/conf/httpd.conf"
    case $line in
      'Include '*)
        for file in "$root"/\${line#Include }; do
          [ -f "$file" ] || continue
          included="$included$newline    ($number) $file"
          inside=0
          while IFS= read -r inner || [ -n "$inner" ]; do
            inside=$((inside + 1)) place="line $inside of $file"
            one "$inner"
          done <"$file"
        done ;;
      *) one "$line" ;;
    esac
  done
}
where='line 1 of some file'
main <"$root/conf/httpd.conf"
place='line 1 of the command line'
one "$trial"
if [ -n "$error" ]; then printf 'AH00526: Syntax error on %s:\\n%s\\n' "$where" "$error"; exit 1; fi
told() {
  case $2 in
    *:*) printf 'Mutex %s: dir="%s" mechanism=%s \\n' "$1" "\${2#*:}" "$3" ;;
    *) printf 'Mutex %s: dir="%s/run/" mechanism=%s \\n' "$1" "$root" "$3" ;;
  esac
}
tell() {
  mechanism=\${2%%:*}
  case $mechanism in file) mechanism=fcntl ;; esac
  told "$1" "$2" "$mechanism"
}
if [ "$dumps" = yes ]; then
  printf 'Included configuration files:\\n%s\\nServerRoot: "%s"\\n' "$included" "$root"
  tell default "$mutex"
  if [ -n "$accept" ]; then tell mpm-accept "$accept"; else echo 'Mutex mpm-accept: using_defaults'; fi
  printf 'User: name="daemon" id=1\\n'
fi
echo 'Syntax OK'
`;
