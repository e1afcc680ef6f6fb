/** The names that IANA gives to ports people connect to, where that name tells what usually runs there. */

const NAMES = `
7 echo 9 discard 13 daytime 19 chargen 20 ftp-data 21 ftp 22 ssh 23 telnet 25 smtp 37 time 43 whois 49 tacacs 53 domain
70 gopher 79 finger 80 http 88 kerberos 102 iso-tsap 110 pop3 111 sunrpc 113 ident 119 nntp 135 epmap
139 netbios-ssn 143 imap 179 bgp 194 irc 389 ldap 443 https 445 microsoft-ds 464 kpasswd 465 submissions
502 mbap 512 exec 513 login 514 shell 515 printer 543 klogin 544 kshell 548 afpovertcp 554 rtsp 563 nntps
587 submission 593 http-rpc-epmap 631 ipp 636 ldaps 639 msdp 646 ldp 853 domain-s 860 iscsi 873 rsync 989 ftps-data
990 ftps 992 telnets 993 imaps 995 pop3s 1080 socks 1194 openvpn 1433 ms-sql-s 1723 pptp 1883 mqtt
2049 nfs 2379 etcd-client 2380 etcd-server 2404 iec-104 
2628 dict 3260 iscsi-target 3268 msft-gc 3269 msft-gc-ssl 3306 mysql 3389 ms-wbt-server 3690 svn
4369 epmd 4840 opcua-tcp 5060 sip 5061 sips 5222 xmpp-client 5269 xmpp-server 5432 postgresql
5671 amqps 5672 amqp 5683 coap 5900 rfb 5984 couchdb 5985 wsman 5986 wsmans 6000 x11 6379 redis
6514 syslog-tls 6653 openflow 6667 ircu 6697 ircs-u 8080 http-alt
8883 secure-mqtt 9100 pdl-datastream 9418 git 10050 zabbix-agent
10051 zabbix-trapper 11211 memcache 20000 dnp 27017 mongodb 33434 traceroute 
47808 bacnet`;

const BY_PORT: ReadonlyMap<number, string> = new Map(
  [...NAMES.matchAll(/(\d+) ([\w-]+)/g)].map(([, port, name]) => [Number(port), name]),
);

/**
 * The IANA service name of a TCP port, if it is one of the well-known ones.
 *
 * @example
 * serviceName(5432) // 'postgresql'
 */
export function serviceName(port: number): string | undefined {
  return BY_PORT.get(port);
}
