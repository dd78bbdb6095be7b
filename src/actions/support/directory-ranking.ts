import { RECORDS_AWK } from './file-search.ts';

/**
 * awk after `RECORDS_AWK`, over records of everything below some folders in the order of a walk (a folder before what is in it). Prints
 * of the `top` folders with most entries, or most bytes if `by` is `bytes`, a line `ENTRIES BYTES PATH`, counting only what is directly in
 * a folder. Only folders that are still open are held, so memory grows with the depth, not with the number of files.
 */
export const DIRECTORY_RANKING_AWK = `${RECORDS_AWK}
function judge(  parent, bytes) {
  match(path, /.*\\//)
  parent = RLENGTH > 1 ? substr(path, 1, RLENGTH - 1) : "/"
  while (open > 0 && folder[open] != parent && !inside(parent, folder[open])) close_last()
  if (open == 0 || folder[open] != parent) {
    folder[++open] = parent
    entries[open] = size[open] = 0
  }
  bytes = field[2] * field[3]
  if (field[6] ~ /^8/ && field[7] > 1) bytes /= field[7]
  entries[open]++
  size[open] += bytes
}
function inside(path, outer) { return outer == "/" || substr(path, 1, length(outer) + 1) == outer "/" }
function close_last(  amount, i) {
  amount = by == "bytes" ? size[open] : entries[open]
  if (ranked < top || amount > key[ranked]) {
    if (ranked < top) ranked++
    for (i = ranked; i > 1 && key[i - 1] < amount; i--) { key[i] = key[i - 1]; line[i] = line[i - 1] }
    key[i] = amount
    line[i] = sprintf("%d %.0f ", entries[open], size[open]) escaped(folder[open])
  }
  open--
}
function done(  i) {
  while (open > 0) close_last()
  for (i = 1; i <= ranked; i++) print line[i]
  print "end"
}
`;
