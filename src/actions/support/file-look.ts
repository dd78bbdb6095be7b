import type { Script } from '../../model/script.ts';
import { FILE_PATH_SH } from './file-path.ts';

/** Files of more bytes are not edited. */
const MAX_EDITED_BYTES = 1024 * 1024;

export interface FileToLookAt {
  readonly path: string;
  /** A name or a number, to be told as a number. */
  readonly owner?: string | undefined;
  readonly group?: string | undefined;
  /** Whether the content is wanted; else only what the directory tells. */
  readonly content: boolean;
  /** A link as the last part stands for the file it leads to; else it is looked at itself. */
  readonly follow: boolean;
  /** Also somebody else's in a directory that every user may write to: for what is removed, and never read or written. */
  readonly anyOwner?: true;
}

/** Looks at files, reading only; `readSeenFiles` reads what it prints. Each content comes from the very file whose inode was tested. */
export function lookAtFiles(files: readonly FileToLookAt[]): Script {
  return {
    summary: `look at ${files.map(({ path }) => path).join(' ')}`,
    text: LOOK_SH,
    args: files.flatMap(({ path, owner = '', group = '', content, follow, anyOwner = false }) => [
      path,
      owner,
      group,
      content ? 'content' : '',
      follow ? 'follow' : '',
      anyOwner ? 'any' : '',
    ]),
  };
}

/** Of the action that writes one file; a link stands for the file it leads to. */
export function lookToEdit(path: string, owner: string | undefined, group: string | undefined): Script {
  return lookAtFiles([{ path, owner, group, content: true, follow: true }]);
}

const LOOK_SH = `
lack() { printf '%s\\n' "$1" >&2; exit 67; }
refuse() { printf '%s\\n' "$1" >&2; exit 69; }
${FILE_PATH_SH}
number_of_user() {
  case $1 in *[!0-9]*) number=$(id -u "$1" 2>/dev/null) || lack "there is no user $1 on this host" ;; *) number=$1 ;; esac
}
number_of_group() {
  case $1 in *[!0-9]*) ;; *) number=$1; return ;; esac
  number=''
  if command -v getent >/dev/null 2>&1; then number=$(getent group "$1") || number=''; number=\${number#*:*:}; number=\${number%%:*}
  else while IFS=: read -r group_name group_word group_number group_rest; do [ "$group_name" != "$1" ] || number=$group_number; done </etc/group; fi
  [ -n "$number" ] || lack "there is no group $1 on this host"
}
content_of() {
  [ -r "./$name" ] || refuse "cannot read $path"
  exec 3<"./$name"
  source=/dev/fd/3
  [ -e "$source" ] || source=./$name
  seen=$inode
  set -- $(ls -lniLd "$source" 2>/dev/null)
  [ "\${1-}" = "$seen" ] || refuse "$path is being replaced right now"
  [ "$(($(wc -c <"$source")))" = "$size" ] ||
    refuse "$path does not hold as many bytes as its size says: it is being written, or of the kernel (see sysctl)"
  hash_of "$source" || refuse "cannot read $path"
  echo "sha256 $hash"
  if [ "$size" -gt ${MAX_EDITED_BYTES} ]; then echo 'content none 0'
  elif [ "$(($(tr -d '\\11\\12\\15\\40-\\176' <"$source" | wc -c)))" -eq 0 ]; then
    echo "content raw $size"
    cat "$source"
    echo
  else
    if command -v base64 >/dev/null 2>&1; then encoded=$(base64 <"$source"); form=base64
    else encoded=$(od -An -v -tx1 <"$source" | tr -d ' \\n'); form=hex; fi
    echo "content $form \${#encoded}"
    printf '%s\\n' "$encoded"
  fi
  exec 3<&-
}
if [ "$me" = 0 ]; then store=/var/lib/runbook/kept; else store=$HOME/.local/state/runbook/kept; fi
printf 'store %s\\nuser %s\\n' "$store" "$me"
while [ $# -gt 0 ]; do
  wanted_path=$1 wanted_owner=$2 wanted_group=$3 with_content=$4 follow=$5 any_owner=$6
  shift 6
  owner_number='' group_number=''
  [ -z "$wanted_owner" ] || { number_of_user "$wanted_owner"; owner_number=$number; }
  [ -z "$wanted_group" ] || { number_of_group "$wanted_group"; group_number=$number; }
  printf 'file %s\\nowner %s\\ngroup %s\\n' "$wanted_path" "$owner_number" "$group_number"
  if ! enter "$wanted_path"; then
    printf 'directory %s\\nname %s\\nkind nowhere\\n' "$(pwd -P)" "$part/$rest"
    continue
  fi
  [ -z "$follow" ] || follow_name
  directory=$(pwd -P)
  case $directory$name in *"$line_break"*) refuse "$path leads to a name with a line break" ;; esac
  printf 'directory %s\\nname %s\\n' "$directory" "$name"
  stat_of "./$name" || { echo 'kind absent'; continue; }
  [ -z "$shared" ] || [ "$uid" = "$me" ] || [ -n "$any_owner" ] || refuse "$path is not safe: it belongs to user $uid in a directory that every user may write to"
  metadata="metadata $inode $mode $uid $gid $size"
  case $bits in
    -*) echo 'kind file'; echo "$metadata"; [ -z "$with_content" ] || content_of ;;
    d*) echo 'kind directory'; echo "$metadata" ;;
    l*)
      target=$(readlink "./$name")
      case $target in *"$line_break"*) refuse "$path is a link to a name with a line break" ;; esac
      echo 'kind link'; echo "$metadata"; printf 'target %s\\n' "$target"
      ;;
    *) refuse "$path is neither a regular file nor a directory" ;;
  esac
done
echo end
`;
