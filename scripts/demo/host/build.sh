# Becomes process 1 of the demo's host, in namespaces that unshare(1) has just made; started in the demo's own folder, with the
# folder `layer` (what is put over /usr and into /etc) and the files `host_key` and `authorized_keys`.
# Prints `ready PID` with its pid as the machine sees it, and lives until its standard input is closed: the host cannot
# outlive the demo, whatever happens to that.
# UIDS: `many`, or `one` when only root's uid exists here. USR: `overlay` or `bind`, how /usr is borrowed.
set -eu
read -r pid rest </proc/self/stat
folder=$PWD

mount -t tmpfs -o mode=755,size=64m host root
for name in bin sbin lib lib32 lib64 libx32; do
  if [ -L "/$name" ]; then cp -P "/$name" root/
  elif [ -d "/$name" ]; then mkdir "root/$name"; mount --rbind "/$name" "root/$name"
  fi
done
mkdir root/dev root/etc root/proc root/root root/run root/sys root/tmp root/usr root/var

# The machine's programs, read only, with ours over them. The path is relative: it may hold any character.
if [ "$USR" = overlay ]; then
  mount -t overlay -o lowerdir=layer/usr:/usr host root/usr
else
  mount --rbind /usr root/usr
  mount -o remount,bind,ro root/usr 2>/dev/null || [ "$UIDS" = one ]
  mount -t tmpfs -o mode=755 host root/usr/local
  cp -R layer/usr/local/. root/usr/local
fi
mount -t proc proc root/proc
mount -t tmpfs -o mode=755 host root/run
mount -t tmpfs -o mode=1777 host root/tmp
mount -t tmpfs -o mode=755 host root/dev
for name in null zero full random urandom; do : >"root/dev/$name"; mount --bind "/dev/$name" "root/dev/$name"; done
ln -s /proc/self/fd root/dev/fd
mkdir root/dev/shm root/run/lock root/run/sshd

[ ! -d layer/etc ] || cp -R layer/etc/. root/etc
[ ! -d /etc/alternatives ] || cp -RP /etc/alternatives root/etc/
for name in os-release mime.types; do [ ! -r "/etc/$name" ] || cp "/etc/$name" root/etc/; done
[ -e root/etc/mime.types ] || : >root/etc/mime.types
cd root
case $UIDS in
  many)
    printf '%s:/usr/sbin/nologin\n' 'www-data:x:33:33::/var/www' 'backup:x:34:34::/var/backups' 'sshd:x:105:65534::/run/sshd' >etc/passwd
    printf '%s\n' www-data:x:33: backup:x:34: nogroup:x:65534: >etc/group
    ;;
  one) : >etc/passwd; : >etc/group ;;
esac
echo 'root:*:0:0::/root:/bin/sh' >>etc/passwd
echo 'root:x:0:' >>etc/group
printf '%s: files\n' passwd group hosts >etc/nsswitch.conf
printf '127.0.0.1 localhost web01\n' >etc/hosts
: >etc/resolv.conf
echo web01 >etc/hostname
hostname web01 2>/dev/null || :
tr -d - <proc/sys/kernel/random/uuid >etc/machine-id
# Started at boot, as Debian's package has it.
mkdir etc/rc2.d
ln -s ../init.d/apache2 etc/rc2.d/S01apache2
mkdir -p var/log/apache2 var/lib/apache2 var/cache/apache2 var/www/html
: >var/log/kern.log
ln -s /run var/run
ln -s /run/lock var/lock
echo 'It works' >var/www/html/index.html
mkdir -m 700 root/.ssh
mkdir -p etc/ssh
cp ../authorized_keys root/.ssh/
cp ../host_key etc/ssh/
chmod 600 root/.ssh/authorized_keys etc/ssh/host_key

# Loopback, without the `ip` that a small machine lacks: SIOCSIFFLAGS, up and running.
perl -e 'socket(my $s, 2, 1, 0); my $up = pack("a16 s x64", "lo", 0x41); ioctl($s, 0x8914, $up) or die "lo: $!\n"'
# At most 8 sets of semaphores, as on a small server: SEMMSL SEMMNS SEMOPM SEMMNI.
echo '250 32000 32 8' >proc/sys/kernel/sem

# The machine's own files go out of sight. Only then may anybody come in: who enters earlier would be on the machine itself.
# The last argument is for those who look at the machine's processes.
mkdir old
pivot_root . old
exec chroot . /bin/sh -euc 'cd /; umount -l /old; rmdir /old
  echo "ready $1"
  exec 3<&0 </dev/null >/dev/null 2>&1
  trap "exit 0" TERM
  (cat <&3; kill -TERM 1) & exec 3<&-
  set +e; while :; do sleep 1000 & wait $!; done' sh "$pid" "$folder"
