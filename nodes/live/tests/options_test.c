/* The command line and the file: what is refused, and in which words. */
#include "scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { REFUSED = 2, ARGUMENTS = 16 };

static void expect_exit(const char *const *arguments, int status, const char *words) {
  const char *argv[PROCESS_ARGUMENTS_MAX] = {COAP_EAP_NODE};
  struct process process;
  for (size_t i = 0; arguments[i] != NULL; i++)
    argv[1 + i] = arguments[i];
  process_start(&process, "refused", argv);
  assert_int_equal(process_wait(&process, SCENE_LIMIT_MS), status);
  if (process_wrote(&process, words))
    return;
  char *err = process_err(&process);
  fail_msg("no \"%s\" in:\n%s", words, err);
}

static void options_on_command_lines(void **state) {
  static const struct {
    const char *arguments[ARGUMENTS];
    const char *words;
  } cases[] = {
      {{NULL}, "Usage: coap-eap-node"},
      {{"pear"}, "Usage: coap-eap-node"},
      {{"peer"}, "--authenticator ADDRESS is needed"},
      {{"peer", "--authenticator", "::1"}, "an identity is missing"},
      {{"peer", "--authenticator", "::1", "--identity", "x"}, "needs a key (psk)"},
      {{"peer", "--identity", ""}, "--identity: \"\" is not accepted (it is empty)"},
      {{"peer", "--authenticator", "::1:x"}, "it takes an address such as"},
      {{"peer", "--authenticator", "127.0.0.1:65536"}, "a number from 0 to 65535"},
      {{"peer", "--authenticator", "[::1"}, "`[` without `]`"},
      {{"peer", "--authenticator", "no.such.name.invalid"}, "--authenticator: "},
      {{"peer", "--psk", "short"}, "32 hexadecimal digits or 16 characters"},
      {{"peer", "--psk", "7466672d70617373776f72647465737g"}, "it is no key of 16 octets"},
      {{"peer", "--methods", "md5"}, "it takes a list of: psk, edhoc"},
      {{"peer", "--edhoc-method", "4"}, "an integer from 0 to 3"},
      {{"peer", "--edhoc-suite", "7"}, "one of 0 to 3 among them: 2 or 3,2"},
      {{"peer", "--eap-mtu", "63"}, "an integer from 64 to 1020"},
      {{"peer", "--authenticator", "::1", "--identity", "x", "--methods", "edhoc"},
       "the method edhoc needs the files edhoc-key, edhoc-cred and edhoc-id-cred"},
      {{"peer", "--seqnum-bytes", "17"}, "an integer from 1 to 16"},
      {{"peer", "--seqnum-bytes", "-1"}, "it is no integer"},
      {{"peer", "--seqnum-bytes", "99999999999999999999"}, "out of range"},
      {{"peer", "--ack-random-factor", "1.234"}, "at most two decimals"},
      {{"peer", "--ack-random-factor", "0.99"}, "it is out of range"},
      {{"peer", "--ack-random-factor", "1.2.3"}, "it is no such number"},
      {{"peer", "--location-option", "path"}, "one of: uri-path|location-path"},
      {{"peer", "--stay=perhaps"}, "on or off"},
      {{"peer", "stray"}, "an argument that is no option is not expected here"},
      {{"peer", "--count", "010"}, "it is no integer"},
      {{"peer", "--count", "0x10"}, "it is no integer"},
      {{"peer", "--count", "+1"}, "it is no integer"},
      {{"peer", "--count", " 1"}, "it is no integer"},
      {{"peer", "--count", "1e3"}, "it is no integer"},
      {{"peer", "--count", "5.0"}, "it is no integer"},
      {{"peer", "--count", ""}, "it is no integer"},
      {{"peer", "--count", "99999999999999999999"}, "it is out of range"},
      {{"peer", "--seqnum-bytes", "01"}, "it is no integer"},
      {{"peer", "--ack-random-factor", "1."}, "it is no such number"},
      {{"peer", "--ack-random-factor", ".5"}, "it is no such number"},
      {{"peer", "--ack-random-factor", "01.5"}, "it is no such number"},
      {{"peer", "--ack-random-factor", "1e0"}, "it is no such number"},
      {{"peer", "--ack-random-factor", "inf"}, "it is no such number"},
      {{"peer", "--authenticator", "127.0.0.1:05683"}, "a number from 0 to 65535"},
      {{"peer", "--authenticator", "127.0.0.010"}, "four numbers from 0 to 255"},
      {{"peer", "--authenticator", "127.1:5683"}, "four numbers from 0 to 255"},
      {{"peer", "--authenticator", "0x7f000001"}, "four numbers from 0 to 255"},
      {{"peer", "--authenticator", "2130706433"}, "four numbers from 0 to 255"},
      {{"peer", "--methods", "psk,psk"}, "a method is there twice"},
      {{"peer", "--count", "1", "--count", "2"}, "--count is given twice"},
      {{"peer", "--psk", SCENE_PSK, "--psk", SCENE_WRONG_PSK}, "--psk is given twice"},
      {{"peer", "--stay", "--stay=off"}, "--stay is given twice"},
      {{"peer", "--config", "a", "-cb"}, "--config is given twice"},
      {{"peer", "--count=1", "--count", "1"}, "--authenticator ADDRESS is needed"},
      {{"peer", "--secret", "x"}, "unrecognized option '--secret'"},
      {{"peer", "--p=1"}, "option '--p' is ambiguous"},
      {{"authenticator"}, "no users"},
      {{"authenticator", "--radius-server", "::1"}, "--radius-server needs --secret"},
      {{"authenticator", "--psk", SCENE_PSK}, "user \"\": an identity is missing"},
      {{"pre"}, "the lower layer has no relay: --lower-layer pana has"},
      {{"pre", "--lower-layer", "pana"}, "--authenticator ADDRESS is needed"},
      {{"pre", "--psk", "x"}, "unrecognized option '--psk'"},
      {{"aaa"}, "no RADIUS clients"},
      {{"aaa", "--client", "::1"}, "--client and --secret belong together"},
      {{"aaa", "--client", "::1", "--secret", "x"}, "no users"},
      {{"proxy"}, "no RADIUS clients"},
      {{"proxy", "--client", "::1"}, "--client and --secret belong together"},
      {{"proxy", "--client", "::1", "--secret", "x"}, "no realms"},
      {{"proxy", "--client", "::1", "--secret", "x", "--realm", "a.b"},
       "--radius-server, --realm and --server-secret belong together"},
      {{"proxy", "--client", "::1", "--secret", "x", "--realm", "a", "--radius-server", "::1",
        "--server-secret", "x"},
       "--realm is no realm"},
      {{"proxy", "--client", "::1", "--secret", "x", "--realm", "a.b", "--radius-server", "::1",
        "--server-secret", "x", "--radius-ports", "1", "--requests-max", "257"},
       "--requests-max is more than 256 for each of --radius-ports"},
      {{"proxy", "--psk", "x"}, "unrecognized option '--psk'"},
      {{"controller"}, "--audience NAME=IDENTITY[:PORT] is needed"},
      {{"controller", "--audience", "a=x", "--allow", "*:b:GET:/light"},
       "--allow: there is no --audience \"b\""},
      {{"controller", "--audience", "a=x"}, "no users"},
      {{"controller", "--audience", "a=x", "--lower-layer", "pana"},
       "--lower-layer: only coap-eap and coap-eap-rfc9820 bring requests"},
      {{"controller", "--audience", "a"},
       "--audience: \"a\" is not accepted (it has no `='); it takes NAME=IDENTITY[:PORT], as"},
      {{"controller", "--audience", "=x"}, "(a name has 1 to 32 octets)"},
      {{"controller", "--audience", "a@b=x"}, "(a name has none of `=', `:' and `@')"},
      {{"controller", "--audience", "a=:5685"}, "(an identity has 1 to 253 octets)"},
      {{"controller", "--audience", "a=x", "--audience", "a=y"}, "(the name is there twice)"},
      {{"controller", "--allow", "alice:a:GET"}, "(it has less than three colons)"},
      {{"controller", "--allow", "alice:a:GET:light"}, "(its path does not begin with a slash)"},
      {{"controller", "--allow", "alice:a:GET:/a/b"}, "(a path is one segment of 1 to 16 octets)"},
      {{"controller", "--allow", "alice:a:get:/light"},
       "(its methods are not among GET, POST and PUT); it takes CLIENT:AUDIENCE:METHODS:/PATH"},
      {{"controller", "--allow", "alice:a:GET+:/light"}, "(its methods are not among GET, POST"},
      {{"controller", "--allow", ":a:GET:/light"}, "(a client is missing)"},
      {{"controller", "--allow", "b:a:GET:/1", "--allow", "b:a:GET:/2", "--allow", "b:a:GET:/3",
        "--allow", "b:a:GET:/4", "--allow", "b:a:GET:/5"},
       "(there are more than 4 paths)"},
      {{"controller", "--ace-profile", "oscore"}, "it takes one of: coap_oscore|coap_dtls"},
      {{"controller", "--scope", "long"}, "it takes one of: short|aif"},
      {{"controller", "--scope-path", "/light"}, "--scope-path takes a path of one segment"},
      {{"controller", "--token-lifetime-s", "0"}, "an integer from 1 to 4294967295"},
      {{"controller", "--get", "light"}, "unrecognized option '--get'"},
      {{"resource-server"}, "--audience NAME is needed, of 1 to 32 octets"},
      {{"resource-server", "--audience", "a"}, "--authenticator ADDRESS is needed: where the cont"},
      {{"resource-server", "--audience", "a", "--authenticator", "::1"}, "an identity is missing"},
      {{"resource-server", "--audience", "a", "--authenticator", "::1", "--identity", "x", "--psk",
        SCENE_PSK, "--lower-layer", "pana"},
       "--lower-layer: only coap-eap and coap-eap-rfc9820 bring requests"},
      {{"resource-server", "--resource", "light"}, "(it has no `='); it takes PATH=VALUE, as"},
      {{"resource-server", "--resource", "=off"}, "(a path is one segment of 1 to 16 octets)"},
      {{"resource-server", "--resource", "authz-info=x"}, "(authz-info is where tokens come)"},
      {{"resource-server", "--resource", "a=1", "--resource", "/a=2"}, "(the path is there twice)"},
      {{"resource-server", "--resource", "a=1", "--resource", "b=2", "--resource", "c=3",
        "--resource", "d=4", "--resource", "e=5"},
       "(there are more than 4 resources)"},
      {{"resource-server", "--access-port", "65535"}, "an integer from 0 to 65534"},
      {{"resource-server", "--linger-ms", "1"}, "unrecognized option '--linger-ms'"},
      {{"client"}, "--server AUDIENCE@ADDRESS is needed"},
      {{"client", "--server", "a@::1"}, "--get PATH, --post PATH or --put PATH is needed"},
      {{"client", "--server", "a@::1", "--get", "light"}, "--authenticator ADDRESS is needed: wh"},
      {{"client", "--server", "a"},
       "(it has no `@'); it takes AUDIENCE@ADDRESS[:PORT], as light-1@[::1]:5685"},
      {{"client", "--server", "a@::1:x"}, "--server: \"a@::1:x\" is not accepted"},
      {{"client", "--server", "a@::1", "--server", "a@::2"}, "(the name is there twice)"},
      {{"client", "--get", "a/b"}, "(a path is one segment of 1 to 16 octets); it takes a path"},
      {{"client", "--get", ""}, "--get: \"\" is not accepted"},
      {{"client", "--ask-scope", "DELETE"}, "(its methods are not among GET, POST and PUT)"},
      {{"client", "--ask-scope", "GET:light"}, "(its path does not begin with a slash)"},
      {{"client", "--server", "a@::1", "--get", "a", "--get", "b", "--get", "c", "--get", "d",
        "--get", "e"},
       "what is asked for has more than 4 paths"},
      {{"client", "--server", "a@::1", "--get", "a", "--token-in-handshake"},
       "--token-in-handshake needs --ace-profile coap_dtls"},
      {{"ue"}, "--application-server NAME=ADDRESS is needed"},
      {{"ue", "--application-server", "aps1=::1"}, "--authenticator ADDRESS is needed"},
      {{"ue", "--application-server", "aps1=::1", "--authenticator", "::1"}, "--realm is needed"},
      {{"ue", "--application-server", "aps1=::1", "--authenticator", "::1", "--realm", "a.b"},
       "an identity is missing"},
      {{"ue", "--application-server", "::1"}, "(it has no `='); it takes NAME=ADDRESS"},
      {{"ue", "--application-server", "=::1"}, "(a name has 1 to 64 octets)"},
      {{"ue", "--application-server", "a=::1:x"}, "--application-server: \"a=::1:x\""},
      {{"ue", "--application-server", "a=::1", "--application-server", "a=::2"},
       "(the name is there twice)"},
      {{"ue", "--application-server", "a=::1", "--pull", "erp,psk-identity"},
       "--pull is one of them, at a UE"},
      {{"ue", "--application-server", "a=::1", "--pull", "configured"},
       "--key is needed with --pull configured, once for each --application-server"},
      {{"ue", "--pull", "push"}, "(there is no such pull); it takes a list of: erp, psk-identity"},
      {{"ue", "--pull", ","}, "(it is empty)"},
      {{"ue", "--key", "7c2cda67750fe534"}, "(there is no such identity before a comma)"},
      {{"ue", "--key", "7C2CDA67750FE534,00"}, "(there is no such identity before a comma)"},
      {{"ue", "--key", "7c2cda67750fe534,00"}, "(it is no key of 16 or 32 octets)"},
      {{"ue", "--secure", "tls"}, "(there is no such channel); it takes one of: dtls|ikev2-udp"},
      {{"aps", "--secure", "ikev2"}, "(it needs more than sockets of UDP)"},
      {{"ue", "--erp-begins"}, "unrecognized option '--erp-begins'"},
      {{"aa"}, "no users"},
      {{"aa", "--application-server", "::1,x,a"}, "--application-server needs --realm"},
      {{"aa", "--application-server", "::1,x,a", "--application-server", "::1,y,b", "--realm",
        "c.d"},
       "an address has two secrets"},
      {{"as"}, "no RADIUS clients"},
      {{"as", "--application-server", "::1,x"}, "(it has less than two commas)"},
      {{"as", "--application-server", "::1,,a"}, "(a secret is missing)"},
      {{"as", "--application-server", "::1,x,a"},
       "--application-server and --provider need --realm"},
      {{"as", "--application-server", "::1,x,a", "--provider", "::1,y,b"},
       "an address has two secrets"},
      {{"as", "--client", "::1", "--secret", "x", "--manufacturer", "::1"},
       "--manufacturer, --manufacturer-secret and --manufacturer-realm belong together"},
      {{"as", "--client", "::1", "--secret", "x", "--manufacturer", "::1", "--manufacturer-secret",
        "x", "--manufacturer-realm", "b.c"},
       "--manufacturer needs --name and --realm"},
      {{"aaa", "--application-server", "::1,x,a"}, "unrecognized option '--application-server'"},
      {{"aps"}, "--name is needed, of 1 to 64 octets"},
      {{"aps", "--name", "a"}, "--radius-server and --secret are needed"},
      {{"aps", "--name", "a", "--radius-server", "::1", "--secret", "x", "--pull", "psk-identity"},
       "--pull psk-identity and ikev2-idi need --realm"},
      {{"aps", "--name", "a", "--pull", "configured"},
       "--pull configured and --key belong together"},
      {{"aaa", "--config", "/no/such/file"}, "/no/such/file: No such file or directory"},
  };
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    expect_exit(cases[i].arguments, REFUSED, cases[i].words);
}

static void options_in_files(void **state) {
  static const struct {
    const char *role;
    const char *text;
    const char *words;
  } cases[] = {
      {"peer", "peer:\n  idenity: x\n",
       ":2:3: unknown key \"idenity\"; did you mean \"identity\"? accepted: authenticator, "},
      {"peer", "pear: {}\n",
       ":1:1: unknown key \"pear\"; did you mean \"peer\"? accepted: lower_layer, peer, "},
      {"peer", "lower_layer: {seqnum_bytes: 99}\n",
       ":1:29: seqnum_bytes: \"99\" is not accepted (it is out of range); it takes an integer from "
       "1 to 16"},
      {"peer", "lower_layer: {seqnum_bytes: [1]}\n", ":1:29: seqnum_bytes takes an integer"},
      {"proxy", "realms: [{realm: a.b, server: \"::1\"}]\n",
       ":1:10: a realm needs realm, server and secret"},
      {"proxy", "realms: [{realm: a, server: \"::1\", secret: x}]\n",
       ":1:18: realm: \"a\" is none"},
      {"proxy", "realms: [{realms: a.b}]\n",
       ":1:11: unknown key \"realms\"; did you mean \"realm\"? accepted: realm, server, secret"},
      {"proxy",
       "realms:\n- {realm: a.b, server: \"::1\", secret: x}\n"
       "- {realm: A.B, server: \"::1\", secret: x}\n",
       ":3:3: the realm is there twice"},
      {"proxy", "users: [x]\nlower_layer: [x]\nradius_clients: {}\n",
       ":3:17: a list (- item) is expected here"},
      {"peer", "peer: {identity: a, identity: b}\n", ":1:21: \"identity\" is here twice"},
      {"peer", "peer: {? [a] : b}\n", ":1:10: a key has to be one word"},
      {"peer", "peer: x\n", ":1:7: a mapping (key: value) is expected here"},
      {"peer", "peer: {psk: secret word}\n", ":1:13: psk: \"***\" is not accepted"},
      {"peer", "peer: {identity: \"a\\0b\"}\n", ":1:18: a text with a zero octet"},
      {"peer", "aaa: {secret: \"a\\0b\"}\n", ":1:15: a text with a zero octet"},
      {"peer", "aaa:\n  bind: x\n  bind: x\n", ":3:3: \"bind\" is here twice"},
      {"peer", "peer: {}\n---\npeer: {}\n", ":2:1: a second document is not accepted"},
      {"peer", "peer: {}\n...\nrubbish\n", ":3:1: did not find expected"},
      {"peer", "peer: {}\n---\n", ":2:1: a second document is not accepted"},
      {"peer", "peer: {}\n--- {\n", ":2:1: a second document is not accepted"},
      {"peer", "peer:\n\tcount: 1\n", ":2:1: found character that cannot start any token"},
      {"peer", "peer: {identity: a}\n# \xc3\xa4\xff\n", ":2:4: invalid leading UTF-8 octet"},
      {"peer", "peer: {identity: \"\xc3\xa4\xc3\"}\n", ":1:21: invalid trailing UTF-8 octet"},
      {"peer", "# \x01\n", ":1:3: control characters are not allowed"},
      {"peer", "\xff\xfep\n", ":1:1: invalid leading UTF-8 octet"},
      {"peer", "peer: {psk: !!binary AAAA}\n", ":1:13: types (tags) are not understood"},
      {"peer", "peer: {count: !!int 1}\n", ":1:15: types (tags) are not understood"},
      {"peer", "peer: {identity: }\n", ":1:18: identity takes a text"},
      {"peer", "peer: {identity: ~}\n", ":1:18: identity takes a text"},
      {"peer", "peer: {identity: null}\n", ":1:18: identity takes a text"},
      {"peer", "peer: {<<: {identity: x}}\n", ":1:8: unknown key \"***\"; accepted: "},
      {"peer", "peer: &a {identity: *a}\n", ":1:7: identity takes a text"},
      {"peer", "peer: {count: 0x10}\n",
       ":1:15: count: \"0x10\" is not accepted (it is no integer)"},
      {"peer", "peer: {count: 010}\n", ":1:15: count: \"010\" is not accepted (it is no integer)"},
      {"peer", "peer: {count: 1_0}\n", ":1:15: count: \"1_0\" is not accepted (it is no integer)"},
      {"peer", "peer: {count: 1.0}\n", ":1:15: count: \"1.0\" is not accepted (it is no integer)"},
      {"aaa", "users:\n- {identity: x}\n- {identity: x}\n", ":3:3: the identity \"x\" is another"},
      {"aaa",
       "radius_clients:\n- {address: 127.0.0.1, secret: x}\n- {address: 127.0.0.1, secret: y}\n",
       ":3:3: the address is another RADIUS client's, too"},
      {"peer", "peer: {\n", ": did not find expected"},
      {"peer", "", "--authenticator ADDRESS is needed"},
      {"peer", "peer: {methods: [edhoc, md5]}\n",
       ":1:17: methods: \"edhoc,md5\" is not accepted (there is no such method)"},
      {"peer", "peer: {methods: [[psk]]}\n", ":1:17: methods takes a list of: psk, edhoc"},
      {"aaa", "users: {}\n", ":1:8: a list (- item) is expected here"},
      {"aaa", "users:\n  - {name: x}\n",
       ":2:6: unknown key \"name\"; accepted: identity, methods, psk, peer_id, server_id, "
       "edhoc_method, "},
      {"aaa", "radius_clients:\n  - {address: \"::1\"}\n", ":2:5: a RADIUS client needs address"},
      {"aaa", "radius_clients:\n  - {address: \"::1:x\", secret: x}\n",
       ":2:15: address: \"::1:x\""},
      {"aaa", "radius_clients:\n  - {port: 1}\n",
       "unknown key \"port\"; accepted: address, secret"},
      {"as", "application_servers:\n- {name: a, address: \"::1\"}\n",
       ":2:3: name, address and secret are needed here"},
      {"ue", "application_servers:\n- {name: a}\n", ":2:3: name and address are needed here"},
      {"ue", "application_servers:\n- {nome: a}\n",
       ":2:4: unknown key \"nome\"; did you mean \"name\"? accepted: name, address, secret"},
      {"ue",
       "application_servers:\n- {name: a, address: \"::1\", secret: x}\n- {name: a, address: "
       "\"::2\"}\n",
       ":3:3: the name is there twice"},
      {"controller", "controller: {allow: [\"a:b:GET:/c\", x]}\n",
       ":1:36: allow: \"x\" is not accepted (it has less than three colons); it takes CLIENT:"},
      {"controller", "controller: {allow: [[x]]}\n", ":1:22: allow takes CLIENT:AUDIENCE:METHODS"},
      {"client", "client: {get: light, gett: x}\n",
       ":1:22: unknown key \"gett\"; did you mean \"get\"? accepted: "},
      {"peer", "application_servers: x\nproviders: x\n", "--authenticator ADDRESS is needed"},
      {"as", "providers: [{name: a, address: \"::1\", secret: \"\"}]\n",
       ":1:13: a secret is missing"},
      {"aaa", "radius_clients: [{address: \"::1\", secret: x}]\nusers: [{identity: x}]\n",
       "user \"x\": the method needs a key"},
  };
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const char *path = process_file("bad.yaml", "%s", cases[i].text);
    const char *const arguments[] = {cases[i].role, "--config", path, NULL};
    expect_exit(arguments, REFUSED, cases[i].words);
  }
}

/* Files of octets, of some length, and none. */
static void files_as_they_come(void **state) {
  static const struct {
    const char *make; /* a file of this name, by a shell */
    const char *words;
  } cases[] = {
      {"mkdir -p $0", ": Is a directory"},
      {"head -c 1048577 /dev/zero | tr '\\0' '#' > $0", ": it is longer than a megabyte"},
      {"printf 'peer: {}\\n#\\000\\n' > $0", ":2:2: control characters are not allowed"},
      {"yes '[' | head -c 1000000 | tr -d '\\n' > $0", ":1:9: this is nested too deeply"},
      {"(printf 'aaa: {'; seq -f 'k%.0f: 1,' 50000; echo '}') > $0",
       ":1001:1: these are more keys"},
      {"(printf 'users: &a ['; for i in $(seq 99999); do printf '*a,'; done; echo ']') > $0",
       "--authenticator ADDRESS is needed"},
  };
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    char name[32];
    snprintf(name, sizeof name, "file-%zu.yaml", i);
    const char *path = process_path(name);
    const char *const make[] = {"sh", "-c", cases[i].make, path, NULL};
    free(process_capture("make", make));
    const char *const arguments[] = {"peer", "--config", path, NULL};
    expect_exit(arguments, REFUSED, cases[i].words);
  }
}

static void help(void **state) {
  static const char *const arguments[][3] = {
      {"--help"},          {"peer", "--help"},       {"authenticator", "--help"},
      {"aaa", "--help"},   {"pre", "--help"},        {"proxy", "--help"},
      {"ue", "--help"},    {"aa", "--help"},         {"as", "--help"},
      {"aps", "--help"},   {"controller", "--help"}, {"resource-server", "--help"},
      {"client", "--help"}};
  (void)state;
  for (size_t i = 0; i < sizeof arguments / sizeof arguments[0]; i++)
    expect_exit(arguments[i], 0, "  coap-eap-node ");
}

/* It exits with 1, and says why, where there is somebody to be told. */
static void help_that_is_lost(void **state) {
  static const char *const arguments[] = {
      "",    "peer",       "authenticator",   "aaa",    "pre",   "proxy", "ue", "aa", "as",
      "aps", "controller", "resource-server", "client", "edhoc", "dtls"};
  (void)state;
  for (size_t i = 0; i < sizeof arguments / sizeof arguments[0]; i++) {
    static const char script[] = "exec $0 $1 --help >/dev/full";
    const char *const argv[] = {"sh", "-c", script, COAP_EAP_NODE, arguments[i], NULL};
    struct process process;
    process_start(&process, "lost", argv);
    assert_int_equal(process_wait(&process, SCENE_LIMIT_MS), 1);
    process_expect_written(&process, "standard output: ");
  }
  static const char script[] = "$0 --help >&-; echo $? >&2";
  const char *const argv[] = {"sh", "-c", script, COAP_EAP_NODE, NULL};
  struct process process;
  process_start(&process, "lost", argv);
  assert_int_equal(process_wait(&process, SCENE_LIMIT_MS), 0);
  process_expect_written(&process, "standard output: Bad file descriptor\n1\n");
}

static void address_in_use(void **state) {
  struct scene_server first;
  char bind[32];
  (void)state;
  const char *const users[] = {"--identity", "x", "--psk", SCENE_PSK, NULL};
  scene_start_authenticator(&first, users);
  snprintf(bind, sizeof bind, "127.0.0.1:%u", first.port);
  const char *const second[] = {"authenticator", "--identity", "x",  "--psk",
                                SCENE_PSK,       "--bind",     bind, NULL};
  expect_exit(second, 1, "Address already in use");
  /* An ApS that is told no pull has those of its channel, and comes as far. */
  const char *const server[] = {
      "aps",       "--name",   "a", "--realm", "a.b", "--secure", "ikev2-udp", "--radius-server",
      "127.0.0.1", "--secret", "x", "--bind",  bind,  NULL};
  expect_exit(server, 1, "cannot listen on");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_teardown(options_on_command_lines, scene_teardown),
      cmocka_unit_test_teardown(options_in_files, scene_teardown),
      cmocka_unit_test_teardown(files_as_they_come, scene_teardown),
      cmocka_unit_test_teardown(help, scene_teardown),
      cmocka_unit_test_teardown(help_that_is_lost, scene_teardown),
      cmocka_unit_test_teardown(address_in_use, scene_teardown),
  };
  return SCENE_RUN("options", tests);
}
