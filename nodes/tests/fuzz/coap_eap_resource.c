/* Paths of resources: the text of a URI, and the options of a CoAP message. */
#include "fuzz.h"

#include <string.h>

#include "coap-eap/flow.h"

const unsigned FUZZ_ROUNDS = 200000;

/* Of what kind the options are that name one. */
static const uint16_t NUMBERS[] = {COAP_NUMBER_URI_PATH, COAP_NUMBER_LOCATION_PATH};

static void check_segments(const struct coap_eap_resource *resource) {
  size_t segments = 0;
  for (const char *at = resource->path; at != NULL; segments++) {
    const size_t length = strcspn(at, "/");
    fuzz_claim(length > 0, "a segment has octets");
    fuzz_claim(strncmp(at, "..", length) != 0, "a segment is more than dots");
    at = at[length] == '/' ? at + length + 1 : NULL;
  }
  fuzz_claim(segments <= COAP_EAP_SEGMENTS_MAX, "segments are few");
  for (const char *at = resource->path; *at != '\0'; at++)
    fuzz_claim(*at > ' ' && *at < 127, "octets are printable");
}

/* What was read is inside, and comes through options as it is. */
static void carry(const struct coap_eap_resource *resource) {
  const size_t length = strnlen(resource->path, sizeof resource->path);
  fuzz_claim(length > 0 && length <= COAP_EAP_PATH_MAX, "a path ends");
  check_segments(resource);
  for (size_t i = 0; i < 2; i++) {
    struct coap_message message = {.code = COAP_CODE_POST};
    struct coap_eap_resource again = {.path = ""};
    coap_eap_resource_add(resource, &message, NUMBERS[i], 0);
    fuzz_claim(coap_eap_resource_read(&message, NUMBERS[i], &again), "what is added is read");
    fuzz_claim(strcmp(again.path, resource->path) == 0, "it is the same");
    fuzz_claim(coap_eap_resource_is(resource, &message) == (NUMBERS[i] == COAP_NUMBER_URI_PATH),
               "a request is for it");
  }
  fuzz_either(coap_eap_may_be_named(&COAP_EAP_FLOW_DRAFT, resource));
  fuzz_claim(coap_eap_may_be_named(&COAP_EAP_FLOW_RFC9820, resource), "anything may be named");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct coap_eap_resource resource = {.path = "as/it/was"};
  struct coap_message message;
  if (coap_eap_resource_read_uri(data, size, &resource)) {
    fuzz_accepted = true;
    fuzz_claim(size == 1 + strlen(resource.path) &&
                   memcmp(resource.path, data + 1, size - 1) == 0 && data[0] == '/',
               "a path is what stands there");
    carry(&resource);
  } else {
    fuzz_claim(strcmp(resource.path, "as/it/was") == 0, "what is none changes nothing");
  }
  if (coap_message_parse(data, size, &message) != 0)
    return 0;
  for (size_t i = 0; i < 2; i++)
    if (coap_eap_resource_read(&message, NUMBERS[i], &resource)) {
      fuzz_accepted = true;
      carry(&resource);
      fuzz_claim(NUMBERS[i] != COAP_NUMBER_URI_PATH || coap_eap_resource_is(&resource, &message),
                 "the request is for it");
    }
  return 0;
}

static void take_path(fuzz_take *take, const char *path, uint16_t number) {
  uint8_t data[FUZZ_INPUT_MAX];
  struct span_writer out;
  struct coap_eap_resource resource;
  struct coap_message message = {.type = COAP_CON, .code = COAP_CODE_POST, .message_id = 7};
  strcpy(resource.path, path);
  coap_eap_resource_add(&resource, &message, number, 0);
  span_writer_init(&out, data, sizeof data, NULL);
  fuzz_claim(coap_message_compose(&message, &out) == 0, "a seed is composed");
  take(data, out.length);
}

void fuzz_seeds(fuzz_take *take) {
  static const char *const paths[] = {"a", "a/x", "path/eap/1", ".well-known/coap-eap", "1/2/3/4"};
  for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
    char uri[2 + COAP_EAP_PATH_MAX] = "/";
    strcat(uri, paths[i]);
    take((const uint8_t *)uri, strlen(uri));
    take_path(take, paths[i], COAP_NUMBER_URI_PATH);
    take_path(take, paths[i], COAP_NUMBER_LOCATION_PATH);
  }
}
