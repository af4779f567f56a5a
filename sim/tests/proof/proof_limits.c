/* What captures cannot tell, by spec and result. */
#include <string.h>

#include "proof_limits.h"

static uint64_t seconds_ns(const json_t *spec, const char *key) {
  return (uint64_t)json_integer_value(json_object_get(spec, key)) * 1000000000u;
}

static bool is_other(const json_t *spec, const char *key, const char *value) {
  const char *is = json_string_value(json_object_get(spec, key));
  return is != NULL && strcmp(is, value) != 0;
}

/* Whether there may be requests that are never sent, since there is no key for them, or no token;
 * or that are answered by 4.01 twice, since a token ends while it is on its way. */
static bool has_no_keys(const json_t *spec) {
  enum { SHORT_S = 10 };
  const bool granted = !is_other(spec, "authorization", "none") ||
                       !is_other(spec, "authorization", "rules") ||
                       !is_other(spec, "authorization", "filter-id");
  return is_other(spec, "as_fault", "none") ||
         (is_other(spec, "ace_profile", "off") &&
          (!is_other(spec, "token_rights", "none") || !granted ||
           !is_other(spec, "fault", "unknown-resource-server") ||
           json_integer_value(json_object_get(spec, "token_lifetime_s")) < SHORT_S ||
           json_number_value(json_object_get(spec, "frame_loss")) > 0));
}

bool proof_is_at_rest(const json_t *spec, uint64_t rest_ns) {
  const uint64_t lifetime_ns = seconds_ns(spec, "session_lifetime_s");
  return !has_no_keys(spec) && rest_ns < seconds_ns(spec, "time_limit_s") &&
         (lifetime_ns == 0 || rest_ns < lifetime_ns);
}

/* Whether an association's timer ends before a flight of several hops or fragments is over. */
static bool repeats_at_once(const json_t *spec) {
  enum { SHORT_MS = 1000 };
  const char *association = json_string_value(json_object_get(spec, "association"));
  const char *timer =
      strncmp(association, "ikev2", 5) == 0 ? "ikev2_timeout_ms" : "dtls_timeout_ms";
  return (strcmp(association, "dtls") == 0 || strncmp(association, "ikev2", 5) == 0) &&
         json_integer_value(json_object_get(spec, timer)) < SHORT_MS;
}

bool proof_hides_copies(const json_t *spec, const json_t *result) {
  const bool file = strcmp(json_string_value(json_object_get(spec, "topology")), "file") == 0;
  const bool dtls = strcmp(json_string_value(json_object_get(spec, "association")), "dtls") == 0;
  const bool given_up = json_integer_value(json_object_get(result, "frames_dropped_access")) > 0;
  return repeats_at_once(spec) && (dtls ? file : given_up);
}
