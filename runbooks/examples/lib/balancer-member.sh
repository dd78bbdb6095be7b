#!/bin/sh
# balancer-member.sh status|drain|put-back MANAGER POOL MEMBER
#
# Asks Apache's balancer-manager about one member of a pool, or changes whether it is given new requests. Every call prints the
# member's status ("in", "drained", or what else the manager says), the requests it is working on, and how many others are "in",
# each on a line of its own.
set -eu
want=$1 manager=$2 pool=$3 member=$4

page() { curl -fsS --max-time 10 -e "$manager" "$manager"; }

# The manager takes only what its own page sends: with the nonce that is on it.
set_drain() {
  nonce=$(page | sed -n 's/.*nonce=\([-0-9a-f]*\).*/\1/p' | sed -n 1p)
  curl -fsS --max-time 10 -o /dev/null -e "$manager" --data-urlencode "b=$pool" --data-urlencode "w=$member" \
    --data-urlencode "nonce=$nonce" -d "w_status_N=$1" "$manager"
}

case $want in
  drain) set_drain 1 ;;
  put-back) set_drain 0 ;;
esac

# A row has the worker, its route, ..., its status in cell 6, and the requests it works on in cell 8.
seen=$(page | grep -F "?b=$pool&amp;w=" | awk -F '</td><td>' -v link=">$member</a>" '
  function status(flags) {
    gsub(/^Init | +$/, "", flags)
    return flags == "Ok" ? "in" : flags ~ /Drn/ ? "drained" : flags
  }
  index($1, link) { own = status($6); busy = $8; next }
  status($6) == "in" { others++ }
  END { printf "%s\n%d\n%d\n", own == "" ? "absent" : own, busy, others }')
printf '%s\n' "$seen"

got=$(printf '%s\n' "$seen" | sed -n 1p)
case $want in
  drain) test "$got" = drained || { echo "the manager still says: $got" >&2; exit 1; } ;;
  put-back) test "$got" = in || { echo "the manager still says: $got" >&2; exit 1; } ;;
esac
