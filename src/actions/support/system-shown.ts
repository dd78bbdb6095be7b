/**
 * awk that tells whether a folder is, or has mounted below it, what belongs to the system under another name: by a bind mount, as chroots
 * and containers have them, or another mount of its disk. It reads lines `tree FOLDER` (all of it belongs to the system) and
 * `shared FOLDER` (itself does), without links, then `/proc/self/mountinfo`. Environment: `place`, the folder without links; `one_fs`,
 * empty when what is mounted below counts. It prints what a person has to know after the name of the folder, or nothing; without any
 * mount it exits with 1.
 */
export const SYSTEM_SHOWN_AWK = `
function plain(text) {
  gsub(/\\\\040/, " ", text); gsub(/\\\\011/, "\\t", text); gsub(/\\\\012/, "\\n", text); gsub(/\\\\043/, "#", text)
  gsub(/\\\\134/, "\\\\", text)
  return text
}
function within(path, folder) { return path == folder || folder == "/" || index(path, folder "/") == 1 }
function locate(path,  i, best, rest) {
  best = 0
  for (i = 1; i <= mounts; i++)
    if (within(path, point[i]) && (!best || length(point[i]) >= length(point[best]))) best = i
  located_on = best ? device[best] : ""
  rest = point[best] == "/" ? path : substr(path, length(point[best]) + 1)
  if (rest == "/") rest = ""
  located_at = (shown[best] == "/" ? "" : shown[best]) rest
  if (located_at == "") located_at = "/"
}
function system_at(on, at,  i) {
  for (i = 1; i <= systems; i++) {
    if (system_on[i] != on) continue
    if (within(system_path[i], at) || (whole[i] && within(at, system_path[i]))) return name[i]
  }
  return ""
}
function judge(  i, found, advice) {
  for (i = 1; i <= systems; i++) { locate(name[i]); system_on[i] = located_on; system_path[i] = located_at }
  locate(ENVIRON["place"])
  if (located_on != "" && (found = system_at(located_on, located_at)) != "")
    return "shows or holds " found ", which belongs to the system: name the folder of one program"
  if (ENVIRON["one_fs"] != "") return ""
  advice = ": leave one_file_system true, or name a folder without it"
  for (i = 1; i <= mounts; i++) {
    if (point[i] == ENVIRON["place"] || !within(point[i], ENVIRON["place"])) continue
    if (kind[i] ~ /^(${[
      'autofs',
      'binfmt_misc',
      'bpf',
      'cgroup2?',
      'configfs',
      'debugfs',
      'devpts',
      'devtmpfs',
      'efivarfs',
      'mqueue',
      'proc',
      'pstore',
      'securityfs',
      'selinuxfs',
      'sysfs',
      'tracefs',
    ].join('|')})$/) return "has a file system of the kernel below it, " kind[i] " on " seen[i] advice
    if ((found = system_at(device[i], shown[i])) != "")
      return "has " seen[i] " below it, which shows " found ", and that belongs to the system" advice
  }
  return ""
}
$1 == "tree" || $1 == "shared" {
  whole[++systems] = $1 == "tree"
  name[systems] = substr($0, length($1) + 2)
  next
}
{
  mounts++
  for (i = 7; i < NF && $i != "-"; i++);
  kind[mounts] = $(i + 1); seen[mounts] = $5
  shown[mounts] = plain($4); point[mounts] = plain($5)
  # NFS says that every mount shows the root of its disk, so the export has to tell.
  device[mounts] = $3 (kind[mounts] ~ /^nfs/ ? " " $(i + 2) : "")
}
END {
  if (!mounts) exit 1
  printf "%s", judge()
}
`;
