/* From settings to the authorization server. */
#include "controller.h"

#include "clock.h"

#include <stdio.h>
#include <string.h>

enum { WORDS_MAX = 64 };

const char *controller_lower_fault(const struct settings *settings) {
  return settings_lower(settings)->peer_call == NULL
             ? "--lower-layer: only coap-eap and coap-eap-rfc9820 bring requests to the controller"
             : NULL;
}

static bool is_audience(const struct ace_audiences *audiences, const char *name) {
  for (size_t i = 0; i < audiences->count; i++)
    if (strcmp(audiences->list[i].name, name) == 0)
      return true;
  return false;
}

int controller_check(const struct settings *settings, struct complaint *complaint) {
  const struct ace_values *ace = &settings->ace;
  const char *fault = controller_lower_fault(settings);
  if (fault != NULL)
    return complaint_set(complaint, "%s", fault);
  if (ace->audiences.count == 0)
    return complaint_set(complaint, "--audience NAME=IDENTITY[:PORT] is needed: a resource server");
  for (size_t i = 0; i < ace->rules.count; i++)
    if (!is_audience(&ace->audiences, ace->rules.list[i].audience))
      return complaint_set(complaint, "--allow: there is no --audience \"%s\"",
                           ace->rules.list[i].audience);
  return 0;
}

/* Answers, told */

/* Names of audiences are ours; others, which clients may make up, are not shown. */
static const char *audience_asked(const struct settings *settings,
                                  const struct coap_message *request) {
  const struct ace_audiences *audiences = &settings->ace.audiences;
  struct ace_token_request asked;
  if (ace_token_request_read(request->payload, request->payload_length, &asked) < 0)
    return "no audience";
  for (size_t i = 0; i < audiences->count; i++) {
    const char *name = audiences->list[i].name;
    if (strlen(name) == asked.audience_length &&
        memcmp(name, asked.audience, asked.audience_length) == 0)
      return name;
  }
  return "an unknown audience";
}

static void controller_tell(const struct controller *controller, const struct lower_client *client,
                            const struct coap_message *request, const struct lower_answer *answer) {
  char words[WORDS_MAX];
  const unsigned error = ace_error_read(answer->payload.data, answer->payload.length);
  if (answer->code == COAP_CODE_CREATED)
    snprintf(words, sizeof words, "is given to");
  else
    snprintf(words, sizeof words, "is refused (%s) to", ace_error_name(error));
  report_value(controller->report, &client->remote, "token",
               audience_asked(controller->settings, request), words, client->identity,
               client->identity_length);
}

static void controller_serve(void *context, const struct lower_client *client,
                             const struct coap_message *request, struct lower_answer *answer,
                             uint64_t now_ns) {
  const struct controller *controller = context;
  const struct lower_service *service = ace_authorization_server_service(controller->server);
  service->serve(service->context, client, request, answer, now_ns);
  controller_tell(controller, client, request, answer);
}

static void controller_joined(void *context, const struct lower_client *client,
                              const uint8_t msk[EAP_KEY_LENGTH], uint64_t now_ns) {
  const struct controller *controller = context;
  const struct lower_service *service = ace_authorization_server_service(controller->server);
  service->joined(service->context, client, msk, now_ns);
}

static void controller_left(void *context, const struct lower_client *client) {
  const struct controller *controller = context;
  const struct lower_service *service = ace_authorization_server_service(controller->server);
  service->left(service->context, client);
}

/* Life */

bool controller_init(struct controller *controller, const struct settings *settings,
                     const struct report *report, const struct node_hooks *hooks) {
  const struct ace_values *ace = &settings->ace;
  const struct ace_authorization_server_config config = {
      .audiences = ace->audiences.list,
      .audience_count = ace->audiences.count,
      .rules = ace->rules.list,
      .rule_count = ace->rules.count,
      .profile = (enum ace_profile)ace->profile,
      .scope_form = (enum ace_scope_form)ace->scope_form,
      .lifetime_s = (uint32_t)ace->token_lifetime_s,
      .says_lifetime = ace->says_lifetime,
      .names_audience = ace->names_audience,
      .epoch_s = clock_epoch_s(),
  };
  *controller = (struct controller){.settings = settings,
                                    .report = report,
                                    .server = ace_authorization_server_create(&config, hooks)};
  if (controller->server == NULL)
    return false;
  controller->service = *ace_authorization_server_service(controller->server);
  controller->service.serve = controller_serve;
  controller->service.joined = controller_joined;
  controller->service.left = controller_left;
  controller->service.context = controller;
  return true;
}

void controller_deinit(struct controller *controller) {
  ace_authorization_server_destroy(controller->server);
}
