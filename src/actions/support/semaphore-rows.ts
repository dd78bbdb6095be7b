/**
 * POSIX sh that reads the semaphore sets of the host, from /proc/sysvipc/sem or else from `ipcs`.
 *
 * - `source`: `proc`, `ipcs` or `none`.
 * - `rows [ID...]` prints a line `KEY ID MODE NSEMS UID OTIME CTIME` for each set, or for those named: key signed and decimal, mode octal,
 *   times in seconds since 1970, 0 for never. A layout it does not know gives a line `! WHY`.
 * - `inspect` copies such lines and adds two words: the pid of the last semop or SETVAL (of a set with several semaphores: of the highest
 *   one that has any; 0: none that we can see) and how many processes wait. `- -` when the set does not let us look.
 */
export const SEMAPHORE_ROWS_SH = `
source=none
if [ -r /proc/sysvipc/sem ]; then
  source=proc
elif command -v ipcs >/dev/null 2>&1; then
  source=ipcs
fi
rows() {
  case $source in
    proc)
      {
        read -r header
        case "$(echo $header)" in
          'key semid perms nsems uid gid cuid cgid otime ctime') ;;
          *) echo "! the columns of /proc/sysvipc/sem are: $header"; return ;;
        esac
        if [ $# -eq 0 ]; then columns; else grep -E "^ *-?[0-9]+ +($(echo "$@" | tr ' ' '|')) " | columns; fi
      } </proc/sysvipc/sem
      ;;
    ipcs) ipcs -s | ipcs_rows "$*" ;;
    *) echo '! neither /proc/sysvipc/sem nor ipcs can be read' ;;
  esac
}
columns() {
  while read -r key id mode nsems uid gid cuid cgid otime ctime; do
    echo "$key $id $mode $nsems $uid $otime $ctime"
  done
}
ipcs_rows() {
  seen= count=0
  while read -r first second rest; do
    case "$seen$first" in
      key) [ "$second" = semid ] && seen=yes, ;;
      yes,0x*)
        count=$((count + 1))
        case " \${1:-$second} " in *" $second "*) ;; *) continue ;; esac
        key=$((first))
        [ "$key" -le 2147483647 ] || key=$((key - 4294967296))
        ipcs -s -i "$second" 2>/dev/null | one_row "$key" "$second"
        ;;
    esac
  done
  if [ -z "$seen" ]; then echo '! ipcs -s printed no table'; fi
  used=$(ipcs -s -u | sed -n 's/^used arrays = //p')
  if [ "$count" != "$used" ]; then echo "! ipcs -s shows $count of \${used:-?} sets"; fi
}
one_row() {
  mode= nsems= uid= otime= ctime=
  while read -r line; do
    case $line in
      uid=*) uid=\${line#uid=} uid=\${uid%%[!0-9]*} ;;
      mode=*) mode=\${line#mode=} mode=\${mode%%,*} mode=\${mode#0} ;;
      'nsems = '*) nsems=\${line#nsems = } ;;
      'otime = Not set'*) otime=0 ;;
      'otime = '*) otime=$(seconds \${line#otime = }) ;;
      'ctime = '*) ctime=$(seconds \${line#ctime = }) ;;
    esac
  done
  case ",$mode,$nsems,$uid,$otime,$ctime," in
    *,,*) echo "! ipcs -s -i $2 cannot be read" ;;
    *) echo "$1 $2 $mode $nsems $uid $otime $ctime" ;;
  esac
}
seconds() {
  set -- "$2" "\${3#0}" "$4" "$5"
  case $1 in
    Mar) month=0 ;; Apr) month=1 ;; May) month=2 ;; Jun) month=3 ;; Jul) month=4 ;; Aug) month=5 ;;
    Sep) month=6 ;; Oct) month=7 ;; Nov) month=8 ;; Dec) month=9 ;; Jan) month=10 ;; Feb) month=11 ;;
    *) return ;;
  esac
  year=$4
  [ "$month" -lt 10 ] || year=$((year - 1))
  days=$((365 * year + year / 4 - year / 100 + year / 400 + (306 * month + 5) / 10 + $2 - 1 - 719468))
  clock=$3 hour=\${3%%:*} second=\${3##*:} minute=\${3#*:} minute=\${minute%%:*}
  echo $((days * 86400 + \${hour#0} * 3600 + \${minute#0} * 60 + \${second#0}))
}
if command -v perl >/dev/null 2>&1; then
  inspect() {
    perl -e '
      while (<STDIN>) {
        my @row = split;
        print && next if $row[0] eq "!";
        my ($last, $waiting) = (0, 0);
        for my $number (0 .. $row[3] - 1) {
          my ($pid, $more, $zero) = (semctl($row[1], $number, 11, 0), semctl($row[1], $number, 14, 0), semctl($row[1], $number, 15, 0));
          ($last, $waiting) = ("-", "-"), last unless defined $pid && defined $more && defined $zero;
          $last = $pid + 0 if $pid > 0;
          $waiting += $more + $zero;
        }
        print "@row $last $waiting\\n";
      }'
  }
else
  inspect() {
    while read -r row; do
      case $row in '!'*) echo "$row"; continue ;; esac
      set -- $row
      ipcs -s -i "$2" 2>/dev/null </dev/null | last_and_waiting "$row" "$4"
    done
  }
fi
last_and_waiting() {
  seen= count=0 last=0 waiting=0
  while read -r number value more zero pid rest; do
    case "$seen$number" in
      semnum) [ "$value $more $zero $pid" = 'value ncount zcount pid' ] && seen=yes, ;;
      yes,[0-9]*)
        count=$((count + 1)) waiting=$((waiting + more + zero))
        [ "$pid" -le 0 ] || last=$pid
        ;;
    esac
  done
  [ "$count" = "$2" ] || last=- waiting=-
  echo "$1 $last $waiting"
}
`;
