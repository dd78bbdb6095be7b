import { dirname } from 'node:path';
import type { FleetHost } from '../fleet/host.ts';
import { onHost } from '../fleet/on-host.ts';

const CONF = `ServerRoot "/etc/httpd"
Listen 80
Include conf.modules.d/*.conf
User apache
Group apache
PidFile run/httpd.pid
DocumentRoot "/var/www/html"
<Directory />
  Require all granted
</Directory>
ErrorLog "logs/error_log"
IncludeOptional conf.d/*.conf
`;

const MODULES = `LoadModule mpm_prefork_module modules/mod_mpm_prefork.so
LoadModule authz_core_module modules/mod_authz_core.so
LoadModule dir_module modules/mod_dir.so
`;

const ACCEPT = `Listen 8080
Mutex sysvsem default
`;

// The options name what this server, which was built for Debian, would look for elsewhere.
const SYSCONFIG = `OPTIONS="-d /etc/httpd -f conf/httpd.conf"
`;

const UNIT = `[Unit]
Description=The Apache HTTP Server
[Service]
Type=forking
PIDFile=/run/httpd/httpd.pid
EnvironmentFile=/etc/sysconfig/httpd
ExecStart=/usr/sbin/httpd $OPTIONS -k start
ExecStop=/usr/sbin/httpd $OPTIONS -k graceful-stop
[Install]
WantedBy=multi-user.target
`;

const RELEASE = `NAME="Rocky Linux"
VERSION="9.4 (Blue Onyx)"
ID="rocky"
ID_LIKE="rhel centos fedora"
VERSION_ID="9.4"
`;

const FILES: Readonly<Record<string, string>> = {
  '/etc/httpd/conf/httpd.conf': CONF,
  '/etc/httpd/conf.modules.d/00-base.conf': MODULES,
  '/etc/httpd/conf.d/accept.conf': ACCEPT,
  '/etc/sysconfig/httpd': SYSCONFIG,
  '/etc/systemd/system/httpd.service': UNIT,
  '/usr/lib/os-release': RELEASE,
};

/**
 * Makes a host with Debian's Apache one with Red Hat's paths, unit and user, and without apachectl. Apache runs, with a System V
 * semaphore as its accept mutex.
 */
export async function likeRedHat(host: FleetHost): Promise<void> {
  const writes = Object.entries(FILES).map(
    ([path, text]) => `mkdir -p ${dirname(path)}\ncat >${path} <<'END'\n${text}END`,
  );
  await onHost(
    host,
    `systemctl disable -q --now apache2
     useradd --system --home-dir /usr/share/httpd --shell /usr/sbin/nologin apache
     install -d -o apache -m 710 /run/httpd; install -d -m 700 /var/log/httpd
     mv /usr/sbin/apache2 /usr/sbin/httpd
     rm -rf /etc/apache2 /usr/sbin/apache2ctl /usr/sbin/apachectl /etc/init.d/apache2 /lib/systemd/system/apache2* /run/lock/apache2
     mkdir -p /etc/httpd; ln -s /usr/lib/apache2/modules /etc/httpd/modules
     ln -s ../../run/httpd /etc/httpd/run; ln -s ../../var/log/httpd /etc/httpd/logs
${writes.join('\n')}
     systemctl daemon-reload; systemctl enable -q --now httpd; ! command -v apachectl apache2ctl apache2`,
  );
}
