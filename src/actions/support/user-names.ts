/** POSIX sh: `names_of UID...` prints a line `UID NAME` for each that has a name, in /etc/passwd or else where `getent` looks. */
export const USER_NAMES_SH = `
names_of() {
  uids=" $* "
  while IFS=: read -r name password uid rest; do
    [ -n "$uid" ] || continue
    case $uids in
      *" $uid "*)
        echo "$uid $name"
        uids="\${uids%% $uid *} \${uids#* $uid }"
        ;;
    esac
  done </etc/passwd
  command -v getent >/dev/null 2>&1 || return 0
  for uid in $uids; do
    name=$(getent passwd "$uid") && echo "$uid \${name%%:*}"
  done
  :
}
`;
