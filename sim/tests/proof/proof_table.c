/* Keys, their values in the proof, and what the proof leaves out. */
#include "proof_table.h"

const struct proof_key proof_keys[] = {
    {"lower_layer", PROOF_PRODUCT, {"coap-eap", "coap-eap-rfc9820", "edhoc", "pana"}},
    {"coap_roles", PROOF_PRODUCT, {"authenticator-client", "peer-client"}},
    {"method", PROOF_PRODUCT, {"eap-psk", "eap-edhoc"}},
    {"edhoc_method", PROOF_PRODUCT, {"3", "0", "1", "2"}},
    {"edhoc_suite", PROOF_SIDE, {"2", "0", "1", "3"}},
    {"credential", PROOF_PRODUCT, {"kid", "x5t", "x5chain"}},
    {"certificate_bytes", PROOF_SIDE, {"290", "280", "1024"}},
    {"eap_mtu", PROOF_SIDE, {"1020", "64", "200"}},
    {"association", PROOF_PRODUCT, {"oscore", "dtls", "ikev2", "ikev2-udp", "none"}},
    {"ordering", PROOF_PRODUCT, {"seqnum", "seqnum-requests", "mid-random", "mid-monotonic"}},
    {"aaa", PROOF_PRODUCT, {"radius", "local"}},
    {"trigger", PROOF_PRODUCT, {"on", "off"}},
    {"topology", PROOF_PRODUCT, {"line", "star", "tree", "grid", "disc", "file", "five"}},
    {"hops", PROOF_PRODUCT, {"1", "2", "4"}},
    /* With hops such that apart_hops: 2 is possible: proof_refusals. */
    {"server_hops", PROOF_SIDE, {"1", "2", "3"}},
    {"phones", PROOF_SIDE, {"1", "0", "3"}},
    {"phone_at", PROOF_SIDE, {"mesh", "behind"}},
    {"phone_delay_ms", PROOF_SIDE, {"0", "30"}},
    {"frame_loss", PROOF_LOSS, {"0", "0.2"}},
    {"fault",
     PROOF_FAULT,
     {"none", "wrong-key", "unknown-user", "silent-aaa", "no-authenticator",
      "unknown-resource-server"}},

    {"channel", PROOF_SIDE, {"ns3", "addressed"}},
    {"loss_model", PROOF_SIDE, {"frame", "bit"}},
    {"fan_out", PROOF_SIDE, {"1", "2"}},
    {"neighbourhood", PROOF_SIDE, {"von-neumann", "moore"}},
    {"authenticator_at", PROOF_SIDE, {"corner", "centre"}},
    {"neighbours", PROOF_SIDE, {"8", "20"}},
    {"links", PROOF_SIDE, {PROOF_LINKS}},
    {"parents", PROOF_SIDE, {"hops", "etx", "given"}},
    {"forwarding", PROOF_SIDE, {"always", "joined"}},
    {"relay", PROOF_SIDE, {"off", "on"}},
    {"peers", PROOF_SIDE, {"1", "3"}},
    {"start_spread_ms", PROOF_SIDE, {"0", "200"}},
    {"dtls_cookie", PROOF_SIDE, {"on", "off"}},
    {"dtls_suite", PROOF_SIDE, {"aes128-ccm-8", "aes128-ccm", "aes128-gcm"}},
    /* Shorter than a round trip over some hops: flights that nobody lost go again. */
    {"dtls_timeout_ms", PROOF_SIDE, {"1000", "100"}},
    {"ikev2_proposal",
     PROOF_SIDE,
     {"aes128ccm8-prfsha256-x25519", "aes128ccm8-prfsha256-ecp256", "aes128ccm8-prfaescmac-x25519",
      "aes128ccm8-prfaescmac-ecp256"}},
    {"ikev2_nonce_bytes", PROOF_SIDE, {"16", "17", "256"}},
    {"ikev2_cookie", PROOF_SIDE, {"off", "on"}},
    {"ikev2_timeout_ms", PROOF_SIDE, {"2000", "100"}},
    {"esp_iv", PROOF_SIDE, {"explicit", "implicit"}},
    {"pana_piggyback", PROOF_SIDE, {"on", "off"}},
    {"pana_optimized_init", PROOF_SIDE, {"off", "on"}},
    {"pana_nonce_bytes", PROOF_SIDE, {"16", "8", "37"}},
    {"pana_prf", PROOF_SIDE, {"5", "2", "8", "5+2", "8+2+5"}},
    {"pana_integrity", PROOF_SIDE, {"12", "7", "8", "12+7", "8+7+12"}},
    {"edhoc_combined", PROOF_SIDE, {"off", "on"}},
    {"edhoc_message_4", PROOF_SIDE, {"off", "on"}},
    {"edhoc_token_bytes", PROOF_SIDE, {"1", "0", "2", "8"}},
    {"token_bytes", PROOF_SIDE, {"1", "0", "4", "8"}},
    /* Shorter than some exchanges: messages that nobody lost go again. */
    {"ack_timeout_ms", PROOF_SIDE, {"2000", "500"}},
    {"ack_random_factor", PROOF_SIDE, {"1.5", "1"}},
    {"max_retransmit", PROOF_SIDE, {"4", "2"}},
    {"separate_response", PROOF_SIDE, {"off", "on"}},
    {"ack_delay_ms", PROOF_SIDE, {"1000", "0", "50"}},
    {"authentications", PROOF_SIDE, {"1", "2", "3"}},
    {"reauthentication", PROOF_SIDE, {"full", "resumption", "erp-peer", "erp-authenticator"}},
    {"reauthentication_delay_ms", PROOF_SIDE, {"1000", "0"}},
    /* Session-Timeout, where it is given. */
    {"lifetime_s", PROOF_SIDE, {"0", "3600"}},
    {"app_messages", PROOF_SIDE, {"0", "3"}},
    {"app_payload_bytes", PROOF_SIDE, {"16", "0", "200", "1024"}},
    {"app_interval_ms", PROOF_SIDE, {"1000", "0"}},
    {"app_direction", PROOF_SIDE, {"from-peer", "from-authenticator"}},
    {"app_method", PROOF_SIDE, {"post", "get"}},
    {"trigger_repetitions", PROOF_SIDE, {"4", "0"}},
    {"trigger_backoff", PROOF_SIDE, {"exponential", "fixed"}},
    {"join_attempts", PROOF_SIDE, {"1", "3"}},
    {"join_backoff_ms", PROOF_SIDE, {"10000", "100"}},
    {"rfc9820_content_format", PROOF_SIDE, {"on", "off"}},
    {"rfc9820_uris", PROOF_SIDE, {"short", "long"}},
    {"cipher_suites_offered",
     PROOF_SIDE,
     {"none", "0", "1", "2", "3", "0+1", "1+0", "0+1+2+3", "3+2+1+0", "4"}},
    {"rid_c_bytes", PROOF_SIDE, {"1", "0", "6", "7"}},
    {"rid_i_bytes", PROOF_SIDE, {"1", "0", "2", "7"}},
    /* In CBOR of 3 octets, none, 2, and 5. */
    {"session_lifetime_s", PROOF_SIDE, {"28800", "0", "200", "315360000"}},
    {"rfc9820_kdf", PROOF_SIDE, {"expand", "hkdf"}},
    {"termination", PROOF_SIDE, {"off", "on"}},
    {"location_option", PROOF_SIDE, {"uri-path", "location-path"}},
    {"oscore_id_context", PROOF_SIDE, {"identity", "none"}},
    {"oscore_suite", PROOF_SIDE, {"0", "1", "2", "3"}},
    /* The option before SeqNum is Uri-Path (11) or Location-Path (8), or inside OSCORE none: around
     * each step of the option's delta, and numbers that no option known to tshark has. */
    {"seqnum_number", PROOF_SIDE, {"61", "13", "22", "24", "279", "280", "65535"}},
    {"seqnum_bytes", PROOF_SIDE, {"2", "1", "12", "13", "16"}},
    {"identity_bytes", PROOF_SIDE, {"13", "1", "100", "253"}},
    {"server_id_bytes", PROOF_SIDE, {"7", "1", "253"}},
    {"peer_id_bytes", PROOF_SIDE, {"6", "1", "253"}},
    {"mac_max_retries", PROOF_SIDE, {"3", "0", "7"}},
    {"mac_queue_frames", PROOF_SIDE, {"0", "16"}},
    {"aaa_delay_ms", PROOF_SIDE, {"0", "100"}},
    {"aaa_hops", PROOF_SIDE, {"0", "1", "2"}},
    {"realm", PROOF_SIDE, {"example.test", "a.b"}},
    {"radius_ports", PROOF_SIDE, {"4", "1"}},
    {"authorization",
     PROOF_SIDE,
     {"none", "filter-id", "rules", "denied", "saml", "controller-only"}},
    {"authorization_rules", PROOF_SIDE, {"2", "1", "20"}},
    {"saml_bytes", PROOF_SIDE, {"400", "1", "251", "252", "800"}},
    {"ace_profile", PROOF_SIDE, {"off", "coap_oscore", "coap_dtls"}},
    {"token_lifetime_s", PROOF_SIDE, {"3600", "1"}},
    {"token_lifetime_told", PROOF_SIDE, {"off", "on"}},
    {"token_audience", PROOF_SIDE, {"off", "on"}},
    {"token_scope", PROOF_SIDE, {"short", "aif"}},
    {"token_rights", PROOF_SIDE, {"all", "get", "other", "none"}},
    {"token_transfer", PROOF_SIDE, {"authz-info", "handshake"}},
    {"token_kid_bytes", PROOF_SIDE, {"1", "8"}},
    {"refused", PROOF_FAULT, {"none", "in-method", "after-method"}},

    {"id", PROOF_FIXED, {0}},
    /* Variants in proof_test.c. */
    {"apart_hops", PROOF_FIXED, {0}},
    {"resource_servers", PROOF_FIXED, {0}},
    {"bootstrapping", PROOF_FIXED, {"off", "integrated", "non-integrated"}},
    {"application_servers", PROOF_FIXED, {0}},
    {"aps_at", PROOF_FIXED, {"mesh", "behind"}},
    {"aps_hops", PROOF_FIXED, {0}},
    {"aps_delay_ms", PROOF_FIXED, {0}},
    {"aa_delay_ms", PROOF_FIXED, {0}},
    {"pull", PROOF_FIXED, {"erp", "psk-identity", "ikev2-idi", "configured"}},
    {"aps_named", PROOF_FIXED, {"on", "off"}},
    {"secure", PROOF_FIXED, {"dtls", "ikev2", "ikev2-udp"}},
    {"as_fault", PROOF_FIXED, {"none", "silent", "refusing"}},
    {"key_lifetime_s", PROOF_FIXED, {0}},
    {"recommissioning", PROOF_FIXED, {"off", "on"}},
    {"aps_platform", PROOF_FIXED, {0}},
    {"aps_platform_figures", PROOF_FIXED, {0}},
    {"aps_crypto", PROOF_FIXED, {0}},
    {"aps_crypto_figures", PROOF_FIXED, {0}},
    {"phone_platform", PROOF_FIXED, {0}},
    {"phone_platform_figures", PROOF_FIXED, {0}},
    {"phone_crypto", PROOF_FIXED, {0}},
    {"phone_crypto_figures", PROOF_FIXED, {0}},
    {"capture", PROOF_FIXED, {"ns3", "none", "sinr"}}, /* who hears what, not what is sent */
    {"capture_db", PROOF_FIXED, {0}},
    {"peer_detail", PROOF_FIXED, {"on", "off"}},
    {"links_sha256", PROOF_FIXED, {0}},
    {"root", PROOF_FIXED, {0}},
    {"topology_seed", PROOF_FIXED, {0}},
    {"trigger_retry_ms", PROOF_FIXED, {0}},
    {"join_backoff_max_ms", PROOF_FIXED, {0}},
    {"dtls_timeout_max_ms", PROOF_FIXED, {0}},
    {"ikev2_tries", PROOF_FIXED, {0}},
    /* Where it is another than dtls_suite, nothing is established. */
    {"dtls_suites_taken", PROOF_FIXED, {"all", "aes128-ccm-8", "aes128-ccm", "aes128-gcm"}},
    /* Who keeps nothing does not know that it says something again. */
    {"pana_stateless", PROOF_FIXED, {"off", "on"}},
    /* Polls are radio_policy_test's. */
    {"radio_policy",
     PROOF_FIXED,
     {"always-on", "off-while-idle", "off-while-computing", "polling"}},
    {"linger_ms", PROOF_FIXED, {0}},
    {"poll_ms", PROOF_FIXED, {0}},
    {"platform", PROOF_FIXED, {"nrf52840", "cc2538", "z1"}},
    {"platform_figures", PROOF_FIXED, {0}},
    {"relay_platform", PROOF_FIXED, {0}},
    {"relay_platform_figures", PROOF_FIXED, {0}},
    {"authenticator_platform", PROOF_FIXED, {0}},
    {"authenticator_platform_figures", PROOF_FIXED, {0}},
    {"aaa_platform", PROOF_FIXED, {0}},
    {"aaa_platform_figures", PROOF_FIXED, {0}},
    {"crypto", PROOF_FIXED, {0}},
    {"crypto_figures", PROOF_FIXED, {0}},
    {"authenticator_crypto", PROOF_FIXED, {0}},
    {"authenticator_crypto_figures", PROOF_FIXED, {0}},
    {"aaa_crypto", PROOF_FIXED, {0}},
    {"aaa_crypto_figures", PROOF_FIXED, {0}},
    {"cpu_queue_datagrams", PROOF_FIXED, {0}},
    {"root_lifetime_s", PROOF_FIXED, {0}},
    {"time_limit_s", PROOF_FIXED, {0}},
    /* Which of those that are offered is chosen: variants in proof_test.c. */
    {"cipher_suites_supported",
     PROOF_FIXED,
     {"0+1+2+3", "0", "1", "2", "3", "4", "0+1", "1+0", "3+2+1+0"}},
    /* Which the peer has, and has agreed on: likewise. */
    {"aaa_suite",
     PROOF_FIXED,
     {"none", "0", "1", "2", "3", "aes128-ccm-8", "aes128-ccm", "aes128-gcm"}},
    {"seed", PROOF_FIXED, {0}}, /* each variant has its own */
};
const size_t proof_key_count = sizeof proof_keys / sizeof proof_keys[0];

const struct proof_refusal proof_refusals[] = {
    /* A RADIUS packet with the longest EAP packet and so long a User-Name fits no datagram. */
    {"certificate_bytes", "1024", "identity_bytes", "253"},
    /* Nor a name with a realm one attribute. */
    {"aaa_hops", "1", "identity_bytes", "253"},
    {"aaa_hops", "2", "identity_bytes", "253"},
    {"reauthentication", "erp-peer", "identity_bytes", "253"},
    {"reauthentication", "erp-authenticator", "identity_bytes", "253"},
    /* Many long flights at once, which nobody repeats often enough. */
    {"certificate_bytes", "1024", "max_retransmit", "2"},
    /* Who triggers once, before those on its way have joined, does not join. */
    {"forwarding", "joined", "trigger_repetitions", "0"},
    /* Nor who triggers once, where links lose frames by themselves. */
    {"topology", "file", "trigger_repetitions", "0"},
    /* Nor who triggers once, where nodes of two ways do not hear each other. */
    {"topology", "five", "trigger_repetitions", "0"},
    /* Nor who triggers once, where the MAC does not repeat what collides. */
    {"mac_max_retries", "0", "trigger_repetitions", "0"},
    /* No fork in the tree is so far away from both. */
    {"hops", "1", "server_hops", "2"},
    {"hops", "2", "server_hops", "1"},
    {"hops", "2", "server_hops", "3"},
    {"hops", "4", "server_hops", "1"},
    {"hops", "4", "server_hops", "3"},
    /* The application needs an association, and by a relay there is none. */
    {"association", "none", "app_messages", "3"},
    {"relay", "on", "app_messages", "3"},
};
const size_t proof_refusal_count = sizeof proof_refusals / sizeof proof_refusals[0];

const char *const proof_rare_rows[] = {
    "other",                  /* octets that no node sent */
    "coap_option",            /* options that no variant has */
    "pana_termination_cause", /* sessions that are ended by a message */
    "dtls_alert",             /* neither end sees a fault: the keys of both come from one EAP run */
    "dtls_handshake", /* handshake messages that a handshake with a key shared before has not */
    "ikev2_delete",   /* associations are forgotten, and not ended by a message */
    "mac_request",    /* no variant polls: radio_policy_test has those that do */
};
const size_t proof_rare_row_count = sizeof proof_rare_rows / sizeof proof_rare_rows[0];

const char *const proof_underived_keys[] = {
    "id",
    "outcome",
    "reason",
    "spec",
    "network",
    "authentications_established",
    "attempts",
    "peer",
    "events",
    "code",
    "wall_ms",

    /* Moments inside a node, and what its radio does between frames. */
    "time_ms",
    "time_end_ms",
    "time_key_ms",
    "time_trigger_ms",
    "time_identity_ms",
    "time_method_ms",
    "time_association_ms",
    "time_parts_ms",
    "joined_ratio",
    "joined_50_ms",
    "joined_90_ms",
    "joined_99_ms",
    "joined_100_ms",
    "joined_ms",
    "app_exchange_ms",
    "radio_ms",
    "energy_peer_mj",
    "energy_peer_transmit_mj",
    "energy_peer_receive_mj",
    "energy_peer_listen_mj",
    "energy_peer_turnaround_mj",
    "energy_peer_sleep_mj",
    "energy_peer_cpu_mj",
    "energy_mj",
    "idle_peer_mw",
    "cpu_peer_ms",
    "cpu_authenticator_ms",
    "cpu_aaa_ms",
    "energy_relays_mj",
    "energy_authenticator_mj",
    "app_exchange_energy_mj",

    /* What an answer says to whom it is for. */
    "app_refused",

    /* What a MAC no longer tries, or never did; what a node that computes has no room for. */
    "frames_dropped_queue",
    "frames_dropped_retries",
    "frames_dropped_access",
    "frames_dropped_expired",
    "datagrams_dropped_cpu",

    /* Of peers that poll. */
    "polls",
    "polls_idle",
    "bytes_air_idle",

    /* Which authentication of its peer a datagram is for; that all add up to what is derived is
     * agenda_test's. */
    "phases",
    "links",
    "parties",

    /* Until a moment inside a node. */
    "first_app_ms",
    "first_app_energy_mj",
    "first_app_datagrams",
    "first_app_bytes_udp",
    "first_app_bytes_air",
    "first_app_bytes_backhaul",

    /* What a node computes, holds and has outstanding. */
    "radius_requests",
    "radius_retransmissions",
    "radius_outstanding_peak",
    "radius_waiting_peak",
    "primitives",
    "app_primitives",
    "state_bytes_peak",
    "state_bytes_after",
    "state_bytes_ordering",
    "state_bytes_messages",
};
const size_t proof_underived_key_count =
    sizeof proof_underived_keys / sizeof proof_underived_keys[0];
