import { describe, expect, test } from 'vitest';
import { findSystemError, readErrorText } from '../../src/classify/error-messages.js';

/** Messages as programs print them, by the error of the system behind them. */
const MESSAGES: Readonly<Record<string, readonly string[]>> = {
  ECONNREFUSED: [
    'ECONNREFUSED',
    'econnrefused',
    '10061',
    '-111',
    '61',
    // Node
    'Error: connect ECONNREFUSED 127.0.0.1:5432',
    'AggregateError [ECONNREFUSED]: \n    at internalConnectMultiple (node:net:1118:18)',
    "{ errno: -111, code: 'ECONNREFUSED', syscall: 'connect', address: '10.0.0.5', port: 5432 }",
    'MongoServerSelectionError: connect ECONNREFUSED 10.0.0.5:27017',
    // Java
    'java.net.ConnectException: Connection refused (Connection refused)',
    'java.net.ConnectException: Connection refused: connect',
    'io.netty.channel.AbstractChannel$AnnotatedConnectException: Connection refused: /10.0.0.5:5432',
    'io.netty.channel.AbstractChannel$AnnotatedConnectException: Connection refused: no further information: /10.0.0.5:5432',
    'com.microsoft.sqlserver.jdbc.SQLServerException: The TCP/IP connection to the host db, port 1433 has failed. Error: "Connection refused (Connection refused). Verify the connection properties."',
    // Python
    'ConnectionRefusedError: [Errno 111] Connection refused',
    'ConnectionRefusedError: [WinError 10061] No connection could be made because the target machine actively refused it',
    'urllib3.exceptions.NewConnectionError: <urllib3.connection.HTTPConnection object at 0x7f2a1c0d5e50>: Failed to establish a new connection: [Errno 111] Connection refused',
    'redis.exceptions.ConnectionError: Error 111 connecting to 10.0.0.5:6379. Connection refused.',
    'pymongo.errors.ServerSelectionTimeoutError: db:27017: [Errno 111] Connection refused, Timeout: 30s',
    // Go, and what is written in it
    'dial tcp 10.0.0.5:5432: connect: connection refused',
    'Get "http://10.0.0.5:8080/": dial tcp 10.0.0.5:8080: connectex: No connection could be made because the target machine actively refused it.',
    'Readiness probe failed: Get "http://10.244.0.5:8080/healthz": dial tcp 10.244.0.5:8080: connect: connection refused',
    'Liveness probe failed: dial tcp 10.244.0.5:8080: connect: connection refused',
    'The connection to the server 10.0.0.5:6443 was refused - did you specify the right host or port? connection refused',
    'rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial tcp 10.0.0.5:443: connect: connection refused"',
    'context deadline exceeded: dial tcp 10.0.0.5:443: connect: connection refused',
    // curl, wget
    'curl: (7) Failed to connect to 10.0.0.5 port 5432 after 2 ms: Connection refused',
    "curl: (7) Failed to connect to 127.0.0.1 port 9 after 0 ms: Couldn't connect to server",
    'curl: (7) Failed to connect to db port 5432 after 2041 ms: Could not connect to server',
    "cURL error 7: Failed to connect to 10.0.0.5 port 80 after 1 ms: Couldn't connect to server",
    'Connecting to 127.0.0.1:9... failed: Connection refused.',
    "wget: can't connect to remote host (10.0.0.5): Connection refused",
    // .NET
    'System.Net.Sockets.SocketException (111): Connection refused',
    'Connection refused (10.0.0.5:5432)',
    'System.Net.Http.HttpRequestException: No connection could be made because the target machine actively refused it. (10.0.0.5:5432)',
    'A network-related or instance-specific error occurred while establishing a connection to SQL Server. (provider: TCP Provider, error: 0 - No connection could be made because the target machine actively refused it.)',
    'SocketError: ConnectionRefused',
    // databases
    'psql: error: connection to server at "127.0.0.1", port 9 failed: Connection refused\n\tIs the server running on that host and accepting TCP/IP connections?',
    "ERROR 2003 (HY000): Can't connect to MySQL server on 'db:3306' (111)",
    "ERROR 2003 (HY000): Can't connect to MySQL server on 'db' (10061)",
    'SQLSTATE[HY000] [2002] Connection refused',
    'Could not connect to Redis at 10.0.0.5:6379: Connection refused',
    'ORA-12541: TNS:no listener',
    // ssh, telnet, nc
    'ssh: connect to host db port 22: Connection refused',
    'telnet: Unable to connect to remote host: Connection refused',
    'nc: connect to 10.0.0.5 port 5432 (tcp) failed: Connection refused',
    'Ncat: Connection refused.',
    // PHP, Rust, Ruby, Erlang, Elixir
    'fsockopen(): Unable to connect to 10.0.0.5:5432 (Connection refused)',
    'Os { code: 111, kind: ConnectionRefused, message: "Connection refused" }',
    'error trying to connect: tcp connect error: Connection refused (os error 111)',
    'Errno::ECONNREFUSED: Connection refused - connect(2) for "10.0.0.5" port 5432',
    '{error,econnrefused}',
    '** (DBConnection.ConnectionError) tcp connect (10.0.0.5:5432): connection refused - :econnrefused',
    // proxies
    'connect() failed (111: Connection refused) while connecting to upstream, client: 10.0.0.1',
    'connect() failed (10061: No connection could be made because the target machine actively refused it) while connecting to upstream',
    'upstream connect error or disconnect/reset before headers. retried and the latest reset reason: remote connection failure, transport failure reason: delayed connect error: 111',
    'upstream connect error or disconnect/reset before headers. reset reason: remote connection failure, transport failure reason: delayed connect error: Connection refused',
    '(111)Connection refused: AH00957: HTTP: attempt to connect to 10.0.0.5:80 (10.0.0.5:80) failed',
    'Server web/a is DOWN, reason: Layer4 connection problem, info: "Connection refused", check duration: 0ms.',
    // browsers
    'net::ERR_CONNECTION_REFUSED',
    // Windows and glibc in other languages
    'Es konnte keine Verbindung hergestellt werden, da der Zielcomputer die Verbindung verweigerte. (localhost:3001)',
    'Aucune connexion n\u2019a pu être établie car l\u2019ordinateur cible l\u2019a expressément refusée.',
    'No se puede establecer una conexión ya que el equipo de destino denegó expresamente dicha conexión.',
    'Verbindungsaufbau abgelehnt',
  ],
  ETIMEDOUT: [
    'WSAETIMEDOUT (10060)',
    '10060',
    'Connection timed out',
    'Error: connect ETIMEDOUT 10.0.0.5:5432',
    'java.net.ConnectException: Connection timed out (Connection timed out)',
    'java.net.ConnectException: Connection timed out: connect',
    'TimeoutError: [Errno 110] Connection timed out',
    'TimeoutError: [WinError 10060] A connection attempt failed because the connected party did not properly respond after a period of time, or established connection failed because connected host has failed to respond',
    'dial tcp 10.0.0.5:5432: connect: connection timed out',
    'dial tcp 10.0.0.5:5432: connect: operation timed out',
    "curl: (28) Failed to connect to db port 8080 after 129261 ms: Couldn't connect to server",
    "fatal: unable to access 'https://db/': Failed to connect to db port 443 after 21044 ms: Couldn't connect to server",
    'A connection attempt failed because the connected party did not properly respond after a period of time, or established connection failed because connected host has failed to respond. (10.0.0.5:5432)',
    "ERROR 2003 (HY000): Can't connect to MySQL server on 'db:3306' (110)",
    "ERROR 2003 (HY000): Can't connect to MySQL server on 'db' (10060)",
    'connection to server at "10.0.0.5", port 5432 failed: Connection timed out',
    'ssh: connect to host db port 22: Operation timed out',
    'Errno::ETIMEDOUT: Connection timed out - connect(2) for "10.0.0.5" port 5432',
    '{:error, :etimedout}',
    'tcp connect error: Connection timed out (os error 110)',
    'ERR_CONNECTION_TIMED_OUT',
    'Ein Verbindungsversuch ist fehlgeschlagen, da die Gegenstelle nach einer bestimmten Zeitspanne nicht richtig reagiert hat',
    'Une tentative de connexion a échoué car le parti connecté n\u2019a pas répondu convenablement au-delà d\u2019une certaine durée',
    'Se produjo un error durante el intento de conexión ya que la parte conectada no respondió adecuadamente tras un periodo de tiempo',
  ],
  EHOSTUNREACH: [
    'EHOSTUNREACH',
    'No route  to host',
    'java.net.NoRouteToHostException: No route to host (Host unreachable)',
    'OSError: [Errno 113] No route to host',
    'dial tcp 10.0.0.5:5432: connect: no route to host',
    'ssh: connect to host db port 22: No route to host',
    'A socket operation was attempted to an unreachable host. (10.0.0.5:5432)',
    'connect() failed (113: No route to host) while connecting to upstream',
    'redis.exceptions.ConnectionError: Error 113 connecting to 10.0.0.5:6379. No route to host.',
    'net::ERR_ADDRESS_UNREACHABLE',
    'curl: (7) Failed to connect to 192.168.210.200 port 80: Keine Route zum Zielrechner',
    'Aucun chemin d\u2019accès pour atteindre l\u2019hôte cible',
  ],
  ENETUNREACH: [
    'connect: Network is unreachable',
    'OSError: [Errno 101] whatever',
    'connect ENETUNREACH 2001:db8::5:443 - Local (:::0)',
    'A socket operation was attempted to an unreachable network.',
  ],
  EHOSTDOWN: ['ssh: connect to host db port 22: Host is down'],
  ENOPROTOOPT: ['Protocol not available'],
  EACCES: [
    'Permission denied',
    'connect EACCES 10.0.0.255:80',
    'An attempt was made to access a socket in a way forbidden by its access permissions',
  ],
  ECONNRESET: [
    'Connection reset by peer',
    'kex_exchange_identification: read: Connection reset by peer',
    'read ECONNRESET',
    'An existing connection was forcibly closed by the remote host',
    'curl: (56) Recv failure: Connection reset by peer',
  ],
};

describe.each(Object.entries(MESSAGES))('what programs print for %s', (name, messages) => {
  test.each(messages)('%s', (message) => {
    const found = readErrorText(message);
    expect(found).toMatchObject({ about: 'error' });
    expect(findSystemError(message)?.name).toBe(name);
    expect(found).not.toHaveProperty('ownLimit');
  });
});

describe("a program's own time limit is told from the system's", () => {
  test.each([
    ['dial tcp 10.0.0.5:111: i/o timeout', /^Go/],
    ['Readiness probe failed: dial tcp 10.244.0.5:8080: i/o timeout', /^Go/],
    ['Get "http://10.0.0.5:8080/": context deadline exceeded (Client.Timeout exceeded while awaiting headers)', /Go/],
    ['rpc error: code = DeadlineExceeded desc = context deadline exceeded', /gRPC/],
    ['java.net.SocketTimeoutException: connect timed out', /Java/],
    ['java.net.SocketTimeoutException: Connect timed out', /Java/],
    ['io.netty.channel.ConnectTimeoutException: connection timed out: db/10.0.0.5:5432', /Netty/],
    ['java.net.http.HttpConnectTimeoutException: HTTP connect timed out', /Java/],
    ['failed to connect to db/10.0.0.5 (port 80) from /10.0.0.1 (port 40312) after 10000ms', /OkHttp/],
    ['timed out', /Python/],
    ['TimeoutError: timed out', /Python/],
    ['socket.timeout: timed out', /Python/],
    ['<urlopen error timed out>', /Python/],
    [
      "requests.exceptions.ConnectTimeout: HTTPConnectionPool(host='10.0.0.5', port=80): Max retries exceeded with url: / (Caused by ConnectTimeoutError(<urllib3.connection.HTTPConnection object at 0x7f>, 'Connection to 10.0.0.5 timed out. (connect timeout=5)'))",
      /Python/,
    ],
    [
      'TypeError: fetch failed { [cause]: ConnectTimeoutError: Connect Timeout Error { code: UND_ERR_CONNECT_TIMEOUT } }',
      /undici/,
    ],
    ['AxiosError: timeout of 5000ms exceeded', /axios/],
    ['AggregateError [ETIMEDOUT]: ', /Node/],
    ['curl: (28) Connection timed out after 5001 milliseconds', /curl/],
    ['curl: (28) Failed to connect to 10.99.0.5 port 80 after 1001 ms: Timeout was reached', /curl/],
    ['TimeoutError: The operation was aborted due to timeout', /AbortSignal/],
    ['IO::Socket::INET: connect: timeout', /perhaps/],
    ['connection to server at "10.0.0.5", port 5432 failed: timeout expired', /libpq/],
    ['The request was canceled due to the configured HttpClient.Timeout of 100 seconds elapsing.', /\.NET/],
    ['nc: connect to 10.0.0.5 port 5432 (tcp) timed out: Operation now in progress', /nc/],
    ['Ncat: TIMEOUT.', /nc/],
    ['Net::OpenTimeout: execution expired', /Ruby/],
    ['Failed to open TCP connection to 10.0.0.5:80 (execution expired)', /Ruby/],
    ['{:error, :timeout}', /Elixir/],
    ['{error,timeout}', /Erlang/],
    ['** (DBConnection.ConnectionError) tcp connect (10.0.0.5:5432): timeout', /Elixir/],
    ['deadline has elapsed', /tokio/],
    ['upstream timed out (110: Connection timed out) while connecting to upstream, client: 10.0.0.1', /nginx/],
    ['upstream connect error or disconnect/reset before headers. reset reason: connection timeout', /Envoy/],
    ['Server web/a is DOWN, reason: Layer4 timeout, check duration: 2001ms.', /HAProxy/],
    ['ORA-12170: TNS:Connect timeout occurred', /Oracle/],
  ])('%s', (message, whose) => {
    expect(readErrorText(message)).toMatchObject({
      about: 'error',
      errors: [{ name: 'ETIMEDOUT' }],
      ownLimit: expect.stringMatching(whose),
    });
  });
});

describe('a program that does not say which error it was', () => {
  test.each([
    ["curl: (7) Failed to connect to db port 80 after 3055 ms: Couldn't connect to server", 'EHOSTUNREACH'],
    ["curl: (7) Failed to connect to db port 80 after 1 ms: Couldn't connect to server", 'ECONNREFUSED'],
    ["curl: (7) Failed to connect to db port 80 after 0 ms: Couldn't connect to server", 'ENETUNREACH'],
    ['TypeError: fetch failed', 'ECONNREFUSED'],
    ['WARNING: TCP connect to (10.0.0.5 : 5432) failed', 'ETIMEDOUT'],
    ['IO Error: The Network Adapter could not establish the connection', 'ECONNREFUSED'],
    ['Could not open connection to the host, on port 23: Connect failed', 'ETIMEDOUT'],
  ])('leads from %s to several, among them %s', (message, name) => {
    const found = readErrorText(message);
    expect(found).toMatchObject({ about: 'error', remark: expect.stringMatching(/not say why/) });
    expect(found?.about === 'error' && found.errors.map((error) => error.name)).toContain(name);
  });
});

describe('what comes after the handshake', () => {
  test.each([
    'curl: (52) Empty reply from server',
    'server closed the connection unexpectedly\n\tThis probably means the server terminated abnormally',
    'Connection closed by foreign host.',
    'kex_exchange_identification: Connection closed by remote host',
    'Error: socket hang up',
    'net::ERR_EMPTY_RESPONSE',
    'http.client.RemoteDisconnected: Remote end closed connection without response',
    "ERROR 2013 (HY000): Lost connection to MySQL server at 'reading initial communication packet', system error: 0",
  ])('%s leads to the note of a connection that was accepted and closed', (message) => {
    expect(readErrorText(message)).toEqual({ about: 'note', note: 'accepted-then-closed' });
  });

  test.each([
    'java.net.SocketTimeoutException: Read timed out',
    "requests.exceptions.ReadTimeout: HTTPConnectionPool(host='10.0.0.5', port=80): Read timed out. (read timeout=5)",
    'curl: (28) Operation timed out after 5001 milliseconds with 0 bytes received',
    'upstream timed out (110: Connection timed out) while reading response header from upstream',
    'Connection Timeout Expired.  The timeout period elapsed while attempting to consume the pre-login handshake acknowledgement.',
    'net/http: TLS handshake timeout',
  ])('%s is no error of connecting', (message) => {
    expect(readErrorText(message)).toMatchObject({ about: 'something-else', what: expect.stringContaining('made') });
    expect(findSystemError(message)).toBeUndefined();
  });
});

describe('what comes before the first SYN', () => {
  test.each([
    'Error: getaddrinfo ENOTFOUND db.lan',
    'getaddrinfo EAI_AGAIN db.lan',
    'curl: (6) Could not resolve host: db.lan',
    'ssh: Could not resolve hostname db: Name or service not known',
    'java.net.UnknownHostException: db.lan',
    'dial tcp: lookup db.lan on 10.96.0.10:53: no such host',
    'dial tcp: lookup db.lan on 127.0.0.53:53: read udp 127.0.0.1:41212->127.0.0.53:53: read: connection refused',
    'dial tcp: lookup db.lan on 10.96.0.10:53: read udp 10.244.0.5:41212->10.96.0.10:53: i/o timeout',
  ])('%s is about a name', (message) => {
    expect(readErrorText(message)).toMatchObject({ about: 'something-else', what: expect.stringContaining('name') });
  });
});

describe('what is no error of connecting', () => {
  test.each(['', 'all is well', '10.0.0.5:111', '4711', 'ENOENT', 'Permission denied (publickey).', 'HTTP/1.1 200 OK'])(
    "'%s' is not taken for one",
    (text) => expect(findSystemError(text)).toBeUndefined(),
  );
});
