/* Its keys, rows and refusals, as the simulator's --describe prints them. */
#include "fake_description.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char FAKE_SPEC[] =
    "[{'name':'id','type':'string','unit':'','default':'','applies':[],'applies_text':'',"
    "'help':''},"
    "{'name':'lower_layer','type':'choice','unit':'','default':'coap-eap','values':['coap-eap'],"
    "'applies':[],'applies_text':''},"
    "{'name':'method','type':'choice','unit':'','default':'eap-psk','values':['eap-psk',"
    "'eap-edhoc'],'applies':[],'applies_text':''},"
    "{'name':'edhoc_method','type':'integer','unit':'','default':3,'minimum':0,'maximum':3,"
    "'applies':[{'key':'method','in':['eap-edhoc']}],'applies_text':'method=eap-edhoc'},"
    "{'name':'credential','type':'choice','unit':'','default':'kid','values':['kid','x5t',"
    "'x5chain'],'applies':[{'key':'method','in':['eap-edhoc']}],"
    "'applies_text':'method=eap-edhoc'},"
    "{'name':'certificate_bytes','type':'integer','unit':'B','default':290,'minimum':280,"
    "'maximum':1024,'applies':[{'key':'method','in':['eap-edhoc']},{'key':'credential',"
    "'in':['x5chain']}],'applies_text':'credential=x5chain'},"
    "{'name':'eap_mtu','type':'integer','unit':'B','default':1020,'minimum':64,'maximum':1020,"
    "'applies':[{'key':'method','in':['eap-edhoc']}],'applies_text':'method=eap-edhoc'},"
    "{'name':'association','type':'choice','unit':'','default':'oscore','values':['oscore',"
    "'dtls'],'applies':[],'applies_text':''},"
    "{'name':'dtls_cookie','type':'choice','unit':'','default':'on','values':['on','off'],"
    "'applies':[{'key':'association','in':['dtls']}],'applies_text':'association=dtls'},"
    "{'name':'ordering','type':'choice','unit':'','default':'seqnum','values':['seqnum',"
    "'seqnum-requests','mid-random','mid-monotonic'],'applies':[{'key':'lower_layer',"
    "'in':['coap-eap']}],'applies_text':'lower_layer=coap-eap'},"
    "{'name':'token_bytes','type':'integer','unit':'B','default':1,'minimum':0,'maximum':8,"
    "'applies':[{'key':'lower_layer','in':['coap-eap']}],'applies_text':'lower_layer=coap-eap'},"
    "{'name':'app_messages','type':'integer','unit':'','default':0,'minimum':0,'maximum':10000,"
    "'applies':[],'applies_text':''},"
    "{'name':'app_payload_bytes','type':'integer','unit':'B','default':16,'minimum':0,"
    "'maximum':1024,'applies':[{'key':'app_messages','not':[0]}],"
    "'applies_text':'app_messages!=0'},"
    "{'name':'app_interval_ms','type':'integer','unit':'ms','default':1000,'minimum':0,"
    "'maximum':600000,'applies':[{'key':'app_messages','not':[0]}],"
    "'applies_text':'app_messages!=0'},"
    "{'name':'app_direction','type':'choice','unit':'','default':'from-peer',"
    "'values':['from-peer','from-authenticator'],'applies':[{'key':'app_messages','not':[0]}],"
    "'applies_text':'app_messages!=0'},"
    "{'name':'app_method','type':'choice','unit':'','default':'post','values':['post','get'],"
    "'applies':[{'key':'app_messages','not':[0]}],'applies_text':'app_messages!=0'},"
    "{'name':'seqnum_bytes','type':'integer','unit':'B','default':2,'minimum':1,'maximum':16,"
    "'applies':[],'applies_text':''},"
    "{'name':'seqnum_number','type':'integer','unit':'','default':61,'minimum':13,"
    "'maximum':65535,'applies':[],'applies_text':''},"
    "{'name':'location_option','type':'choice','unit':'','default':'uri-path',"
    "'values':['uri-path','location-path'],'applies':[],'applies_text':''},"
    "{'name':'trigger','type':'choice','unit':'','default':'on','values':['on','off'],"
    "'applies':[],'applies_text':''},"
    "{'name':'identity_bytes','type':'integer','unit':'B','default':13,'minimum':1,'maximum':253,"
    "'applies':[],'applies_text':''},"
    "{'name':'topology','type':'choice','unit':'','default':'line','values':['line','star'],"
    "'applies':[],'applies_text':''},"
    "{'name':'hops','type':'integer','unit':'','default':1,'minimum':1,'maximum':16,"
    "'applies':[{'key':'topology','in':['line']}],'applies_text':'topology=line'},"
    "{'name':'peers','type':'integer','unit':'','default':1,'minimum':1,'maximum':500,"
    "'applies':[],'applies_text':''},"
    "{'name':'frame_loss','type':'number','unit':'ratio','default':0,'minimum':0,'maximum':1,"
    "'applies':[],'applies_text':''},"
    "{'name':'loss_model','type':'choice','unit':'','default':'frame','values':['frame','bit'],"
    "'applies':[{'key':'frame_loss','not':[0.0]}],'applies_text':'frame_loss!=0'},"
    "{'name':'mac_max_retries','type':'integer','unit':'','default':3,'minimum':0,'maximum':7,"
    "'applies':[],'applies_text':''},"
    "{'name':'crypto','type':'choice','unit':'','default':'none','values':['none','slow'],"
    "'applies':[{'key':'crypto','not':['none']}],'applies_text':'crypto!=none'},"
    "{'name':'links','type':'string','unit':'','default':'','path':true,'applies':[],"
    "'applies_text':''},"
    "{'name':'platform','type':'string','unit':'','default':'nrf52840','path':true,"
    "'path_ends':'.yaml','applies':[],'applies_text':''},"
    "{'name':'seed','type':'integer','unit':'','default':1,'minimum':0,"
    "'maximum':9007199254740991,'applies':[],'applies_text':''}]";

const char FAKE_REFUSES[] =
    "[{'when':[{'key':'method','in':['eap-psk']},{'key':'identity_bytes','in':[252,253]}],"
    "'reason':'identity_bytes: the fake simulator takes up to 251'},"
    "{'when':[{'key':'app_messages','not':[0]},"
    "{'key':'app_interval_ms','below':'app_payload_bytes'}],"
    "'reason':'app_interval_ms is less than app_payload_bytes'}]";

static const char RESULT[] =
    "[{'name':'id','type':'text','unit':''},{'name':'outcome','type':'text','unit':''},"
    "{'name':'reason','type':'text','unit':''},{'name':'spec','type':'json','unit':''},"
    "{'name':'time_ms','type':'figure','unit':'ms'},"
    "{'name':'time_method_ms','type':'figure','unit':'ms','help':'phase: the method'},"
    "{'name':'joined_ratio','type':'figure','unit':'ratio'},"
    "{'name':'joined_ms','type':'json','unit':'ms'},"
    "{'name':'coap_messages','type':'count','unit':''},"
    "{'name':'coap_retransmissions','type':'count','unit':''},"
    "{'name':'datagrams','type':'count','unit':''},"
    "{'name':'datagrams_repeated','type':'count','unit':''},"
    "{'name':'frames','type':'count','unit':''},{'name':'mac_retries','type':'count','unit':''},"
    "{'name':'bytes_udp','type':'count','unit':'B'},"
    "{'name':'bytes_air','type':'count','unit':'B'},"
    "{'name':'bytes_air_peer_link','type':'count','unit':'B'},"
    "{'name':'phases','type':'json','unit':'','inside':[['authentication','pull','application'],"
    "['first','again'],['completed','time_ms','bytes_air','ledger']]},"
    "{'name':'messages','type':'json','unit':'','inside':[['*'],"
    "['datagrams','bytes_udp','frames','bytes_air','ledger']]},"
    "{'name':'peer','type':'json','unit':'','inside':[]},"
    "{'name':'radio_ms','type':'json','unit':'ms','inside':"
    "[['peer','relays','authenticator','phone'],['off','listen','receive','ready','transmit']]},"
    "{'name':'ledger','type':'json','unit':'B'},"
    "{'name':'ledger_peer_link','type':'json','unit':'B'},"
    "{'name':'app_exchanges','type':'count','unit':''},"
    "{'name':'app_coap_messages','type':'count','unit':''},"
    "{'name':'app_bytes_udp','type':'count','unit':'B'},"
    "{'name':'app_bytes_air','type':'count','unit':'B'},"
    "{'name':'app_bytes_air_peer_link','type':'count','unit':'B'},"
    "{'name':'app_frames','type':'count','unit':''},"
    "{'name':'app_ledger','type':'json','unit':'B'},"
    "{'name':'app_exchange_bytes_udp','type':'figure','unit':'B'},"
    "{'name':'app_exchange_bytes_air','type':'figure','unit':'B'},"
    "{'name':'app_exchange_frames','type':'figure','unit':''},"
    "{'name':'app_exchange_ms','type':'figure','unit':'ms'},"
    "{'name':'app_exchange_energy_mj','type':'figure','unit':'mJ'},"
    "{'name':'app_request_bytes_udp','type':'figure','unit':'B'},"
    "{'name':'app_response_bytes_udp','type':'figure','unit':'B'},"
    "{'name':'state_bytes_peak','type':'count','unit':'B'},"
    "{'name':'state_bytes_after','type':'count','unit':'B'},"
    "{'name':'state_bytes_ordering','type':'count','unit':'B'},"
    "{'name':'time_parts_ms','type':'json','unit':'ms'},"
    "{'name':'energy_peer_mj','type':'figure','unit':'mJ'},"
    "{'name':'energy_peer_transmit_mj','type':'figure','unit':'mJ','help':'of this, transmitting'},"
    "{'name':'energy_peer_listen_mj','type':'figure','unit':'mJ','help':'of this, listening'},"
    "{'name':'energy_peer_cpu_mj','type':'figure','unit':'mJ','help':'of this, computing'},"
    "{'name':'code','type':'json','unit':''},"
    "{'name':'wall_ms','type':'figure','unit':'ms'}]";

const struct fake_row FAKE_ROWS[] = {
    {"eap_method", "EAP method", "EAP", 166},
    {"eap_header", "EAP header", "EAP", 40},
    {"eap_identity", "EAP header", "EAP", 26},
    {"coap_header", "CoAP", "lower layer", 48},
    {"coap_token", "CoAP", "lower layer", 12},
    {"coap_uri_path", "CoAP", "lower layer", 60},
    {"coap_seqnum", "CoAP", "lower layer", 60},
    {"coap_no_response", "CoAP", "lower layer", 0},
    {"coap_marker", "CoAP", "lower layer", 0},
    {"oscore_option", "OSCORE, DTLS", "association", 8},
    {"oscore_code", "OSCORE, DTLS", "association", 0},
    {"oscore_tag", "OSCORE, DTLS", "association", 16},
    {"dtls_record", "OSCORE, DTLS", "association", 0},
    {"dtls_nonce", "OSCORE, DTLS", "association", 0},
    {"dtls_tag", "OSCORE, DTLS", "association", 0},
    {"dtls_client_hello", "OSCORE, DTLS", "association", 0},
    {"dtls_hello_verify_request", "OSCORE, DTLS", "association", 0},
    {"dtls_server_hello", "OSCORE, DTLS", "association", 0},
    {"dtls_server_hello_done", "OSCORE, DTLS", "association", 0},
    {"dtls_client_key_exchange", "OSCORE, DTLS", "association", 0},
    {"dtls_change_cipher_spec", "OSCORE, DTLS", "association", 0},
    {"dtls_finished", "OSCORE, DTLS", "association", 0},
    {"udp", "UDP, IPv6, 6LoWPAN", "network", 48},
    {"iphc", "UDP, IPv6, 6LoWPAN", "network", 130},
    {"mac_header", "MAC and PHY", "link", 200},
    {"phy", "MAC and PHY", "link", 90},
    {"mac_ack", "MAC acks", "link", 110},
};
const size_t FAKE_ROW_COUNT = sizeof FAKE_ROWS / sizeof FAKE_ROWS[0];

json_t *fake_table(const char *text) {
  char *copy = strdup(text);
  for (char *at = copy; *at != '\0'; at++)
    if (*at == '\'')
      *at = '"';
  json_t *json = json_loads(copy, 0, NULL);
  free(copy);
  if (json == NULL)
    abort();
  return json;
}

const char *fake_code(void) {
  const char *given = getenv("FAKE_CODE");
  return given == NULL ? "c0dec0dec0dec0de" : given;
}

uint64_t fake_environment(const char *variable) {
  const char *text = getenv(variable);
  return text == NULL ? 0 : strtoull(text, NULL, 10);
}

void fake_print(json_t *object) {
  json_dumpf(object, stdout, JSON_COMPACT | JSON_REAL_PRECISION(15));
  putchar('\n');
  json_decref(object);
}

/* Inside of a ledger are the rows. */
static void describe_ledgers(json_t *results, const json_t *rows) {
  for (size_t i = 0; i < json_array_size(results); i++) {
    json_t *result = json_array_get(results, i), *names = json_array();
    for (size_t j = 0; j < json_array_size(rows); j++)
      json_array_append(names, json_object_get(json_array_get(rows, j), "name"));
    if (strstr(json_string_value(json_object_get(result, "name")), "ledger") != NULL)
      json_object_set_new(result, "inside", json_pack("[O]", names));
    json_decref(names);
  }
}

void fake_describe(void) {
  json_t *rows = json_array();
  char name[32], group[32];
  for (size_t i = 0; i < FAKE_ROW_COUNT; i++)
    json_array_append_new(rows,
                          json_pack("{s:s, s:s, s:s, s:s}", "name", FAKE_ROWS[i].name, "group",
                                    FAKE_ROWS[i].group, "family", FAKE_ROWS[i].family, "help", ""));
  for (uint64_t i = 0; i < fake_environment("FAKE_PARTS"); i++) {
    snprintf(name, sizeof name, "part_%d", (int)i);
    snprintf(group, sizeof group, "Part %d", (int)i);
    json_array_append_new(rows, json_pack("{s:s, s:s}", "name", name, "group", group));
  }
  const char *commit = getenv("FAKE_COMMIT");
  json_t *results = fake_table(RESULT);
  describe_ledgers(results, rows);
  fake_print(json_pack("{s:s, s:s, s:s*, s:{s:s}, s:o, s:o, s:o, s:o}", "program", "coap-eap-sim",
                       "code", fake_code(), "commit", commit, "libraries", "ns-3", "3.37", "spec",
                       fake_table(FAKE_SPEC), "refuses", fake_table(FAKE_REFUSES), "result",
                       results, "rows", rows));
}
